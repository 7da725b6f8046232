import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Indicator } from '../indicator.ts';
import { contractComplaints } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { mfi } from './money-flow.ts';
import { volumeIndicators } from './ta.ts';
import { relativeVolume } from './volume-oscillators.ts';
import { volumeProfile } from './volume-profile.ts';
import { anchoredVwap, vwap } from './vwap.ts';

const others: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  obv: { start: 1 },
  'chaikin-oscillator': { fast: 5, slow: 7, seed: 2 },
  cmf: { length: 3 },
  mfi: { length: 1 },
  vwap: { offsetHours: -7.5 },
  'anchored-vwap': { anchorMs: 1_599_999_999_999 },
  'rolling-vwap': { length: 1 },
  'force-index': { length: 2, seed: 2 },
  'ease-of-movement': { length: 1, scale: 10_000 },
  kvo: { fast: 2, slow: 5, signal: 3, form: 1, seed: 2 },
  'volume-profile': { length: 7, bins: 5, percent: 95 },
  'volume-oscillator': { fast: 1, slow: 2 },
  'relative-volume': { length: 1 },
};
const HOUR = 3_600_000;

describe('volume indicators', () => {
  for (const spec of volumeIndicators as unknown as readonly Indicator[]) {
    test(`${spec.name}: the indicator contract -> kept`, () => {
      assert.deepEqual(contractComplaints(spec), []);
    });
    const params = others[spec.name];
    if (params)
      test(`${spec.name}: the contract with ${JSON.stringify(params)} -> kept`, () => {
        assert.deepEqual(contractComplaints(spec, params), []);
      });
  }

  test('vwap: three bars over midnight UTC -> begins anew with the third; with an offset of an hour it does not', () => {
    const times = Float64Array.of(22 * HOUR, 23 * HOUR, 24 * HOUR);
    const price = Float64Array.of(10, 20, 40);
    const volumes = Float64Array.of(1, 3, 4);
    const value = (offsetHours: number): number[] => [
      ...compute(vwap, [times, price, price, price, volumes], { offsetHours }).value,
    ];
    assert.deepEqual(value(0), [10, 17.5, 40]);
    assert.deepEqual(value(1), [10, 17.5, 28.75]);
    assert.deepEqual(value(-1), [10, 20, 220 / 7]);
  });

  test('anchored-vwap: bars before the anchor -> NaN, and they do not count', () => {
    const price = Float64Array.of(10, 20, 40);
    const { value } = compute(
      anchoredVwap,
      [Float64Array.of(0, 5, 10), price, price, price, Float64Array.of(9, 1, 1)],
      {
        anchorMs: 3,
      },
    );
    assert.deepEqual([...value], [Number.NaN, 20, 30]);
  });

  test('mfi: all rising, all falling, unchanged -> 100, 0, 50', () => {
    const last = (...prices: number[]): number => {
      const column = Float64Array.from(prices);
      return compute(mfi, [column, column, column, column.map(() => 5)], { length: 2 }).value.at(-1)!;
    };
    assert.deepEqual([last(1, 2, 3), last(3, 2, 1), last(2, 2, 2)], [100, 0, 50]);
  });

  test('mfi: bars whose decimal prices add up to the same -> neither rise nor fall, though their floats differ', () => {
    const { value } = compute(
      mfi,
      [
        Float64Array.of(59, 59.52, 59.57, 59.6),
        Float64Array.of(59, 59.13, 59.24, 59.3),
        Float64Array.of(59, 59.45, 59.29, 59.5),
        Float64Array.of(5, 5, 5, 5),
      ],
      { length: 3 },
    );
    assert.equal(value.at(-1), 100);
  });

  test('mfi: a window without flow after one with much -> exactly 50, no rest of earlier sums', () => {
    const close = Float64Array.of(1e7, 1.1e7, 0.1, 0.3, 0.3, 0.3, 0.3);
    const { value } = compute(mfi, [close, close, close, close.map(() => 1 / 3)], { length: 3 });
    assert.equal(value.at(-1), 50);
  });

  test('volume-profile: two bars, one of them on half the range -> bins, point of control and area by hand', () => {
    // Range 0–4 in 4 bins of 1. 8 over all: 2 each; 6 over 2–4: 3 each. Bins 2 2 5 5; the fullest, lower first, is 2–3.
    const { poc, high, low } = compute(
      volumeProfile,
      [Float64Array.of(4, 4), Float64Array.of(0, 2), Float64Array.of(8, 6)],
      { length: 2, bins: 4, percent: 70 },
    );
    // 5 of 14, then the fuller neighbour above gives 10 ≥ 9.8.
    assert.deepEqual([poc[1], high[1], low[1]], [2.5, 4, 2]);
  });

  test('volume-profile: random bars and bins -> the volume in all bins is that of the bars, so 100 % is the whole range', () => {
    const high = Float64Array.from({ length: 30 }, (_, i) => 10 + Math.sin(i) * 3 + (i % 4));
    const low = high.map((x, i) => x - (i % 3));
    const { high: top, low: bottom } = compute(volumeProfile, [high, low, high.map((_, i) => 1 + (i % 5))], {
      length: 30,
      bins: 9,
      percent: 100,
    });
    assert.ok(Math.abs(top[29]! - Math.max(...high)) < 1e-9);
    assert.ok(Math.abs(bottom[29]! - Math.min(...low)) < 1e-9);
  });

  test('relative-volume: 1 3 8 with length 2 -> 4 times the mean of the two before', () => {
    assert.deepEqual(
      [...compute(relativeVolume, [Float64Array.of(1, 3, 8)], { length: 2 }).value],
      [Number.NaN, Number.NaN, 4],
    );
  });
});
