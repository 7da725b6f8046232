import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compute } from '../run.ts';
import { accelerationBands } from './acceleration-bands.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { chandelierExit } from './chandelier-exit.ts';
import { choppiness } from './choppiness.ts';
import { stddev, variance } from './deviation.ts';
import { donchianChannel } from './donchian-channel.ts';
import { historicalVolatility } from './historical-volatility.ts';
import { keltnerChannel } from './keltner-channel.ts';
import { maEnvelope } from './ma-envelope.ts';
import { massIndex } from './mass-index.ts';
import { garmanKlass, parkinson, rogersSatchell, yangZhang } from './range-volatility.ts';
import { tr } from './true-range.ts';
import { ulcerIndex } from './ulcer-index.ts';

const of = (...x: number[]): Float64Array => Float64Array.of(...x);
const NONE = Number.NaN;

/** Equal to the last but two digits: the formula is short, its rounding is not prescribed. */
function close(found: number | undefined, expected: number): void {
  assert.ok(
    Math.abs(found! - expected) <= 1e-14 * Math.max(1, Math.abs(expected)),
    `found ${found}, expected ${expected}`,
  );
}

describe('volatility, worked by hand', () => {
  test('variance and stddev: 2 4 4 4 5 5 7 9 -> population 4 and 2, sample 32/7', () => {
    const values = [of(2, 4, 4, 4, 5, 5, 7, 9)];
    assert.equal(compute(variance, values, { length: 8 }).value.at(-1), 4);
    assert.equal(compute(stddev, values, { length: 8 }).value.at(-1), 2);
    close(compute(variance, values, { length: 8, sample: 1 }).value.at(-1), 32 / 7);
  });

  test('bollinger-bands: a window of equal values -> bands on the middle, %B ½, width 0', () => {
    const ours = compute(bollingerBands, [of(1, 1e6, 3, 3, 3)], { length: 3 });
    assert.deepEqual(
      [ours.middle, ours.upper, ours.lower, ours.percentB, ours.width].map((c) => c.at(-1)),
      [3, 3, 3, 0.5, 0],
    );
  });

  test('keltner-channel: prices of 0 -> no width before there are bands, then 0', () => {
    const zeros = new Float64Array(6);
    const { middle, width } = compute(keltnerChannel, [zeros, zeros, zeros], { length: 2, atrLength: 4 });
    assert.deepEqual([...middle], [NONE, 0, 0, 0, 0, 0]);
    assert.deepEqual([...width], [NONE, NONE, NONE, NONE, 0, 0]);
  });

  test('tr: begun at a bar with the range of its own -> settled one bar later, like one that leaves the first out', () => {
    const bars = [of(3, 9, 8), of(1, 7, 6), of(2, 8, 7)];
    const late = bars.map((column) => column.slice(1));
    for (const firstRange of [0, 1]) {
      const settled = tr.settle!({ firstRange });
      const whole = compute(tr, bars, { firstRange }).value;
      assert.equal(compute(tr, late, { firstRange }).value[settled], whole[1 + settled]);
    }
    assert.notEqual(compute(tr, late, { firstRange: 1 }).value[0], compute(tr, bars, { firstRange: 1 }).value[1]);
  });

  test('donchian-channel: a close beyond the window that leaves its bar out -> percent above 1', () => {
    const ours = compute(donchianChannel, [of(3, 4, 9), of(1, 2, 5), of(2, 3, 8)], { length: 2, offset: 1 });
    assert.deepEqual([...ours.upper], [NONE, NONE, 4]);
    assert.deepEqual([...ours.lower], [NONE, NONE, 1]);
    assert.equal(ours.percent[2], 7 / 3);
  });

  test('ma-envelope: 10 and 20, 10 % -> 15 with lines at 16.5 and 13.5; smoothed and exponential react to 30 by a half and two thirds', () => {
    const simple = compute(maEnvelope, [of(10, 20)], { length: 2, percent: 10 });
    assert.deepEqual([simple.middle[1], simple.upper[1], simple.lower[1]], [15, 16.5, 13.5]);
    assert.equal(compute(maEnvelope, [of(10, 20, 30)], { length: 2, average: 2 }).middle[2], 22.5);
    assert.equal(compute(maEnvelope, [of(10, 20, 30)], { length: 2, average: 1 }).middle[2], 25);
  });

  test('acceleration-bands: high 3, low 1, close 2 -> 9, 2, −1', () => {
    const ours = compute(accelerationBands, [of(3), of(1), of(2)], { length: 1 });
    assert.deepEqual([ours.upper[0], ours.middle[0], ours.lower[0]], [9, 2, -1]);
  });

  test('chandelier-exit: ranges of 2 and 4, twice the average -> highest high − 6, lowest low + 6', () => {
    const ours = compute(chandelierExit, [of(9, 10, 12), of(7, 8, 8), of(8, 9, 9)], { length: 2, multiplier: 2 });
    assert.deepEqual([ours.long[2], ours.short[2]], [6, 14]);
  });

  test('ulcer-index: 100 90 100 -> one drawdown of 10 % in three bars', () => {
    close(compute(ulcerIndex, [of(100, 90, 100)], { length: 3 }).value[2], Math.sqrt(100 / 3));
  });

  test('choppiness: straight up -> 0; up and back -> 100; still -> 100', () => {
    const of2 = (...x: number[]): number | undefined =>
      compute(choppiness, [of(...x), of(...x), of(...x)], { length: 2 }).value[2];
    close(of2(1, 2, 3), 0);
    close(of2(1, 2, 1), 100);
    close(of2(1, 1, 1), 100);
  });

  test('mass-index: constant or no range -> every ratio is 1', () => {
    const high = new Float64Array(50).fill(3);
    close(compute(massIndex, [high, new Float64Array(50).fill(1)]).value.at(-1), 25);
    close(compute(massIndex, [high, high]).value.at(-1), 25);
  });

  test('historical-volatility: returns of +1 and −1 -> √2 a bar as a sample, 1 as a population', () => {
    const prices = [of(1, Math.E, 1)];
    close(compute(historicalVolatility, prices, { length: 2, periodsPerYear: 1 }).value[2], Math.SQRT2);
    close(compute(historicalVolatility, prices, { length: 2, periodsPerYear: 4, sample: 0 }).value[2], 2);
    close(
      compute(historicalVolatility, [of(1, 2, 1)], { length: 2, periodsPerYear: 1, returns: 1, sample: 0 }).value[2],
      0.75,
    );
  });

  test('range volatilities: bars from 1 to √e, 1/√e and back to 1 -> each formula', () => {
    const [h, l] = [Math.sqrt(Math.E), 1 / Math.sqrt(Math.E)];
    const bars = [of(1, 1, 1), of(h, h, h), of(l, l, l), of(1, 1, 1)];
    const options = { length: 2, periodsPerYear: 100 };
    close(compute(parkinson, [bars[1]!, bars[2]!], options).value[2], 10 * Math.sqrt(1 / (4 * Math.LN2)));
    close(compute(garmanKlass, bars, options).value[2], 10 * Math.sqrt(0.5));
    close(compute(rogersSatchell, bars, options).value[2], 10 * Math.sqrt(0.5));
    close(compute(yangZhang, bars, options).value[2], 10 * Math.sqrt((1 - 0.34 / 4.34) * 0.5));
  });

  test('garman-klass and yang-zhang: a close at e², gaps of ±1 -> the body and the gaps count', () => {
    const e = Math.E;
    const body = compute(garmanKlass, [of(1), of(e * e), of(1), of(e * e)], { length: 1, periodsPerYear: 1 });
    close(body.value[0], Math.sqrt(0.5 * 4 - (2 * Math.LN2 - 1) * 4));
    const gaps = [1, e, 1].map((x) => x);
    const flat = of(...gaps);
    close(compute(yangZhang, [flat, flat, flat, flat], { length: 2, periodsPerYear: 1 }).value[2], Math.SQRT2);
  });
});
