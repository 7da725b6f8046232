import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sessionLocksContract } from '../../test/contracts/session-locks.ts';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { openSqliteLeaseStore } from '../adapters/sqlite/lease-store.ts';
import { leasedLocks } from './leased-locks.ts';

/** Lease stores keep one contract wherever their rows lie: this is about the locks over them. */
function scene(clock = new SimulatedClock()) {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-leased-'));
  const stores: { close(): Promise<void> }[] = [];
  return {
    clock,
    open: async (holder = 'a', gone: readonly string[] = []) => {
      const store = openSqliteLeaseStore(join(folder, 'home.sqlite'), clock);
      stores.push(store);
      return leasedLocks({ store, clock, kind: 'session', holder, isGone: (other) => gone.includes(other) });
    },
    async dispose() {
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

sessionLocksContract('leases', async () => scene());

test('a leased lock: renewed for as long as it is held; its holder dies -> free after its time, at once where that is certain', async () => {
  const place = scene();
  const { clock } = place;
  const locks = await place.open('a');
  const held = (await locks.take('s'))!;
  const others = await place.open('b');
  for (let k = 0; k < 30; k++) {
    await clock.advance(1_000);
    assert.equal(await others.isHeld('s'), true);
  }
  assert.equal(await (await place.open('b', ['a'])).isHeld('s'), false, 'its process is gone');
  // It dies: nothing renews any more.
  const dead = new SimulatedClock(clock.nowMs());
  const silent = scene(dead);
  const theirs = await silent.open('a');
  await theirs.take('s');
  const next = await silent.open('b');
  dead.suspend(9_000, true);
  assert.equal(await next.take('s'), null);
  dead.suspend(2_000, true);
  assert.notEqual(await next.take('s'), null);
  await held.release();
  await silent.dispose();
  await place.dispose();
});

test('a leased lock: silent for so long that another takes it -> lost; given back -> not lost', async () => {
  const place = scene();
  const { clock } = place;
  const mine = (await (await place.open('a')).take('s'))!;
  // The others' time goes on while this process stands still.
  const others = await place.open('b');
  clock.suspend(11_000, true);
  const theirs = (await others.take('s'))!;
  assert.notEqual(theirs, null);
  assert.equal(mine.lost.aborted, false);
  await clock.advance(5_000);
  assert.deepEqual([mine.lost.aborted, theirs.lost.aborted], [true, false]);
  await mine.release();
  assert.equal(await others.isHeld('s'), true, 'what was lost is not given back');
  await theirs.release();
  await clock.advance(10_000);
  assert.equal(theirs.lost.aborted, false);
  await place.dispose();
});
