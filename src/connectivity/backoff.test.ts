import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { Random } from '../core/vocabulary/random.ts';
import { VenueError } from '../ports/venue-error.ts';
import { backoffCeilingMs, backoffMs, RECONNECT_BACKOFF } from './backoff.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { retryRead } from './read-retry.ts';
import { redactor } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';

describe('backoff', () => {
  test('ceiling -> 1 s doubling to a minute', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 1_000_000].map((n) => backoffCeilingMs(n, RECONNECT_BACKOFF));
    assert.deepEqual(ceilings, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('jitter -> anywhere below the ceiling, none before the first failure, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 30 }), (seed, failures) => {
        const waitMs = backoffMs(failures, RECONNECT_BACKOFF, new Random(seed));
        assert.equal(waitMs, backoffMs(failures, RECONNECT_BACKOFF, new Random(seed)));
        assert.ok(
          failures === 0 ? waitMs === 0 : waitMs >= 0 && waitMs < backoffCeilingMs(failures, RECONNECT_BACKOFF),
        );
      }),
    );
    const random = new Random(1);
    const waits = Array.from({ length: 4_000 }, () => backoffMs(10, RECONNECT_BACKOFF, random));
    const mean = waits.reduce((sum, each) => sum + each, 0) / waits.length;
    // Standard error of the mean of 4,000 uniforms over a minute: 60 s / √12 / √4,000 = 274 ms.
    assert.ok(Math.abs(mean - 30_000) < 4 * 274, `mean ${mean}`);
  });
});

describe('circuit breaker', () => {
  test('failures in a row -> open; one probe at a time; a success closes it', async () => {
    const clock = new SimulatedClock();
    const breaker = new CircuitBreaker({ clock, failures: 3 });
    for (const failed of [true, true, false, true, true]) {
      assert.equal(breaker.admit(), 0);
      if (failed) breaker.failed();
      else breaker.succeeded();
    }
    assert.equal(breaker.state, 'closed', 'a success in between begins anew');
    breaker.failed();
    assert.equal(breaker.state, 'open');
    assert.equal(breaker.admit(), 5_000);
    await clock.advance(5_000);
    assert.equal(breaker.admit(), 0);
    assert.ok(breaker.admit() > 0, 'one probe is enough');
    breaker.succeeded();
    assert.equal(breaker.state, 'closed');
    assert.equal(breaker.admit(), 0);
  });

  test('probes that fail -> twice as long each time, at most a minute; requests of before change nothing', async () => {
    const clock = new SimulatedClock();
    const breaker = new CircuitBreaker({ clock, failures: 1 });
    const waits: number[] = [];
    for (let k = 0; k < 6; k++) {
      breaker.failed();
      breaker.failed();
      const waitMs = breaker.admit();
      waits.push(waitMs);
      await clock.advance(waitMs);
      assert.equal(breaker.admit(), 0);
    }
    assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test('a probe that never reports -> another may go after a while', async () => {
    const clock = new SimulatedClock();
    const breaker = new CircuitBreaker({ clock, failures: 1 });
    breaker.failed();
    await clock.advance(5_000);
    assert.equal(breaker.admit(), 0);
    await clock.advance(30_000);
    assert.equal(breaker.admit(), 0);
  });
});

describe('retry of reads', () => {
  const failure = (code: 'timeout' | 'symbol-unknown' | 'rate-limited', afterMs?: number): VenueError =>
    new VenueError(code, 'plain', code, afterMs === undefined ? {} : { retryAfterMs: afterMs });

  async function attempts(errors: readonly Error[]): Promise<{ made: number; outcome: string; afterMs: number }> {
    const clock = new SimulatedClock();
    let made = 0;
    let outcome = 'waiting';
    let afterMs = 0;
    const done = retryRead(
      () => {
        const error = errors[made++];
        return error === undefined ? Promise.resolve('read') : Promise.reject(error);
      },
      { clock, random: new Random(1) },
    ).then(
      (value) => {
        outcome = value;
        afterMs = clock.elapsedMs();
      },
      (error: unknown) => {
        outcome = error instanceof VenueError ? error.code : String(error);
      },
    );
    await clock.advance(60_000);
    await done;
    return { made, outcome, afterMs };
  }

  test('what may be asked again -> asked again, four times in all', async () => {
    assert.deepEqual((await attempts([failure('timeout'), failure('timeout')])).outcome, 'read');
    const { made, outcome } = await attempts(Array.from({ length: 9 }, () => failure('timeout')));
    assert.deepEqual([made, outcome], [4, 'timeout']);
  });

  test('what may not -> once', async () => {
    assert.equal((await attempts([failure('symbol-unknown')])).made, 1);
    assert.equal((await attempts([new TypeError('a defect')])).made, 1);
  });

  test('the venue says how long -> as long; longer than a reader would wait -> passed on', async () => {
    const { outcome, afterMs } = await attempts([failure('rate-limited', 7_000)]);
    assert.deepEqual([outcome, afterMs], ['read', 7_000]);
    assert.equal((await attempts([failure('rate-limited', 60_000)])).made, 1);
  });
});

describe('redaction', () => {
  test('keys, signatures and tokens -> gone, as they stand, encoded, in queries and in JSON', () => {
    const redact = redactor(['s3cr+t/key=', '']);
    const text =
      'GET https://v.example/o?symbol=A&signature=ab12&timestamp=1 s3cr+t/key= s3cr%2Bt%2Fkey%3D {"apiKey" : "k-1","side":"BUY"} listenKey=zz';
    const shown = redact(text);
    for (const hidden of ['ab12', 's3cr', 'k-1', 'zz']) assert.ok(!shown.includes(hidden), shown);
    for (const kept of ['symbol=A', 'timestamp=1', '"side":"BUY"']) assert.ok(shown.includes(kept), shown);
  });
});

describe('Retry-After', () => {
  test('seconds, a date, neither -> milliseconds from now, or null', () => {
    const nowMs = Date.UTC(2026, 0, 1, 0, 0, 0);
    assert.equal(retryAfterMs('120', nowMs), 120_000);
    assert.equal(retryAfterMs(' 1.5 ', nowMs), 1_500);
    assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', nowMs), 30_000);
    assert.equal(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', nowMs), 0);
    assert.equal(retryAfterMs('soon', nowMs), null);
    assert.equal(retryAfterMs(undefined, nowMs), null);
  });
});
