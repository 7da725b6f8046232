import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BarColumns } from '../../vocabulary/market-data.ts';
import { Bars } from '../bars.ts';
import type { Indicator } from '../indicator.ts';
import { contractColumns, contractComplaints } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { Series } from '../series.ts';
import { alma } from './alma.ts';
import { dema, tema } from './dema.ts';
import { ema } from './ema.ts';
import { hma } from './hma.ts';
import { efficiencyRatio, kama } from './kama.ts';
import { lsma } from './lsma.ts';
import { mcginley } from './mcginley.ts';
import { sma } from './sma.ts';
import { smma } from './smma.ts';
import { averageIndicators, averages } from './ta.ts';
import { trima } from './trima.ts';
import { vidya } from './vidya.ts';
import { vwma } from './vwma.ts';
import { wma } from './wma.ts';
import { zlema } from './zlema.ts';

const all = averageIndicators as unknown as readonly Indicator[];

/** A second parameter set for each, with every seed that an indicator knows. */
const others: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  sma: [{ length: 1 }],
  ema: [{ length: 1 }, { length: 7, seed: 2 }],
  dema: [
    { length: 6, seed: 1 },
    { length: 6, seed: 2 },
    { length: 6, seed: 3 },
  ],
  tema: [
    { length: 6, seed: 1 },
    { length: 6, seed: 2 },
    { length: 6, seed: 3 },
  ],
  t3: [{ length: 4, volumeFactor: 1, seed: 1 }, { seed: 2 }, { seed: 3 }],
  hma: [{ length: 2 }, { length: 3 }],
  trima: [{ length: 1 }, { length: 6 }],
  zlema: [{ length: 2 }, { length: 9, seed: 2 }, { length: 3, seed: 2 }],
  alma: [{ length: 1 }, { length: 21, offset: 0.5, sigma: 3, floor: 1 }],
  kama: [{ length: 1 }, { length: 21, fast: 5, slow: 50 }],
  mcginley: [{ length: 1, k: 0.1 }],
  mama: [{ fast: 0.8, slow: 0.01 }],
  vidya: [{ short: 2, long: 5, alpha: 0.9 }],
};

