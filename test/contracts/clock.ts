import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock under test, and how to let time pass on it. */
export interface ClockSubject {
  readonly clock: Clock;
  readonly pass: (ms: number) => Promise<void>;
}

/** What every {@link Clock} must do. */
export function clockContract(name: string, create: () => ClockSubject): void {
  const check = (title: string, body: (subject: ClockSubject) => Promise<void>): void => {
    test(`clock (${name}): ${title}`, () => body(create()));
  };

  check('a timer -> once, not before its time', async ({ clock, pass }) => {
    const startMs = clock.elapsedMs();
    const ranMs: number[] = [];
    clock.after(10, () => ranMs.push(clock.elapsedMs() - startMs));
    assert.deepEqual(ranMs, [], 'not in the turn of asking');
    await pass(50);
    assert.equal(ranMs.length, 1);
    assert.ok(ranMs[0]! >= 10, `${ranMs[0]} ms`);
  });

  check('no delay, or less -> after the turn', async ({ clock, pass }) => {
    const order: string[] = [];
    clock.after(0, () => order.push('zero'));
    clock.after(-5, () => order.push('negative'));
    order.push('turn');
    await pass(20);
    assert.deepEqual(order, ['turn', 'zero', 'negative']);
  });

  check('several timers -> in order of time', async ({ clock, pass }) => {
    const order: number[] = [];
    for (const ms of [40, 5, 20]) clock.after(ms, () => order.push(ms));
    await pass(80);
    assert.deepEqual(order, [5, 20, 40]);
  });

  check('canceled -> never; after it ran, and twice -> nothing happens', async ({ clock, pass }) => {
    let runs = 0;
    const canceled = clock.after(5, () => runs++);
    canceled.cancel();
    canceled.cancel();
    const ran = clock.after(5, () => runs++);
    await pass(30);
    ran.cancel();
    assert.equal(runs, 1);
  });

  check('a timer longer than the runtime takes -> not at once', async ({ clock, pass }) => {
    let runs = 0;
    const timer = clock.after(3_000_000_000, () => runs++);
    await pass(20);
    assert.equal(runs, 0);
    timer.cancel();
  });

  check('elapsed time -> never back, and the wall clock is near the calendar', async ({ clock, pass }) => {
    let beforeMs = clock.elapsedMs();
    const startMs = beforeMs;
    for (let k = 0; k < 10; k++) {
      await pass(3);
      assert.ok(clock.elapsedMs() >= beforeMs);
      beforeMs = clock.elapsedMs();
    }
    assert.ok(beforeMs - startMs >= 20, 'timers may fire a millisecond early');
    assert.ok(clock.nowMs() > Date.UTC(2024, 0, 1));
  });
}
