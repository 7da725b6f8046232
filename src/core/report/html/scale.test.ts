import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { civilToMs, DAY_MS, HOUR_MS } from '../../vocabulary/time.ts';
import {
  EXTENT,
  extent,
  linearScale,
  logScale,
  moneyTicks,
  niceRatios,
  niceStep,
  niceValues,
  timeTicks,
} from './scale.ts';
import { thin } from './thin.ts';

describe('scale', () => {
  test('linear: ends and middle -> 0, half, all; no span -> no division by zero', () => {
    const scale = linearScale(10, 20);
    assert.deepEqual([scale.at(10), scale.at(15), scale.at(20)], [0, EXTENT / 2, EXTENT]);
    assert.ok(Number.isFinite(linearScale(5, 5).at(5)));
  });

  test('logarithmic: equal ratios -> equal room', () => {
    const scale = logScale(1, 100);
    assert.ok(Math.abs(scale.at(10) - EXTENT / 2) < 1e-9);
    assert.equal(scale.at(0), 0, 'what is below the axis stands on it');
  });

  test('extent: gaps left out; nothing -> 0 … 1; one value -> room around it', () => {
    assert.deepEqual(extent([3, null, Number.NaN, -1]), [-1, 3]);
    assert.deepEqual(extent([]), [0, 1]);
    const [low, high] = extent([5, 5], 0.1);
    assert.ok(low < 5 && high > 5);
  });

  test('niceStep: any span and count -> 1, 2 or 5 times a power of ten and a count within a factor of 1.6', () => {
    for (const span of [1e-7, 0.03, 0.9, 1, 7, 12, 47, 99, 12_345, 9e8])
      for (const count of [3, 5, 9]) {
        const step = niceStep(span, count);
        assert.match(step.toExponential(0), /^[125]e/);
        const found = span / step / count;
        assert.ok(found > 1 / 1.6 && found < 1.6, `${span} ${count} -> ${step}`);
      }
  });

  test('niceValues and niceRatios -> inside the axis', () => {
    assert.deepEqual(niceValues(-3.2, 4.1, 4), [-2, 0, 2, 4]);
    assert.deepEqual(niceRatios(8, 300, 6), [10, 20, 50, 100, 200]);
    assert.deepEqual(niceRatios(9_000, 14_000, 5), [9_000, 10_000, 11_000, 12_000, 13_000, 14_000]);
  });

  test('moneyTicks: steps of any size -> labels that differ', () => {
    const labels = (...values: number[]): string[] => moneyTicks(values).map((tick) => tick.label);
    assert.deepEqual(labels(0, 500, 1000), ['0', '500', '1000']);
    assert.deepEqual(labels(0, 0.5, 1), ['0.00', '0.50', '1.00']);
    assert.deepEqual(labels(0.995, 1, 1.005), ['0.995', '1.000', '1.005']);
    assert.deepEqual(labels(0, 0.0002), ['0.0000', '0.0002']);
    assert.deepEqual(labels(7), ['7']);
  });

  test('timeTicks: years, months, days, hours -> calendar borders, not too many', () => {
    const from = civilToMs(2024, 1, 15);
    for (const [days, count] of [
      [4000, 10],
      [731, 10],
      [90, 8],
      [20, 8],
      [2, 8],
    ] as const) {
      const ticks = timeTicks(from, from + days * DAY_MS, count);
      assert.ok(ticks.length >= 2 && ticks.length <= count + 1, `${days} days: ${ticks.length}`);
      for (const { value } of ticks) assert.equal(value % HOUR_MS, 0);
    }
    assert.deepEqual(
      timeTicks(civilToMs(2024, 1, 1), civilToMs(2026, 1, 1), 10).map((t) => t.label),
      ['2024', 'Apr 2024', 'Jul 2024', 'Oct 2024', '2025', 'Apr 2025', 'Jul 2025', 'Oct 2025', '2026'],
    );
  });

  test('thin: long line -> few points, but its ends and extremes are among them', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => (i === 7_321 ? 99 : i === 123 ? -99 : (i * 37) % 11));
    const kept = thin(values, 500);
    assert.ok(kept.length <= 500);
    for (const i of [0, 123, 7_321, 9_999]) assert.ok(kept.includes(i), `${i}`);
    assert.deepEqual(
      kept,
      [...new Set(kept)].sort((a, b) => a - b),
    );
    assert.deepEqual(thin([1, 2, 3], 10), [0, 1, 2]);
  });
});
