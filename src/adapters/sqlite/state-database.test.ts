import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { sharedStoresContract } from '../../../test/contracts/shared-stores.ts';
import { systemClock } from '../system/clock.ts';
import { openSqliteState } from './state-database.ts';

sharedStoresContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-state-'));
  const path = join(home, 'home.sqlite');
  return {
    open: async () => openSqliteState(path, systemClock()),
    async sql(text) {
      const db = new DatabaseSync(path, { timeout: 5_000 });
      db.exec(text.replaceAll('@', ''));
      db.close();
    },
    dispose: async () => rmSync(home, { recursive: true, force: true }),
  };
});

test('home database: another program writes -> who reads does not wait for it', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-state-'));
  const path = join(home, 'home.sqlite');
  const state = openSqliteState(path, systemClock());
  const other = new DatabaseSync(path);
  t.after(async () => {
    other.close();
    await state.close();
    rmSync(home, { recursive: true, force: true });
  });
  other.exec("begin immediate; update schedule set actor = 'other'");
  const read = async (): Promise<unknown> => (await state.query('select actor from @schedule'))[0]!['actor'];
  assert.equal(await read(), 'tradewright');
  other.exec('commit');
  assert.equal(await read(), 'other');
});
