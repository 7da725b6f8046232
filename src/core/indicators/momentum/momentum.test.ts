import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BarColumns } from '../../vocabulary/market-data.ts';
import { Bars } from '../bars.ts';
import type { Indicator } from '../indicator.ts';
import { contractColumns, contractComplaints } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { Series } from '../series.ts';
import { accelerator, awesome } from './awesome.ts';
import { bop, elderRay, forecastOscillator, qstick } from './bop.ts';
import { cci } from './cci.ts';
import { cmo, mom, roc } from './changes.ts';
import { connorsRsi } from './connors-rsi.ts';
import { dpo } from './dpo.ts';
import { coppock, kst } from './kst.ts';
import { macd } from './macd.ts';
import { rocBands } from './roc-bands.ts';
import { rsi } from './rsi.ts';
import { stochastic, stochasticRsi, williamsR } from './stochastic.ts';
import { momentum, momentumIndicators } from './ta.ts';
import { tsi } from './tsi.ts';
import { ultimate } from './ultimate.ts';
import { WindowMaximum } from './window-maximum.ts';

const all = momentumIndicators as unknown as readonly Indicator[];

/** Second parameter sets, with every seed and kind that an indicator knows. */
const pair = { fast: 3, slow: 8 };
const others: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  rsi: [{ length: 1 }, { length: 5, seed: 2 }],
  macd: [2, 3, 4].map((seed) => ({ ...pair, signal: 4, seed })),
  ppo: [2, 3, 4].map((seed) => ({ ...pair, signal: 4, seed })),
  pvo: [2, 3, 4].map((seed) => ({ ...pair, signal: 4, seed })),
  apo: [2, 3, 4].map((seed) => ({ ...pair, seed })),
  stochastic: [
    { length: 1, smooth: 1, signal: 1 },
    { length: 5, average: 1 },
  ],
  'stochastic-of': [{ length: 5, average: 1 }],
  'stochastic-rsi': [{ rsi: 5, length: 7, smooth: 1, signal: 5, average: 1 }, { seed: 2 }],
  cmo: [{ length: 1 }, { length: 5, average: 1 }],
  tsi: [1, 2].map((seed) => ({ first: 5, second: 3, signal: 4, seed })),
  smi: [1, 2].map((seed) => ({ length: 4, first: 5, second: 3, signal: 4, seed })),
  trix: [1, 2, 3].map((seed) => ({ length: 4, signal: 3, seed })),
  'ultimate-oscillator': [{ short: 2, middle: 9, long: 4 }],
  'awesome-oscillator': [pair],
  'accelerator-oscillator': [{ ...pair, signal: 2 }],
  kst: [{ change1: 40, smooth1: 2, signal: 1 }],
  coppock: [{ long: 3, short: 5, smooth: 2 }],
  stc: [{ ...pair, cycle: 4, smooth: 1 }, { seed: 2 }],
  'connors-rsi': [{ length: 20, streak: 3, rank: 5 }],
  pmo: [{ first: 2, second: 3, signal: 4 }],
  'roc-bands': [{ length: 3, average: 9, deviation: 2 }],
};

