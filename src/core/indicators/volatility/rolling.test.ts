import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../vocabulary/random.ts';
import { compute, runKernel } from '../run.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { Delay } from './delay.ts';
import { stddev } from './deviation.ts';
import { RollingExtreme } from './rolling-extreme.ts';
import { RollingSum } from './rolling-sum.ts';
import { RollingVariance } from './rolling-variance.ts';

/** Values with many ties, spikes and long flat stretches. */
const values = fc.array(fc.constantFrom<number[]>(-3, 0, 0, 0, 1, 1, 2, 1e9, 0.1), { minLength: 1, maxLength: 60 });
const lengths = fc.integer({ min: 1, max: 9 });

describe('rolling windows against the plain loop over the window', () => {
  test('rolling extreme: any values, either end, either tie rule -> value and age of the loop', () => {
    fc.assert(
      fc.property(values, lengths, fc.boolean(), fc.boolean(), (xs, n, highest, earliest) => {
        const extreme = new RollingExtreme(n, highest ? 'highest' : 'lowest', earliest ? 'earliest' : 'latest');
        xs.forEach((x, i) => {
          const found = extreme.next(x);
          const window = xs.slice(Math.max(0, i - n + 1), i + 1);
          const best = highest ? Math.max(...window) : Math.min(...window);
          assert.equal(found, window.length < n ? Number.NaN : best);
          const at = earliest ? window.indexOf(best) : window.lastIndexOf(best);
          assert.equal(extreme.age, window.length - 1 - at);
        });
      }),
    );
  });

  test('rolling sum: any values, spikes of 1e9 leaving -> the loop’s sum, and exactly zero over zeros', () => {
    fc.assert(
      fc.property(values, lengths, (xs, n) => {
        const sum = new RollingSum(n);
        xs.forEach((x, i) => {
          const found = sum.next(x);
          const window = xs.slice(Math.max(0, i - n + 1), i + 1);
          if (window.length < n) {
            assert.equal(found, Number.NaN);
            return;
          }
          const expected = window.reduce((a, b) => a + b, 0);
          if (window.every((v) => v === 0)) assert.equal(found, 0);
          const scale = Math.max(...xs.slice(0, i + 1).map(Math.abs), 1);
          assert.ok(Math.abs(found - expected) <= 1e-9 * scale * 1e-3, `${found} for ${expected}`);
        });
      }),
    );
  });

  test('rolling variance: any values -> the loop’s spread, and exactly zero over equal values', () => {
    fc.assert(
      fc.property(values, lengths, (xs, n) => {
        const rolling = new RollingVariance(n);
        xs.forEach((x, i) => {
          const found = rolling.next(x);
          const window = xs.slice(Math.max(0, i - n + 1), i + 1);
          if (window.length < n) {
            assert.equal(found, Number.NaN);
            return;
          }
          // Two passes over equal values leave the rounding of their mean behind; the truth is zero.
          const isFlat = window.every((v) => v === window[0]);
          const { mean, spread: passes } = twoPasses(window);
          const spread = isFlat ? 0 : passes;
          assert.ok(Math.abs(found - spread) <= 1e-9 * spread, `${found} for ${spread}`);
          assert.ok(
            Math.abs(rolling.mean - mean) <= 1e-9 * Math.max(...window.map(Math.abs)),
            `${rolling.mean} for ${mean}`,
          );
        });
      }),
    );
  });

  test('stddev: prices around 50,000 with a deviation of 1, drifting by thousands and jumping -> 1e-9 of two passes', () => {
    const random = new Random(5);
    const prices = new Float64Array(20_000);
    let level = 50_000;
    for (let i = 0; i < prices.length; i++) {
      level += i % 5000 === 4999 ? 25_000 : i % 2000 < 1000 ? 3 : -3;
      prices[i] = level + random.normal();
    }
    const { value } = compute(stddev, [prices], { length: 20 });
    let worst = 0;
    for (let i = 19; i < prices.length; i++) {
      const expected = Math.sqrt(twoPasses([...prices.subarray(i - 19, i + 1)]).spread / 20);
      worst = Math.max(worst, Math.abs(value[i]! - expected) / expected);
    }
    assert.ok(worst < 1e-9, `worst ${worst}`);
  });

  test('bollinger-bands: 5000 rows with jumps and flat stretches, rebased on the way -> the loop gives the bits of the steps', () => {
    const random = new Random(9);
    const prices = new Float64Array(5000);
    for (let i = 0; i < prices.length; i++)
      prices[i] = i % 700 < 40 ? 100 : (i % 1100 === 0 ? 1e7 : 100) + random.normal() * (i % 900 < 300 ? 1e-4 : 1);
    const blocks = [1024, 2048, 2049, 4097];
    const parameters = { length: 20, deviations: 2, sample: 0 };
    const filled = bollingerBands.outputs.map(() => new Float64Array(prices.length));
    runKernel(bollingerBands.create(parameters), [prices], filled, prices.length, blocks);
    const kernel = bollingerBands.create(parameters);
    for (let i = 0; i < prices.length; i++) {
      if (blocks.includes(i)) kernel.rebase?.();
      kernel.next(prices[i]!, 0, 0, 0, 0);
      filled.forEach((column, k) => {
        assert.equal(column[i], kernel.out![k], `${bollingerBands.outputs[k]} at row ${i}`);
      });
    }
  });

  test('delay: two steps -> each value two steps later; none -> at once', () => {
    const later = new Delay(2);
    assert.deepEqual(
      [1, 2, 3, 4].map((x) => later.next(x)),
      [Number.NaN, Number.NaN, 1, 2],
    );
    const now = new Delay(0);
    assert.deepEqual(
      [1, 2].map((x) => now.next(x)),
      [1, 2],
    );
  });
});

function twoPasses(window: readonly number[]): { mean: number; spread: number } {
  const mean = window.reduce((a, b) => a + b, 0) / window.length;
  return { mean, spread: window.reduce((a, x) => a + (x - mean) * (x - mean), 0) };
}
