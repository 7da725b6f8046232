import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { localRateCounters } from './local-rate-counters.ts';
import { RATE_LANES, type RateAnswer, RateLimiter } from './rate-limiter.ts';
import type { RateWindow } from './rate-window.ts';

const WEIGHT: RateWindow = { meter: 'weight', scope: 'ip', limit: 1_000, windowMs: 60_000, kind: 'aligned' };
const ORDERS: RateWindow = { meter: 'orders', scope: 'account', limit: 50, windowMs: 10_000, kind: 'aligned' };
const SLIDING: RateWindow = { meter: 'weight', scope: 'ip', limit: 100, windowMs: 10_000, kind: 'sliding' };
/** A whole minute, so that windows begin with the test. */
const START_MS = 1_795_200_000_000;

function limiterOf(windows: readonly RateWindow[], options: { share?: number; queueLimit?: number } = {}) {
  const clock = new SimulatedClock(START_MS);
  return { clock, limiter: new RateLimiter({ clock, windows, ...options }) };
}

/** Answers as they come, in order. */
function watch(answers: Promise<RateAnswer>[]): (RateAnswer | null)[] {
  const seen: (RateAnswer | null)[] = answers.map(() => null);
  answers.forEach((each, k) => {
    void each.then((answer) => {
      seen[k] = answer;
    });
  });
  return seen;
}

function isTaken(answer: RateAnswer | null | undefined): boolean {
  return answer?.taken === true;
}

