import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { leaseContract } from '../../../test/contracts/lease.ts';
import { SpokenChild } from '../../../test/fixtures/spoken-child.ts';
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

test('lease (SQLite): two processes, the holder stopped and woken -> the other goes on, the woken one sends nothing more', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-lease-'));
  const [path, log] = [join(home, 'home.sqlite'), join(home, 'sent')];
  const a = new SpokenChild('lease-child.ts', path, log, 'a');
  let b: SpokenChild | null = null;
  try {
    assert.equal(await a.says(/granted/), 'granted 1');
    b = new SpokenChild('lease-child.ts', path, log, 'b');
    await b.says(/started/);
    a.process.kill('SIGSTOP');
    assert.equal(await b.says(/granted/), 'granted 2');
    a.process.kill('SIGCONT');
    assert.match(await a.says(/lost/), /late|overslept|taken/);
    await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    await a.end();
    await b?.end();
  }
  const sent = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const firstOfB = sent.findIndex(([holder]) => holder === 'b');
  assert.ok(firstOfB > 0);
  assert.ok(sent.slice(0, firstOfB).every(([holder, epoch]) => holder === 'a' && epoch === '1'));
  assert.ok(
    sent.slice(firstOfB).every(([holder, epoch]) => holder === 'b' && epoch === '2'),
    'nothing of the woken one',
  );
  // What it signed last was good for 300 ms.
  assert.ok(Number(sent[firstOfB]![2]) - Number(sent[firstOfB - 1]![2]) > 300);
  rmSync(home, { recursive: true, force: true });
});