describe('moving averages', () => {
  for (const spec of all)
    for (const params of [{}, { ...(others[spec.name]?.[0] ?? { length: 5 }) }, ...(others[spec.name]?.slice(1) ?? [])])
      test(`${spec.name} ${JSON.stringify(params)}: the indicator contract -> kept`, () => {
        assert.deepEqual(contractComplaints(spec, params), []);
      });

  for (const spec of all.filter((s) => s.unit === 'input'))
    test(`${spec.name}: a constant series -> that constant`, () => {
      const outputs = compute(spec, [new Float64Array(200).fill(50_000.1)]);
      for (const name of spec.outputs) assert.ok(Math.abs(outputs[name]!.at(-1)! / 50_000.1 - 1) < 1e-12);
    });

  const line = Float64Array.from({ length: 60 }, (_, i) => 10 + 2 * i);
  for (const [spec, lag] of [
    [sma, 4.5],
    [wma, 3],
    [lsma, 0],
    [trima, 4.5],
  ] as const)
    test(`${spec.name}: a straight line and length 10 -> the line ${lag} bars ago`, () => {
      const { value } = compute<typeof spec.params, typeof spec.outputs>(spec, [line], { length: 10 });
      assert.ok(Math.abs(value[59]! - (line[59]! - 2 * lag)) < 1e-10, `found ${value[59]}`);
    });

  const of = (...x: number[]): Float64Array => Float64Array.from(x);

  test('sma: 1 2 3 4 with length 2 -> 1.5 2.5 3.5 after one NaN', () => {
    assert.deepEqual([...compute(sma, [of(1, 2, 3, 4)], { length: 2 }).value], [Number.NaN, 1.5, 2.5, 3.5]);
  });

  test('ema: 1 2 6 with length 2 -> mean 1.5, then 1.5 + ⅔ · 4.5', () => {
    assert.deepEqual([...compute(ema, [of(1, 2, 6)], { length: 2 }).value], [Number.NaN, 1.5, 4.5]);
  });

  test('ema: 1 4 with length 3 and seed 2 -> first value, then half way', () => {
    assert.deepEqual([...compute(ema, [of(1, 4)], { length: 3, seed: 2 }).value], [1, 2.5]);
  });

  test('smma: 1 2 6 with length 2 -> 1.5, then half way to 6', () => {
    assert.deepEqual([...compute(smma, [of(1, 2, 6)], { length: 2 }).value], [Number.NaN, 1.5, 3.75]);
  });

  test('wma: 1 2 6 with length 3 -> (1 + 4 + 18)/6', () => {
    assert.equal(compute(wma, [of(1, 2, 6)], { length: 3 }).value[2], 23 / 6);
  });

  test('hma: a step up -> overshoots, which a WMA never does', () => {
    const step = of(1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2);
    assert.ok(Math.max(...compute(hma, [step], { length: 4 }).value.slice(5)) > 2);
  });

  test('dema and tema: a long straight line -> no lag', () => {
    const long = Float64Array.from({ length: 600 }, (_, i) => 10 + 2 * i);
    assert.ok(Math.abs(compute(dema, [long], { length: 10 }).value[599]! - long[599]!) < 1e-9);
    assert.ok(Math.abs(compute(tema, [long], { length: 10 }).value[599]! - long[599]!) < 1e-9);
  });

  test('zlema: a long straight line and odd length -> no lag', () => {
    const long = Float64Array.from({ length: 600 }, (_, i) => 10 + 2 * i);
    assert.ok(Math.abs(compute(zlema, [long], { length: 11 }).value[599]! - long[599]!) < 1e-9);
  });

  test('alma: offset ½ -> symmetric weights, so the middle of a straight line', () => {
    assert.ok(Math.abs(compute(alma, [line], { length: 9, offset: 0.5 }).value[59]! - line[55]!) < 1e-10);
  });

  test('efficiency ratio: 1 2 1 3 with length 3 -> net 2 of 4', () => {
    assert.equal(compute(efficiencyRatio, [of(1, 2, 1, 3)], { length: 3 }).value[3], 0.5);
  });

  test('kama: 1 2 3 with length 2, a straight line -> second value, then (2/3)² of the way', () => {
    assert.deepEqual(
      [...compute(kama, [of(1, 2, 3)], { length: 2 }).value.map((x) => Math.round(x * 9))],
      [Number.NaN, 18, 22],
    );
  });

  test('mcginley: a price that falls to a hundredth -> does not go beyond the price', () => {
    const { value } = compute(mcginley, [of(100, 100, 1, 1, 1)]);
    assert.ok(value.slice(1).every((x) => x >= 1 && x <= 100));
  });

  test('vidya: short and long deviation equal -> an EMA of factor alpha', () => {
    const { value } = compute(vidya, [of(1, 2, 4, 3)], { short: 3, long: 3, alpha: 0.5 });
    assert.ok(Math.abs(value[2]! - 3) < 1e-12 && Math.abs(value[3]! - 3) < 1e-12);
  });

  test('vwma: prices 10 20 with volumes 1 3 -> 17.5; without volume -> 15', () => {
    assert.equal(compute(vwma, [of(10, 20), of(1, 3)], { length: 2 }).value[1], 17.5);
    assert.equal(compute(vwma, [of(10, 20), of(0, 0)], { length: 2 }).value[1], 15);
  });

  test('vwma: after a bar of a thousand billion times the volume -> the mean of what is left, to the last digits', () => {
    const prices = of(10, 20, 30, 40, 50, 60);
    const volumes = of(1, 1e15, 0.1, 0.3, 0, 0);
    assert.deepEqual([...compute(vwma, [prices, volumes], { length: 1 }).value], [10, 20, 30, 40, 50, 60]);
    const { value } = compute(vwma, [prices, volumes], { length: 2 });
    assert.ok(Math.abs(value[3]! - 37.5) < 1e-12, `found ${value[3]}`);
    assert.ok(Math.abs(value[4]! - 40) < 1e-12, `found ${value[4]}`);
    assert.equal(value[5], 55);
  });

  test('vidya: a short deviation of one value, which is always 0 -> refused', () => {
    assert.throws(() => compute(vidya, [line], { short: 1 }), /vidya: short must be a whole number from 2/);
  });

  const onBars = new Set(['vwma']);
  for (const [name, add] of Object.entries(averages))
    test(`ta.${name}: called with its defaults on bars -> series that are ready after 400 bars`, () => {
      const bars = new Bars('X', '1h', { barMs: 3_600_000 });
      const added = (add as (on: unknown) => Series | Readonly<Record<string, Series>>)(
        onBars.has(name) ? bars : bars.close,
      );
      const { openTimeMs, open, high, low, close, volume } = contractColumns(400, 4) as unknown as BarColumns;
      bars.preload({ openTimeMs, open, high, low, close, volume });
      for (let i = 0; i < 400; i++) bars.advance();
      for (const series of added instanceof Series ? [added] : Object.values(added)) assert.ok(series.ready);
    });
});
