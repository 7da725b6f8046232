import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Indicator } from '../indicator.ts';
import { contractComplaints } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { divide, ln, relativeStrength, round } from './arithmetic.ts';
import { falling, logReturn, rising } from './change.ts';
import { barsSince, cross, crossLevel } from './cross.ts';
import { highest, lowest, midpoint, midprice } from './extremes.ts';
import { priceIndicators } from './ta.ts';

const others: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  highest: { length: 1 },
  lowest: { length: 3 },
  midpoint: { length: 1 },
  midprice: { length: 2 },
  lag: { length: 7 },
  change: { length: 7 },
  'log-return': { length: 7 },
  rising: { length: 3 },
  falling: { length: 3 },
  sum: { length: 1 },
  'cross-level': { level: 100.5 },
  'price-relative-strength': { length: 1 },
  decay: { length: 1 },
  'exponential-decay': { length: 1 },
};
const column = (...values: number[]): Float64Array => Float64Array.from(values);

describe('price', () => {
  for (const spec of priceIndicators as unknown as readonly Indicator[]) {
    test(`${spec.name}: the indicator contract -> kept`, () => {
      assert.deepEqual(contractComplaints(spec), []);
    });
    const params = others[spec.name];
    if (params)
      test(`${spec.name}: the contract with ${JSON.stringify(params)} -> kept`, () => {
        assert.deepEqual(contractComplaints(spec, params), []);
      });
  }

  test('highest, lowest: any series with ties and any length -> as by looking at the whole window, newest of equals', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (values, length) => {
          for (const [spec, better] of [
            [highest, (a: number, b: number) => a >= b],
            [lowest, (a: number, b: number) => a <= b],
          ] as const) {
            const { value, barsAgo } = compute(spec, [column(...values)], { length });
            for (let i = length - 1; i < values.length; i++) {
              let best = i - length + 1;
              for (let k = best; k <= i; k++) if (better(values[k]!, values[best]!)) best = k;
              assert.ok(value[i]! === values[best]! && barsAgo[i] === i - best, `${spec.name} row ${i}`);
            }
          }
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  test('midpoint, midprice: 1 9 4 -> 5, 6.5; highs 5 8 and lows 3 4 -> 5.5', () => {
    assert.deepEqual([...compute(midpoint, [column(1, 9, 4)], { length: 2 }).value], [Number.NaN, 5, 6.5]);
    assert.equal(compute(midprice, [column(5, 8), column(3, 4)], { length: 2 }).value[1], 5.5);
  });

  test('cross: touch, crossing up, staying, crossing down -> 0 1 0 −1, and bars since', () => {
    const { direction, barsSince: since } = compute(cross, [column(1, 2, 3, 4, 1), column(2, 2, 2, 2, 2)]);
    assert.deepEqual([...direction], [Number.NaN, 0, 1, 0, -1]);
    assert.deepEqual([...since], [Number.NaN, -1, 0, 1, 0]);
  });

  test('cross: leaving equality to either side -> a crossing of that side', () => {
    assert.deepEqual([...compute(cross, [column(2, 3), column(2, 2)]).direction], [Number.NaN, 1]);
    assert.deepEqual([...compute(cross, [column(2, 1), column(2, 2)]).direction], [Number.NaN, -1]);
  });

  test('cross-level: a level of 50 -> the same as a flat series at 50', () => {
    const x = column(49, 50, 51, 50, 49, 60);
    assert.deepEqual(compute(crossLevel, [x], { level: 50 }), compute(cross, [x, x.map(() => 50)]));
  });

  test('bars-since: 0 1 0 0 1 -> −1 0 1 2 0', () => {
    assert.deepEqual([...compute(barsSince, [column(0, 1, 0, 0, 1)]).value], [-1, 0, 1, 2, 0]);
  });

  test('rising, falling: two steps in a row -> 1 only where both go that way', () => {
    const x = column(1, 2, 3, 3, 2, 1, 2);
    const ours = (spec: typeof rising | typeof falling): number[] => [
      ...compute(spec as unknown as Indicator, [x], { length: 2 })['value']!.slice(2),
    ];
    assert.deepEqual(ours(rising), [1, 0, 0, 0, 0]);
    assert.deepEqual(ours(falling), [0, 0, 0, 1, 0]);
  });

  test('log-return: a double, and a price of 0 -> ln 2, and 0', () => {
    const { value } = compute(logReturn, [column(3, 6, 0)], { length: 1 });
    assert.deepEqual([...value], [Number.NaN, Math.LN2, 0]);
  });

  test('price-relative-strength: 10 → 12 against 5 → 5.5 -> 12/5.5, and 20 % less 10 %', () => {
    const { value, excess } = compute(relativeStrength, [column(10, 12), column(5, 5.5)], { length: 1 });
    assert.equal(value[1], 12 / 5.5);
    assert.ok(Math.abs(excess[1]! - 0.1) < 1e-15);
  });

  test('round: −2.5 and 2.5 -> both up', () => {
    assert.deepEqual([...compute(round, [column(-2.5, 2.5)]).value], [-2, 3]);
  });

  test('divide, ln: outside their domain -> NaN', () => {
    assert.ok(Number.isNaN(compute(divide, [column(1), column(0)]).value[0]));
    assert.ok(Number.isNaN(compute(ln, [column(0)]).value[0]));
  });
});