describe('rate limiter', () => {
  test('reads -> four fifths of the own four fifths at once, the rest in the next window', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    const seen = watch(Array.from({ length: 70 }, () => limiter.take({ weight: 10 }, 'read', 120_000)));
    await clock.advance(0);
    assert.equal(seen.filter((each) => each?.taken).length, 64);
    assert.equal(limiter.waiting, 6);
    await clock.advance(59_999);
    assert.equal(limiter.waiting, 6);
    await clock.advance(1);
    assert.ok(seen.every((each) => each?.taken));
  });

  test('reads have used theirs -> orders and cancels still go, cancels longest', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    const taken = { cancel: 0, order: 0, read: 0 };
    for (const lane of ['read', 'order', 'cancel'] as const) {
      for (;;) {
        if (!(await limiter.take({ weight: 1 }, lane, 0)).taken) break;
        taken[lane]++;
      }
    }
    assert.deepEqual(taken, { cancel: 80, order: 80, read: 640 });
    await clock.advance(0);
  });

  test('waiting -> cancels first, then orders, then reads, each in order of asking', async () => {
    const { clock, limiter } = limiterOf([{ ...WEIGHT, limit: 10 }], { share: 1 });
    for (let k = 0; k < 10; k++) await limiter.take({ weight: 1 }, 'cancel', 0);
    const order: string[] = [];
    const asked: [string, (typeof RATE_LANES)[number]][] = [
      ['read 1', 'read'],
      ['order 1', 'order'],
      ['cancel 1', 'cancel'],
      ['read 2', 'read'],
      ['order 2', 'order'],
    ];
    for (const [name, lane] of asked) {
      void limiter.take({ weight: 1 }, lane, 120_000).then(() => order.push(name));
    }
    await clock.advance(60_000);
    assert.deepEqual(order, ['cancel 1', 'order 1', 'order 2', 'read 1', 'read 2']);
  });

  test('a heavy request waits -> lighter ones of the same meter do not overtake it, others pass', async () => {
    const { clock, limiter } = limiterOf([WEIGHT, ORDERS]);
    await limiter.take({ weight: 600 }, 'read', 0);
    const seen = watch([
      limiter.take({ weight: 100 }, 'read', 120_000),
      limiter.take({ weight: 1 }, 'read', 120_000),
      limiter.take({ orders: 1 }, 'order', 120_000),
    ]);
    await clock.advance(0);
    assert.deepEqual(
      seen.map((each) => each?.taken ?? false),
      [false, false, true],
    );
    await clock.advance(60_000);
    assert.ok(seen.every((each) => each?.taken));
  });

  test('several windows of one meter -> all hold', async () => {
    const day: RateWindow = { ...ORDERS, limit: 60, windowMs: 86_400_000 };
    const { clock, limiter } = limiterOf([ORDERS, day], { share: 1 });
    let taken = 0;
    for (let k = 0; k < 10; k++) {
      while ((await limiter.take({ orders: 1 }, 'cancel', 0)).taken) taken++;
      assert.equal(taken, k === 0 ? 50 : 60);
      await clock.advance(10_000);
    }
  });

  test('no room in the time that the caller has -> refused at once, with when to ask again', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    await clock.advance(20_000);
    await limiter.take({ weight: 640 }, 'read', 0);
    const answer = await limiter.take({ weight: 1 }, 'read', 30_000);
    assert.deepEqual(answer, {
      taken: false,
      reason: "the venue's rate limits leave no room in the next 30000 ms",
      retryInMs: 40_000,
    });
  });

  test('more than its lane may ever use -> refused, never', async () => {
    const { limiter } = limiterOf([WEIGHT]);
    const answer = await limiter.take({ weight: 641 }, 'read', 120_000);
    assert.ok(!answer.taken);
    assert.equal(answer.retryInMs, null);
    assert.match(answer.reason, /costs 641 of weight, and read requests may use 640 of the 1000/);
  });

  test('queue full -> refused', async () => {
    const { limiter } = limiterOf([WEIGHT], { queueLimit: 2 });
    await limiter.take({ weight: 640 }, 'read', 0);
    void limiter.take({ weight: 1 }, 'read', 120_000);
    void limiter.take({ weight: 1 }, 'read', 120_000);
    const answer = await limiter.take({ weight: 1 }, 'read', 120_000);
    assert.ok(!answer.taken);
    assert.match(answer.reason, /2 requests are waiting/);
    limiter.close();
  });

  test('a scope that is blocked -> zero requests of it until then, cost 0 and cancels included; another scope goes on', async () => {
    const { clock, limiter } = limiterOf([WEIGHT, ORDERS]);
    limiter.block('ip', 90_000);
    limiter.block('ip', 10_000);
    assert.equal(limiter.blockedForMs('ip'), 90_000, 'a later, shorter block shortens nothing');
    assert.equal((await limiter.take({ weight: 0, orders: 1 }, 'order', 0)).taken, false);
    assert.equal((await limiter.take({ weight: 1 }, 'cancel', 5_000)).taken, false);
    assert.equal((await limiter.take({ orders: 1 }, 'order', 0)).taken, true);
    const seen = watch([limiter.take({ weight: 1 }, 'read', 120_000)]);
    await clock.advance(89_999);
    assert.ok(!isTaken(seen[0]));
    await clock.advance(1);
    assert.ok(isTaken(seen[0]));
    assert.equal(limiter.blockedForMs('ip'), 0);
  });

  test('blocked while requests wait -> they wait for the end of the block', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    await limiter.take({ weight: 640 }, 'read', 0);
    const seen = watch([limiter.take({ weight: 1 }, 'read', 300_000)]);
    await clock.advance(30_000);
    limiter.block('ip', 120_000);
    await clock.advance(119_999);
    assert.ok(!isTaken(seen[0]));
    await clock.advance(1);
    assert.ok(isTaken(seen[0]));
  });

  test('the venue counts more than we do -> its count holds; less, or of a window that has ended -> ignored', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    limiter.observe('weight', 60_000, 600);
    limiter.observe('weight', 60_000, 5);
    assert.equal((await limiter.take({ weight: 40 }, 'read', 0)).taken, true);
    assert.equal((await limiter.take({ weight: 1 }, 'read', 0)).taken, false);
    await clock.advance(60_010);
    limiter.observe('weight', 60_000, 640, START_MS + 59_990);
    assert.equal((await limiter.take({ weight: 640 }, 'read', 0)).taken, true);
    limiter.observe('unknown', 60_000, 1);
    limiter.observe('weight', 60_000, Number.NaN);
  });

  test('budgets -> what own requests and the venue count in the window now, and how long it wants none', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    const { meter, windowMs, limit } = WEIGHT;
    await limiter.take({ weight: 25 }, 'read', 0);
    assert.deepEqual(limiter.budgets(), [{ meter, windowMs, limit, used: 25, blockedForMs: 0 }]);
    limiter.observe('weight', windowMs, 600);
    limiter.block('ip', 5_000);
    assert.deepEqual(limiter.budgets(), [{ meter, windowMs, limit, used: 600, blockedForMs: 5_000 }]);
    await clock.advance(windowMs);
    assert.deepEqual(limiter.budgets(), [{ meter, windowMs, limit, used: 0, blockedForMs: 0 }]);
  });

  test('new limits -> hold for those that wait, too', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    await limiter.take({ weight: 640 }, 'read', 0);
    const seen = watch([limiter.take({ weight: 100 }, 'read', 90_000)]);
    await clock.advance(1_000);
    assert.ok(!isTaken(seen[0]));
    limiter.adopt([{ ...WEIGHT, limit: 2_000 }]);
    await clock.advance(0);
    assert.ok(isTaken(seen[0]));
  });

  test('closed -> whoever waits is refused', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    await limiter.take({ weight: 640 }, 'read', 0);
    const seen = watch([limiter.take({ weight: 1 }, 'read', 120_000)]);
    limiter.close();
    await clock.advance(0);
    assert.equal(seen[0]?.taken, false);
    assert.equal(clock.waiting, 0);
  });

  test('a clock set back -> what was used stays counted', async () => {
    const { clock, limiter } = limiterOf([WEIGHT]);
    await limiter.take({ weight: 640 }, 'read', 0);
    clock.stepWall(-30_000);
    assert.equal((await limiter.take({ weight: 1 }, 'read', 0)).taken, false);
    await clock.advance(30_000);
    assert.equal((await limiter.take({ weight: 1 }, 'read', 0)).taken, true);
  });

  test('a meter that no window counts -> RangeError that names those there are', () => {
    const { limiter } = limiterOf([WEIGHT, ORDERS]);
    assert.throws(() => limiter.take({ wieght: 1 }, 'read', 0), /one of weight, orders, found wieght/);
    assert.throws(() => limiterOf([{ ...WEIGHT, limit: 0 }]), RangeError);
    assert.throws(() => limiterOf([WEIGHT], { share: 1.1 }), RangeError);
  });

  const requests = fc.array(
    fc.record({
      pauseMs: fc.integer({ min: 0, max: 3_000 }),
      cost: fc.integer({ min: 1, max: 30 }),
      lane: fc.constantFrom(...RATE_LANES),
    }),
    { minLength: 20, maxLength: 200 },
  );
  test('any requests -> no window of any position holds more than the own share', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom('aligned', 'sliding'), async (asked, kind) => {
        const { clock, limiter } = limiterOf([{ ...SLIDING, kind }]);
        const taken: [atMs: number, cost: number][] = [];
        for (const { pauseMs, cost, lane } of asked) {
          await clock.advance(pauseMs);
          void limiter.take({ weight: cost }, lane, 60_000).then((answer) => {
            if (answer.taken) taken.push([clock.elapsedMs(), cost]);
          });
        }
        await clock.advance(120_000);
        assert.equal(limiter.waiting, 0);
        for (const [fromMs] of taken) {
          const startMs = kind === 'aligned' ? Math.floor(fromMs / 10_000) * 10_000 : fromMs;
          const inside = taken.filter(([atMs]) => atMs >= startMs && atMs < startMs + 10_000);
          const used = inside.reduce((sum, [, cost]) => sum + cost, 0);
          assert.ok(used <= 80, `${used} within 10 s from ${startMs}`);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('shared counters', () => {
  const local = (clock: SimulatedClock) => localRateCounters(clock);

  test('answers that come later -> the same order, nothing taken twice', async () => {
    const clock = new SimulatedClock(START_MS);
    const counters = local(clock);
    const limiter = new RateLimiter({
      clock,
      windows: [{ ...WEIGHT, limit: 10 }],
      share: 1,
      counters: {
        take: (charges) => new Promise((resolve) => clock.after(2, () => resolve(counters.take(charges)))),
        observe: (window, used) => counters.observe(window, used),
      },
    });
    const order: number[] = [];
    for (let k = 0; k < 12; k++) {
      void limiter.take({ weight: 1 }, 'cancel', 90_000).then((answer) => {
        assert.ok(answer.taken);
        order.push(k);
      });
    }
    await clock.advance(1_000);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await clock.advance(60_000);
    assert.deepEqual(order.slice(10), [10, 11]);
  });

  test('not to be reached -> cancels go, nothing else does, and the reason is told', async () => {
    const clock = new SimulatedClock(START_MS);
    const limiter = new RateLimiter({
      clock,
      windows: [WEIGHT],
      counters: { take: () => Promise.reject(new Error('redis is away')), observe: () => {} },
    });
    assert.equal((await limiter.take({ weight: 1 }, 'cancel', 0)).taken, true);
    const answer = await limiter.take({ weight: 1 }, 'order', 0);
    assert.ok(!answer.taken);
    assert.match(answer.reason, /redis is away/);
  });
});
