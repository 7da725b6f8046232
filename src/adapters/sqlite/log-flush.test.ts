import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../system/clock.ts';
import { LogFlush } from './log-flush.ts';
import { openSqliteState } from './state-database.ts';

test('log of a database: many who ask together -> one flush for who came first, one for all others', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-log-'));
  const path = join(home, 'home.sqlite');
  const database = openSqliteState(path, systemClock());
  const log = new LogFlush(path);
  const asked = [log.flush(), log.flush(), log.flush(), log.flush()];
  assert.equal(new Set(asked).size, 2);
  await Promise.all(asked);
  await log.close();
  await database.close();
  rmSync(home, { recursive: true, force: true });
});

test('log of a database: none there -> refused, and asked again', async () => {
  const log = new LogFlush('/nowhere/home.sqlite');
  await assert.rejects(log.flush(), /ENOENT/);
  await assert.rejects(Promise.all([log.flush(), log.flush()]), /ENOENT/);
  await log.close();
});
