import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LatencyLine, NO_LATENCY } from './latency.ts';

const model = { orderMs: 20, orderJitterMs: 30, reportMs: 5, reportJitterMs: 10 };

describe('latency', () => {
  test('latency: none -> arrives as it is sent', () => {
    const line = new LatencyLine(NO_LATENCY, 1);
    assert.equal(line.orderArrivalMs(1_000), 1_000);
    assert.equal(line.reportArrivalMs(1_000), 1_000);
  });

  test('latency: fixed -> exactly that later', () => {
    const line = new LatencyLine({ ...model, orderJitterMs: 0, reportJitterMs: 0 }, 1);
    assert.equal(line.orderArrivalMs(1_000), 1_020);
    assert.equal(line.reportArrivalMs(1_020), 1_025);
  });

  test('latency: jitter -> within its bounds, in order, the same for the same seed, also over a restore', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2 }), (seed, gaps) => {
        const line = new LatencyLine(model, seed);
        const twin = new LatencyLine(model, seed);
        let restored = new LatencyLine(model, 0);
        restored.restore(JSON.parse(JSON.stringify(line.snapshot())));
        let now = 1_000;
        let before = 0;
        for (const gap of gaps) {
          now += gap;
          const arrival = line.orderArrivalMs(now);
          assert.ok(arrival >= now + 20 && arrival >= before);
          // A message waits only for one that was sent before it: never later than its own longest way or that one's arrival.
          assert.ok(arrival <= Math.max(now + 50, before));
          assert.equal(twin.orderArrivalMs(now), arrival);
          assert.equal(restored.orderArrivalMs(now), arrival);
          before = arrival;
          const state = restored.snapshot();
          restored = new LatencyLine(model, 7);
          restored.restore(state);
        }
      }),
    );
  });

  test('latency: jitter of many messages far apart -> spreads over its whole width', () => {
    const line = new LatencyLine(model, 42);
    const delays = Array.from({ length: 2_000 }, (_, i) => line.orderArrivalMs(i * 1_000) - i * 1_000);
    assert.ok(Math.min(...delays) < 20.5 && Math.max(...delays) > 49.5);
    const mean = delays.reduce((a, b) => a + b) / delays.length;
    assert.ok(Math.abs(mean - 35) < 1, `mean ${mean}`);
  });
});
