import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { leaseContract } from '../../../test/contracts/lease.ts';
import { LeaseError } from '../../ports/lease.ts';
import { systemClock } from '../system/clock.ts';
import { openSqliteLeaseStore } from './lease-store.ts';

leaseContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-lease-'));
  const open = () => openSqliteLeaseStore(join(home, 'home.sqlite'), systemClock());
  const store = open();
  return {
    store,
    reopen: async () => open(),
    async dispose() {
      await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
});

test('lease (SQLite): a file that is no database -> told as unavailable', () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-lease-'));
  writeFileSync(join(home, 'home.sqlite'), 'not a database, but long enough to be taken for one'.repeat(100));
  assert.throws(
    () => openSqliteLeaseStore(join(home, 'home.sqlite'), systemClock()),
    (error) => error instanceof LeaseError && error.code === 'unavailable',
  );
  rmSync(home, { recursive: true, force: true });
});
