import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LeaseWorld } from '../../test/fixtures/lease-world.ts';
import { LeaseError } from '../ports/lease.ts';

async function world(body: (world: LeaseWorld) => Promise<void>): Promise<void> {
  const made = new LeaseWorld();
  try {
    await body(made);
  } finally {
    await made.dispose();
  }
}

describe('held lease', () => {
  test('nobody has it -> at once; renewed for as long as it is held', () =>
    world(async (w) => {
      const a = w.contender('a');
      a.contend();
      await w.pass(100);
      assert.equal(a.lease().epoch, 1);
      await w.pass(60_000);
      assert.ok(a.maySend());
      assert.ok(a.lease().remainingMs > 4_000);
      const { row } = await a.store.view('account');
      assert.ok(row!.renewals >= 20, `${row!.renewals} renewals in a minute`);
    }));

  test('somebody renews it -> refused at the next renewal, with the holder', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      b.contend();
      await w.pass(4_000);
      assert.ok(b.outcome?.isGranted === false && b.outcome.row.holder === 'a');
      assert.ok(a.maySend());
    }));

  test('given back -> the next one has it at once, under a higher epoch', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      await a.lease().release();
      assert.equal(a.maySend(), false);
      assert.deepEqual(a.losses, ['released']);
      b.contend();
      await w.pass(100);
      assert.equal(b.lease().epoch, 2);
    }));

  test('the holder is paused -> it has stopped 3 s before the end, the other begins 3 s after; never both', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      b.contend();
      let [passedMs, takenMs] = [0, 0];
      await w.pass(15_000, [a], () => {
        passedMs += 50;
        if (takenMs === 0 && b.maySend()) takenMs = passedMs;
      });
      assert.ok(takenMs > 12_800 && takenMs <= 14_000, `taken after ${takenMs} ms`);
      // No timer of a has run yet: what it asks before it sends must tell.
      assert.deepEqual([a.maySend(), b.maySend()], [false, true]);
      assert.deepEqual(a.losses, ['overslept']);
      assert.equal(b.lease().epoch, 2);
      await w.pass(5_000);
      assert.deepEqual([a.maySend(), b.maySend()], [false, true]);
    }));

  test('paused for less -> still the holder, and it renews', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      b.contend();
      await w.pass(4_000, [a]);
      assert.ok(a.maySend());
      await w.pass(20_000);
      assert.deepEqual([a.maySend(), b.outcome?.isGranted], [true, false]);
    }));

  test('a machine sleeps and its steady clock with it -> the wall clock tells', () =>
    world(async (w) => {
      const a = w.contender('a');
      a.contend();
      await w.pass(100);
      a.clock.suspend(8_000, false);
      assert.equal(a.maySend(), false);
      assert.deepEqual(a.losses, ['late']);
    }));

  test('the wall clock is set back, no renewal gets through -> the steady clock tells', () =>
    world(async (w) => {
      const a = w.contender('a');
      a.contend();
      await w.pass(100);
      a.store.renew = () => new Promise(() => {});
      a.clock.stepWall(-3_600_000);
      await w.pass(6_800);
      assert.ok(a.maySend());
      await w.pass(300);
      assert.equal(a.maySend(), false);
      // Told without being asked.
      assert.deepEqual(a.losses, ['late']);
    }));

  test('the clock of all jumps ahead by an hour -> the holder stops, the next one waits as long as ever', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      a.clock.stepWall(3_600_000);
      b.clock.stepWall(3_600_000);
      assert.equal(a.maySend(), false);
      b.contend();
      await w.pass(12_900, [a]);
      assert.equal(b.outcome, null);
      await w.pass(1_200, [a]);
      assert.ok(b.maySend());
    }));

  test('the clock of the store is set back -> a contender watches with its own', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      b.clock.stepWall(-3_600_000);
      b.contend();
      await w.pass(12_900, [a]);
      assert.equal(b.outcome, null);
      await w.pass(1_200, [a]);
      assert.ok(b.maySend());
    }));

  test('the holder’s process is known to be gone -> waited for only until what it signed has run out', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b', (holder) => holder === 'a')];
      a.contend();
      await w.pass(100);
      b.contend();
      await w.pass(2_900, [a]);
      assert.equal(b.outcome, null, 'an order signed a moment ago is good for 2 s, give or take 1 s');
      await w.pass(1_200, [a]);
      assert.equal(b.lease().epoch, 2);
    }));

  test('the store cannot be reached for a while -> kept; for longer -> lost, and found again by nobody', () =>
    world(async (w) => {
      const a = w.contender('a');
      a.contend();
      await w.pass(100);
      const renew = a.store.renew.bind(a.store);
      a.store.renew = async () => {
        throw new LeaseError('unavailable', 'gone');
      };
      await w.pass(5_000);
      assert.ok(a.maySend());
      a.store.renew = renew;
      await w.pass(10_000);
      assert.ok(a.maySend());
      a.store.renew = async () => {
        throw new LeaseError('unavailable', 'gone');
      };
      await w.pass(8_000);
      a.store.renew = renew;
      await w.pass(8_000);
      assert.deepEqual([a.maySend(), a.losses], [false, ['late']]);
    }));

  test('the row was taken although we live -> told at the next renewal', () =>
    world(async (w) => {
      const [a, b] = [w.contender('a'), w.contender('b')];
      a.contend();
      await w.pass(100);
      const { row } = await b.store.view('account');
      await b.store.take('account', row, 'operator', row!.terms);
      await w.pass(3_000);
      assert.deepEqual([a.maySend(), a.losses], [false, ['taken']]);
    }));

  test('two contenders, pauses and jumps at random -> nobody sends while a request of the other may still arrive', async () => {
    const sent = [0, 0];
    for (let seed = 1; seed <= 6; seed++)
      await world(async (w) => {
        let state = seed;
        const chance = (): number => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
          return state / 2 ** 32;
        };
        const both = [w.contender('a'), w.contender('b')];
        let trueMs = 0;
        const lastSentMs = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
        for (let round = 0; round < 12; round++) {
          for (const each of both)
            if (each.outcome === null ? round === 0 : !each.maySend()) {
              each.contend();
            }
          const paused = both.filter(() => chance() < 0.4);
          if (chance() < 0.2) for (const each of both) each.clock.stepWall((chance() - 0.5) * 20_000);
          await w.pass(Math.floor(chance() * 18_000), paused, () => {
            trueMs += 50;
            for (const [k, each] of both.entries()) {
              // A paused process sends nothing, and a woken one asks first.
              if (paused.includes(each) || !each.maySend()) continue;
              lastSentMs[k] = trueMs;
              sent[k]!++;
              const agoMs = trueMs - lastSentMs[1 - k]!;
              assert.ok(agoMs > 2_000, `seed ${seed}: sends ${agoMs} ms after the other`);
            }
          });
        }
      });
    assert.ok(sent[0]! > 100 && sent[1]! > 100, `${sent.join(' and ')} requests`);
  });
});