describe('momentum', () => {
  for (const spec of all)
    for (const params of [{}, ...(others[spec.name] ?? [{ length: 5 }])])
      test(`${spec.name} ${JSON.stringify(params)}: the indicator contract -> kept`, () => {
        assert.deepEqual(contractComplaints(spec, params), []);
      });

  // All of these are defined on price differences, or on ratios of them: a price level must not matter.
  for (const name of [
    'rsi',
    'macd',
    'apo',
    'stochastic',
    'williams-r',
    'cci',
    'cmo',
    'mom',
    'tsi',
    'smi',
    'ultimate-oscillator',
  ])
    test(`${name}: prices raised by 50,000 -> the same values to 1e-7`, () => {
      const spec = all.find((s) => s.name === name)!;
      const columns = contractColumns(3000, 5);
      const inputs = spec.inputs.map((field) => columns[field]!);
      const low = compute(spec, inputs);
      const high = compute(
        spec,
        inputs.map((column) => column.map((x) => x + 50_000)),
      );
      for (const output of spec.outputs)
        low[output]!.forEach((x, i) => {
          const y = high[output]![i]!;
          assert.ok(Object.is(x, y) || Math.abs(x - y) <= 1e-7 * Math.max(1, Math.abs(x)), `row ${i}: ${x} and ${y}`);
        });
    });

  const of = (...x: number[]): Float64Array => Float64Array.from(x);
  const flat = new Float64Array(60).fill(100);

  test('a flat market: no side is favoured -> RSI, stochastic and ultimate 50, %R −50, CCI, CMO, TSI, BOP and MACD 0', () => {
    assert.equal(compute(rsi, [flat]).value[59], 50);
    assert.equal(compute(stochastic, [flat, flat, flat]).d[59], 50);
    assert.equal(compute(stochasticRsi, [flat]).k[59], 50);
    assert.equal(compute(ultimate, [flat, flat, flat]).value[59], 50);
    assert.equal(compute(williamsR, [flat, flat, flat]).value[59], -50);
    assert.equal(compute(cci, [flat, flat, flat]).value[59], 0);
    assert.equal(compute(cmo, [flat]).value[59], 0);
    assert.equal(compute(tsi, [flat]).tsi[59], 0);
    assert.equal(compute(bop, [flat, flat, flat, flat]).value[59], 0);
    assert.equal(compute(macd, [flat]).histogram[59], 0);
  });

  test('a market that turns flat: rounding left in running sums -> still CMO 0 and ultimate 50', () => {
    const jumpy = Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 100 + 0.1 * ((i * 7) % 11) : 100.3));
    assert.equal(compute(cmo, [jumpy]).value[99], 0);
    assert.equal(compute(ultimate, [jumpy, jumpy, jumpy]).value[99], 50);
  });

  test('rsi: only gains -> 100, only losses -> 0', () => {
    const up = Float64Array.from({ length: 20 }, (_, i) => i);
    assert.equal(compute(rsi, [up]).value[19], 100);
    assert.equal(compute(rsi, [up.map((x) => -x)]).value[19], 0);
  });

  test('rsi: changes +1 −1 +2 with length 2 -> 50, then gains 1.25 of 1.5', () => {
    const { value } = compute(rsi, [of(10, 11, 10, 12)], { length: 2 });
    assert.equal(value[2], 50);
    assert.ok(Math.abs(value[3]! - 100 * (1.25 / 1.5)) < 1e-12);
  });

  test('rsi: seed 2 -> averages start from zero', () => {
    assert.deepEqual([...compute(rsi, [of(10, 11, 9)], { length: 2, seed: 2 }).value], [Number.NaN, 100, 20]);
  });

  test('macd: a straight line -> half the difference of the lengths, 7 a bar', () => {
    const line = Float64Array.from({ length: 800 }, (_, i) => i);
    assert.ok(Math.abs(compute(macd, [line]).macd[799]! - 7) < 1e-9);
  });

  test('stochastic: close 11 in the range 10 to 14 -> 25; 3·k − 2·d is j', () => {
    const { k, d, j } = compute(stochastic, [of(14, 12), of(11, 10), of(12, 11)], { length: 2, smooth: 1, signal: 1 });
    assert.deepEqual([k[1], d[1], j[1]], [25, 25, 25]);
  });

  test('cci: typical prices 1 2 6 with length 3 -> (6 − 3)/(0.015 · 2)', () => {
    const x = of(1, 2, 6);
    assert.ok(Math.abs(compute(cci, [x, x, x], { length: 3 }).value[2]! - 100) < 1e-12);
  });

  test('cmo: changes +1 +2 −1 -> 2 of 4, 50', () => {
    assert.equal(compute(cmo, [of(1, 2, 4, 3)], { length: 3 }).value[3], 50);
  });

  test('roc and mom: 10 to 12 over 2 bars -> 20 % and 2; from 0 -> 0 %', () => {
    assert.equal(compute(roc, [of(10, 11, 12)], { length: 2 }).value[2], 20);
    assert.equal(compute(mom, [of(10, 11, 12)], { length: 2 }).value[2], 2);
    assert.equal(compute(roc, [of(0, 5)], { length: 1 }).value[1], 0);
  });

  test('dpo: a value known only later -> never used', () => {
    const x = of(1, 2, 3, 4, 5, 6, 7, 8);
    const before = compute(dpo, [x], { length: 4 }).value[6];
    x[7] = 1000;
    assert.equal(compute(dpo, [x], { length: 4 }).value[6], before);
    assert.equal(before, 4 - 5.5);
  });

  test('awesome and accelerator: a straight line -> 14.5 a bar, and no acceleration', () => {
    const line = Float64Array.from({ length: 60 }, (_, i) => i);
    assert.equal(compute(awesome, [line, line]).oscillator[59], 14.5);
    assert.equal(compute(accelerator, [line, line]).value[59], 0);
  });

  test('kst: growth of 1 % a bar -> weighted sum of the four growths', () => {
    const growth = Float64Array.from({ length: 80 }, () => 1);
    for (let i = 1; i < 80; i++) growth[i] = growth[i - 1]! * 1.01;
    const gain = (bars: number): number => 100 * (growth[bars]! - 1);
    const expected = gain(10) + 2 * gain(15) + 3 * gain(20) + 4 * gain(30);
    const { kst: value, signal } = compute(kst, [growth]);
    assert.ok(Math.abs(value[79]! / expected - 1) < 1e-12);
    assert.ok(Math.abs(signal[79]! / expected - 1) < 1e-12);
    assert.ok(Math.abs(compute(coppock, [growth]).value[79]! / (gain(14) + gain(11)) - 1) < 1e-12);
  });

  test('connors rsi: up, up, down -> runs 1 2 −1, rank below both -> their mean with a third', () => {
    const out = compute(connorsRsi, [of(100, 101, 103, 102)], { length: 2, streak: 2, rank: 2 });
    // RSI(2): gains 1 2, then loss 1: (1.5/2)/(1.5/2 + 1/2); runs change by +1 and −3.
    assert.ok(Math.abs(out.rsi[3]! - 60) < 1e-12);
    assert.equal(out.streakRsi[3], 25);
    assert.equal(out.percentRank[3], 0);
    assert.ok(Math.abs(out.value[3]! - 85 / 3) < 1e-12);
  });

  test('bop, qstick and elder-ray: one bar 10 14 8 13 -> 0.5, 3, and its reach around an average of 13', () => {
    const bar = [of(10), of(14), of(8), of(13)];
    assert.equal(compute(bop, bar, { length: 1 }).value[0], 0.5);
    assert.equal(compute(qstick, [bar[0]!, bar[3]!], { length: 1 }).value[0], 3);
    const { bull, bear, ema } = compute(elderRay, bar.slice(1), { length: 1 });
    assert.deepEqual([bull[0], bear[0], ema[0]], [1, -5, 13]);
  });

  test('forecast oscillator: a straight line -> foretold exactly', () => {
    const line = Float64Array.from({ length: 20 }, (_, i) => 5 + 3 * i);
    assert.ok(
      compute(forecastOscillator, [line])
        .value.slice(5)
        .every((x) => Math.abs(x) < 1e-12),
    );
  });

  // In quarters, which doubles hold exactly.
  const high = of(101.5, 103.25, 103.75, 104, 105.25, 107.5, 108, 107.25, 107.5, 107.25, 106, 106.25, 107, 108, 108.25);
  const low = of(100, 101.25, 103, 102.5, 104.5, 106.5, 107.5, 106, 106.25, 106, 105.5, 104.5, 105.75, 106.25, 107.25);
  const close = of(100.75, 102.25, 103.5, 103.5, 105, 106.5, 108, 106.75, 106.5, 106.75, 106, 105.5, 106, 107, 107.25);

  test('ultimate: lengths 9 3 5 -> the shortest weighs most, the values of TA-Lib ULTOSC(9, 3, 5)', () => {
    const expected = [
      47.258903561424574, 46.502463054187196, 51.107629492474956, 45.632038125984856, 48.416721527320604,
      39.78744515247062,
    ];
    const { value } = compute(ultimate, [high, low, close], { short: 9, middle: 3, long: 5 });
    assert.equal(
      value.findIndex((x) => !Number.isNaN(x)),
      9,
    );
    expected.forEach((x, i) => {
      assert.ok(Math.abs(value[9 + i]! - x) < 1e-10, `row ${9 + i}: found ${value[9 + i]}, expected ${x}`);
    });
  });

  test('cci: two bars whose decimal prices add up to the same -> 0, as TA-Lib, and not their rounding', () => {
    const bars = [of(59.57, 59.52), of(59.24, 59.13), of(59.29, 59.45)];
    assert.equal(compute(cci, bars, { length: 2 }).value[1], 0);
    assert.ok(compute(cci, [of(59.57, 59.53), bars[1]!, bars[2]!], { length: 2 }).value[1]! > 66);
  });

  test('roc with bands: a price that stands still after moving -> bands of exactly 0', () => {
    const moved = contractColumns(200, 6)['close']!;
    moved.fill(moved[99]!, 100);
    const { upper, lower } = compute(rocBands, [moved], { length: 4, average: 3, deviation: 6 });
    assert.deepEqual([...new Set(upper.subarray(110))], [0]);
    assert.ok(lower.subarray(110).every((x) => x === 0));
  });

  test('forecast oscillator: after a thousand bars at a high price -> as from the last bars alone, to ten digits', () => {
    const high = contractColumns(1000, 8)['close']!.map((x) => 60_000 + x);
    const { value } = compute(forecastOscillator, [high]);
    for (let row = 900; row < 1000; row++) {
      const expected = compute(forecastOscillator, [high.slice(row - 5, row + 1)]).value[5]!;
      assert.ok(Math.abs(value[row]! / expected - 1) < 1e-10, `row ${row}: found ${value[row]}, expected ${expected}`);
    }
  });

  test('window maximum: random values -> the largest by searching', () => {
    const { close } = contractColumns(2000, 9) as { close: Float64Array };
    for (const n of [1, 2, 3, 14, 100]) {
      const window = new WindowMaximum(n);
      close.forEach((x, i) => {
        assert.equal(window.next(x), Math.max(...close.subarray(Math.max(0, i - n + 1), i + 1)));
      });
    }
  });

  const onBars = new Set([
    'pvo',
    'stochastic',
    'stochasticFast',
    'williamsR',
    'cci',
    'smi',
    'ultimate',
    'awesome',
    'accelerator',
    'fisher',
    'bop',
    'qstick',
    'elderRay',
  ]);
  for (const [name, add] of Object.entries(momentum))
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
