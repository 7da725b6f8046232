import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { Random } from '../core/vocabulary/random.ts';
import { VenueError } from '../ports/venue-error.ts';
import { type ClockSample, offsetOf, VenueClock, type VenueClockOptions } from './venue-clock.ts';

/** A venue whose clock is `skewMs` ahead of ours, drifts, and answers after a while. */
function world(options: { skewMs?: number; latencyMs?: number; driftPpm?: number } & Partial<VenueClockOptions> = {}) {
  const clock = new SimulatedClock();
  const random = new Random(1);
  const state = { fails: false, asked: 0, latencyMs: options.latencyMs ?? 50 };
  const startMs = clock.nowMs() + (options.skewMs ?? 0);
  const trueMs = (): number => startMs + clock.elapsedMs() * (1 + (options.driftPpm ?? 0) / 1e6);
  const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  const venueClock = new VenueClock({
    venue: 'plain',
    clock,
    ask: async () => {
      state.asked++;
      await pause(random.uniform() * state.latencyMs);
      if (state.fails) throw new VenueError('unavailable', 'plain', 'no answer');
      const answer = Math.floor(trueMs());
      await pause(random.uniform() * state.latencyMs);
      return answer;
    },
    ...options,
  });
  const start = async (): Promise<void> => {
    const started = venueClock.start();
    started.catch(() => undefined);
    await clock.advance(30_000);
    return started;
  };
  return { clock, venueClock, start, trueMs, state };
}

describe('venue clock', () => {
  for (const skewMs of [0, 5_000, -5_000, 86_400_000]) {
    test(`${skewMs} ms ahead -> known within its own uncertainty, and stamps are the venue's time`, async () => {
      const { venueClock, start, trueMs, clock } = world({ skewMs });
      await start();
      const skew = venueClock.skew!;
      assert.ok(Math.abs(skew.skewMs - skewMs) <= skew.uncertaintyMs, JSON.stringify(skew));
      assert.ok(skew.uncertaintyMs < 60);
      await clock.advance(60_000);
      assert.ok(Math.abs(venueClock.stampMs() - trueMs()) <= venueClock.skew!.uncertaintyMs + 1);
      venueClock.close();
    });
  }

  test('a drift of 400 parts in a million -> stays within the uncertainty, measured anew in time', async () => {
    const { clock, venueClock, start, trueMs } = world({ driftPpm: 400 });
    await start();
    for (let k = 0; k < 240; k++) {
      await clock.advance(15_000);
      assert.ok(Math.abs(venueClock.stampMs() - trueMs()) <= venueClock.skew!.uncertaintyMs + 1);
    }
    venueClock.close();
  });

  test('not measured, or answers too slow -> stamps are refused as clock-skewed', async () => {
    const { venueClock, start } = world({ latencyMs: 2_000, largestUncertaintyMs: 50 });
    assert.equal(venueClock.skew, null);
    assert.throws(() => venueClock.stampMs(), { code: 'clock-skewed', message: /was not measured yet/ });
    await start();
    assert.ok(venueClock.skew!.uncertaintyMs > 50);
    assert.throws(() => venueClock.stampMs(), { code: 'clock-skewed', message: /signing needs ±50 ms/ });
    venueClock.close();
  });

  test('measurements fail for an hour -> refused once too uncertain; back when the venue is', async () => {
    const { clock, venueClock, start, state } = world();
    await start();
    state.fails = true;
    await clock.advance(600_000);
    assert.ok(venueClock.stampMs() > 0);
    await clock.advance(3_000_000);
    assert.throws(() => venueClock.stampMs(), /no answer/);
    state.fails = false;
    await clock.advance(31_000);
    assert.ok(venueClock.stampMs() > 0);
    assert.equal(venueClock.fault, null);
    venueClock.close();
  });

  for (const [what, happen] of [
    ['the wall clock was set', (clock: SimulatedClock) => clock.stepWall(5_000)],
    ['the machine slept and elapsed time stood still', (clock: SimulatedClock) => clock.suspend(3_600_000, false)],
  ] as const) {
    test(`${what} -> refused until measured anew, which begins at once`, async () => {
      const { clock, venueClock, start } = world({ skewMs: 100 });
      await start();
      happen(clock);
      assert.throws(() => venueClock.stampMs(), { code: 'clock-skewed' });
      await clock.advance(2_000);
      assert.ok(venueClock.stampMs() > 0);
      venueClock.close();
    });
  }

  test('asked while it measures -> one measurement; closed -> no timer left', async () => {
    const { clock, venueClock, start, state } = world();
    await start();
    assert.equal(state.asked, 5);
    const both = Promise.all([venueClock.measure(), venueClock.measure()]);
    await clock.advance(2_000);
    await both;
    assert.equal(state.asked, 10);
    venueClock.close();
    assert.equal(clock.waiting, 0);
  });

  test('the first measurement fails -> start rejects with what the venue said', async () => {
    const { start, state } = world();
    state.fails = true;
    await assert.rejects(start(), { code: 'unavailable' });
  });

  test('an answer that is no time -> answer-unreadable', async () => {
    const { start } = world({ ask: () => Promise.resolve(Number.NaN) });
    await assert.rejects(start(), { code: 'answer-unreadable' });
  });

  test('any samples of one clock -> the true offset lies within the bound; two clocks -> both do', () => {
    const samples = fc.array(
      fc.tuple(fc.double({ min: 0, max: 900, noNaN: true }), fc.double({ min: 0, max: 900, noNaN: true })),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (ways, offset, other) => {
          let nowMs = 0;
          const taken = (second: number): ClockSample[] =>
            ways.map(([there, back], k) => {
              const askedMs = nowMs;
              nowMs += there + back;
              const clockOffset = k % 2 === 1 ? offset + second : offset;
              return { askedMs, answeredMs: nowMs, venueMs: Math.floor(askedMs + there + clockOffset) };
            });
          const one = offsetOf(taken(0));
          // Sums of times up to some 20 s, whose doubles are 4e-12 apart.
          assert.ok(Math.abs(one.offsetMs - offset) <= one.uncertaintyMs + 1e-9);
          const two = offsetOf(taken(other));
          if (other > 2_000 && ways.length > 1) {
            assert.ok(two.offsetMs - two.uncertaintyMs <= offset + 1e-9);
            assert.ok(two.offsetMs + two.uncertaintyMs >= offset + other - 1e-9);
          }
        },
      ),
    );
  });
});
