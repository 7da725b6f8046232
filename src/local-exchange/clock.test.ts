import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ExchangeClock, type Wall } from './clock.ts';

/** A wall clock that a test moves; timers run when it is moved past them. */
function handWall(startMs: number): Wall & { move(byMs: number): void; waiting(): number } {
  let now = startMs;
  let timers: { at: number; run: () => void }[] = [];
  return {
    nowMs: () => now,
    after(delayMs, run) {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((t) => t !== timer);
      };
    },
    move(byMs) {
      now += byMs;
      for (const timer of timers.filter((t) => t.at <= now)) {
        timers = timers.filter((t) => t !== timer);
        timer.run();
      }
    },
    waiting: () => timers.length,
  };
}

describe('exchange clock', () => {
  test('stepped: timers -> run in order of time, then of asking, at their own time', () => {
    const clock = new ExchangeClock({ speed: 0, startMs: 1000 });
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.nowMs()}`);
    clock.at(1500, note('late'));
    clock.at(1200, note('first'));
    clock.at(1200, note('second'));
    clock.at(900, note('past'));
    const cancel = clock.at(1300, note('cancelled'));
    cancel();
    clock.at(1100, () => clock.at(1150, note('nested')));
    clock.stepTo(1400);
    assert.deepEqual(seen, ['past@1000', 'nested@1150', 'first@1200', 'second@1200']);
    assert.equal(clock.nowMs(), 1400);
    clock.step(100);
    assert.equal(seen.at(-1), 'late@1500');
  });

  test('stepped: many timers in drawn order -> still sorted', () => {
    const clock = new ExchangeClock({ speed: 0, startMs: 0 });
    const times = Array.from({ length: 500 }, (_, i) => (i * 7919) % 503);
    const seen: number[] = [];
    for (const time of times) clock.at(time, () => seen.push(time));
    clock.stepTo(1000);
    assert.deepEqual(
      seen,
      [...times].sort((a, b) => a - b),
    );
  });

  test('stepped: back in time, or a clock of real time -> refused', () => {
    const clock = new ExchangeClock({ speed: 0, startMs: 1000 });
    assert.throws(() => clock.stepTo(999), RangeError);
    const real = new ExchangeClock();
    assert.throws(() => real.step(1), /speed 0/);
    real.close();
    assert.throws(() => new ExchangeClock({ speed: -1 }), RangeError);
  });

  test('accelerated: sixty times -> a wall second is a minute, timers at their time', () => {
    const wall = handWall(50_000);
    const clock = new ExchangeClock({ speed: 60, startMs: 1_000_000, wall });
    const seen: number[] = [];
    clock.at(1_030_000, () => seen.push(clock.nowMs()));
    wall.move(400);
    assert.equal(clock.nowMs(), 1_024_000);
    wall.move(600);
    assert.deepEqual(seen, [1_030_000]);
    assert.equal(clock.nowMs(), 1_060_000);
    clock.close();
  });

  test('accelerated: something due before a request -> runs on catching up, and time never goes back', () => {
    const wall = handWall(0);
    const clock = new ExchangeClock({ speed: 10, startMs: 0, wall });
    const seen: number[] = [];
    clock.at(500, () => seen.push(clock.nowMs()));
    (wall as { nowMs: () => number }).nowMs = () => 100;
    assert.equal(clock.nowMs(), 500, 'time stands at what is due');
    clock.catchUp();
    assert.deepEqual(seen, [500]);
    assert.equal(clock.nowMs(), 1000);
    clock.close();
  });

  test('real: the wall jumps back -> time stands still', () => {
    const wall = handWall(10_000);
    const clock = new ExchangeClock({ wall });
    assert.equal(clock.nowMs(), 10_000);
    wall.move(-500);
    assert.equal(clock.nowMs(), 10_000);
    wall.move(600);
    assert.equal(clock.nowMs(), 10_100);
    clock.at(20_000, () => {});
    clock.close();
    assert.equal(wall.waiting(), 0, 'closed: nothing waits');
  });

  test('an earlier timer after a later one -> wakes in time', () => {
    const wall = handWall(0);
    const clock = new ExchangeClock({ wall });
    const seen: string[] = [];
    clock.at(1000, () => seen.push('later'));
    clock.at(100, () => seen.push('earlier'));
    wall.move(100);
    assert.deepEqual(seen, ['earlier']);
    wall.move(900);
    assert.deepEqual(seen, ['earlier', 'later']);
    clock.close();
  });
});
