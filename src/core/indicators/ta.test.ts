import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocateBars, type BarColumns } from '../vocabulary/market-data.ts';
import { Random } from '../vocabulary/random.ts';
import { HOUR_MS } from '../vocabulary/time.ts';
import { Bars } from './bars.ts';
import type { Indicator, ParameterRange } from './indicator.ts';
import { Cross, type Node, Series } from './series.ts';
import { ta } from './ta.ts';

const COUNT = 2500;

function history(seed: number, barMs = HOUR_MS, count = COUNT): BarColumns {
  const random = new Random(seed);
  const columns = allocateBars(count);
  let price = 100;
  for (let i = 0; i < count; i++) {
    columns.openTimeMs[i] = 1_600_000_000_000 + i * barMs;
    columns.open[i] = price;
    price *= 1 + 0.01 * random.normal();
    columns.close[i] = price;
    columns.high[i] = Math.max(price, columns.open[i]!) * (1 + 0.003 * random.uniform());
    columns.low[i] = Math.min(price, columns.open[i]!) * (1 - 0.003 * random.uniform());
    columns.volume[i] = random.integer(1000);
  }
  return columns;
}

function append(bars: Bars, columns: BarColumns, i: number): void {
  bars.append(
    columns.openTimeMs[i]!,
    columns.open[i]!,
    columns.high[i]!,
    columns.low[i]!,
    columns.close[i]!,
    columns.volume[i]!,
  );
  bars.stepAll();
}

/** What a strategy would read at every bar, from a backtest and from a stream. */
function bothWays(declare: (bars: Bars) => Readonly<Record<string, Series>>): Record<string, Float64Array>[] {
  const columns = history(1);
  return (['preload', 'stream'] as const).map((how) => {
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const series = declare(bars);
    const seen = Object.fromEntries(Object.keys(series).map((name) => [name, new Float64Array(COUNT)]));
    if (how === 'preload') bars.preload(columns);
    for (let i = 0; i < COUNT; i++) {
      if (how === 'stream') append(bars, columns, i);
      else {
        bars.advance();
        bars.stepAll();
      }
      for (const [name, s] of Object.entries(series)) seen[name]![i] = s.value;
    }
    return seen;
  });
}

/** Number by number: deepEqual compares bytes, and the sign bit of a NaN is the processor's own. */
function assertEqualNumbers(streamed: Record<string, Float64Array>, preloaded: Record<string, Float64Array>): void {
  assert.deepEqual(Object.keys(streamed), Object.keys(preloaded));
  for (const [name, column] of Object.entries(preloaded)) {
    const there = streamed[name]!;
    assert.equal(there.length, column.length, name);
    const at = there.findIndex((x, i) => !Object.is(x, column[i]));
    assert.equal(at, -1, `${name} at ${at}: ${there[at]} from the stream, ${column[at]} from the history`);
  }
}

type Made = Series | Cross | Readonly<Record<string, Series>>;

/** All outputs of every function of `ta` with its defaults: of bars, or of the close and the open where it takes series. */
function everything(bars: Bars): Record<string, Series> {
  const all: Record<string, Series> = {};
  const { custom: _, ...functions } = ta;
  for (const [name, make] of Object.entries(functions) as unknown as [string, (...inputs: unknown[]) => Made][]) {
    let made: Made;
    try {
      made = make(bars);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      made = PAIRS.includes(name) ? make(bars.close, bars.open) : make(bars.close);
    }
    if (made instanceof Series) all[name] = made;
    else if (made instanceof Cross) all[name] = made.direction;
    else for (const [output, series] of Object.entries(made)) all[`${name}.${output}`] = series;
  }
  return all;
}

/** Functions of two series. */
const PAIRS = [
  ...['cross', 'add', 'subtract', 'multiply', 'divide', 'relativeStrength'],
  ...['correlation', 'covariance', 'beta'],
];

describe('ta', () => {
  test('composition: ema of rsi -> the same bits from a stream and from a preloaded history', () => {
    const [preloaded, streamed] = bothWays((bars) => ({ smooth: ta.ema(ta.rsi(bars.close, 14), 9) }));
    assertEqualNumbers(streamed!, preloaded!);
    assert.equal(
      preloaded!['smooth']!.findIndex((x) => !Number.isNaN(x)),
      14 + 8,
    );
  });

  test('every function with its defaults -> the same bits from a stream and from a preloaded history', () => {
    const [preloaded, streamed] = bothWays(everything);
    assert.ok(Object.keys(preloaded!).length > 180);
    assertEqualNumbers(streamed!, preloaded!);
    for (const [name, column] of Object.entries(preloaded!)) {
      assert.ok(
        column.some((x) => !Number.isNaN(x)),
        `${name} has values`,
      );
    }
  });

  test('the same indicator twice -> the same series', () => {
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    assert.equal(ta.rsi(bars.close, 14), ta.rsi(bars.close, 14));
    assert.notEqual(ta.rsi(bars.close, 14), ta.rsi(bars.close, 15));
  });

  test('cross: of two series and of a level -> up and down at the bars where the sign of the difference turns', () => {
    const columns = history(2);
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const fast = ta.sma(bars.close, 5);
    const slow = ta.sma(bars.close, 20);
    const pair: Cross = ta.cross(fast, slow);
    const level: Cross = ta.cross(ta.subtract(fast, slow), 0);
    bars.preload(columns);
    let [crossings, since] = [0, Number.NaN];
    for (let i = 0; i < COUNT; i++) {
      bars.advance();
      const up = fast.value > slow.value && fast.at(1) <= slow.at(1);
      const down = fast.value < slow.value && fast.at(1) >= slow.at(1);
      since = up || down ? 0 : since + 1;
      assert.deepEqual([pair.up, pair.down, pair.barsSince], [up, down, since], `row ${i}`);
      assert.deepEqual([level.up, level.down, level.barsSince], [up, down, since], `level, row ${i}`);
      if (up || down) crossings++;
    }
    assert.ok(crossings > 50);
  });

  test('custom: a running maximum since the last new low -> stepped alike in both, NaN for its lookback', () => {
    const trail = ta.custom('trail', {
      lookback: 3,
      init: () => ({ high: 0 }),
      next: (state, bars) => {
        state.high = bars.low.value < bars.low.at(1) ? bars.high.value : Math.max(state.high, bars.high.value);
        return state.high;
      },
    });
    const [preloaded, streamed] = bothWays((bars) => ({ trail: trail(bars), mean: ta.sma(trail(bars), 4) }));
    assertEqualNumbers(streamed!, preloaded!);
    assert.equal(
      preloaded!['trail']!.findIndex((x) => !Number.isNaN(x)),
      3,
    );
    assert.equal(
      preloaded!['mean']!.findIndex((x) => !Number.isNaN(x)),
      6,
    );
    const { high, low } = history(1);
    let expected = 0;
    high.forEach((x, i) => {
      expected = i > 0 && low[i]! < low[i - 1]! ? x : Math.max(expected, x);
      if (i >= 3) assert.equal(preloaded!['trail']![i], expected);
    });
  });

  test('custom: two instances -> a state each; what is no number or no lookback -> refused', () => {
    const count = ta.custom('count', { lookback: 0, init: () => ({ n: 0 }), next: (state) => ++state.n });
    const [preloaded] = bothWays((bars) => ({ one: count(bars), two: count(bars) }));
    assert.equal(preloaded!['one']!.at(-1), COUNT);
    assert.equal(preloaded!['two']!.at(-1), COUNT);
    assert.throws(() => ta.custom('bad', { lookback: -1, init: () => 0, next: () => 0 }), RangeError);
    const wrong = ta.custom('wrong', { lookback: 0, init: () => 0, next: () => 'x' as unknown as number });
    assert.throws(() => bothWays((bars) => ({ wrong: wrong(bars) })), /wrong: next must return a number, found string/);
  });

  test('a node over two timeframes: hourly close less a mean of closed four-hour bars -> what was known at each hour', () => {
    const columns = history(3);
    const results = (['preload', 'stream'] as const).map((how) => {
      const hours = new Bars('TEST', '1h', { barMs: HOUR_MS });
      const fours = new Bars('TEST', '4h', { barMs: 4 * HOUR_MS });
      const spread = ta.subtract(hours.close, ta.sma(fours.close, 3));
      const smooth = ta.sma(spread, 5);
      // A four-hour bar that ends with the hour has closed when the hour's indicators are computed.
      const rolled = history(4, 4 * HOUR_MS, COUNT / 4);
      columns.close.forEach((close, i) => {
        if (i % 4 === 3) rolled.close[(i - 3) / 4] = close;
      });
      if (how === 'preload') {
        hours.preload(columns);
        fours.preload(rolled);
      }
      const seen = new Float64Array(COUNT);
      const plain = new Float64Array(COUNT);
      for (let i = 0; i < COUNT; i++) {
        const closes = i % 4 === 3;
        if (how === 'preload') {
          if (closes) fours.advance();
          hours.advance();
          fours.stepAll();
          hours.stepAll();
        } else {
          if (closes) append(fours, rolled, (i - 3) / 4);
          append(hours, columns, i);
        }
        seen[i] = smooth.value;
        plain[i] = spread.value;
      }
      return { seen, plain };
    });
    assert.deepEqual(results[1], results[0]);
    const { close } = columns;
    for (let i = 11; i < COUNT; i++) {
      const last = i - ((i + 1) % 4);
      const mean = (close[last]! + close[last - 4]! + close[last - 8]!) / 3;
      assert.ok(Math.abs(results[0]!.plain[i]! - (close[i]! - mean)) < 1e-9, `row ${i}`);
    }
    assert.equal(
      results[0]!.seen.findIndex((x) => !Number.isNaN(x)),
      11 + 4,
    );
  });
});

/** Bars that note which indicator a function asks for, and with which parameters. */
class NotingBars extends Bars {
  noted: { readonly indicator: Indicator; readonly given: Readonly<Record<string, number>> } | null = null;

  constructor() {
    super('TEST', '1h', { barMs: HOUR_MS });
  }

  override node(indicator: Indicator, inputs: readonly Series[], given: Readonly<Record<string, number>>): Node {
    this.noted = { indicator, given };
    return super.node(indicator, inputs, {});
  }
}

/** A value of a parameter that is no default and, within a list of ranges, no other's. */
const unusual = (range: ParameterRange, k: number): number =>
  range.integer && range.max <= 10 ? (range.default + 1) % (range.max + 1) : range.default * 2 + 1 + k / 16;

/** These take their parameters by name, or fix one on purpose. */
const OTHERWISE = ['kst', 'parabolicSarExtended', 'stochasticFast', 'rollingPivots'];

describe('parameters of ta', () => {
  const call = (name: string, ...args: unknown[]): unknown =>
    (ta as unknown as Record<string, (...given: unknown[]) => unknown>)[name]!(...args);

  test('every function: all parameters of the indicator in the order of its table -> each arrives under its name', () => {
    let checked = 0;
    for (const name of Object.keys(ta).filter((each) => each !== 'custom' && !OTHERWISE.includes(each))) {
      const bars = new NotingBars();
      const inputs = [[bars], [bars.close], [bars.close, bars.open]].find((given) => {
        bars.noted = null;
        try {
          call(name, ...given);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        return bars.noted !== null;
      });
      assert.ok(inputs, name);
      const ranges = Object.entries(bars.noted!.indicator.params);
      const values = ranges.map(([, range], k) => unusual(range, k));
      call(name, ...inputs, ...values);
      const expected = Object.fromEntries(ranges.map(([parameter], k) => [parameter, values[k]]));
      assert.deepEqual({ ...bars.noted!.given }, expected, name);
      checked += ranges.length;
    }
    assert.ok(checked > 150, String(checked));
    const bars = new NotingBars();
    ta.rollingPivots(bars, 7, 'woodie', 3);
    assert.deepEqual(bars.noted!.given, { length: 7, offset: 3 });
  });

  test('words for numbers: each, its number, and a word that is none -> the same series; refused with those there are', () => {
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    assert.equal(ta.stddev(bars.close, 5, 'sample'), ta.stddev(bars.close, 5, 1));
    assert.notEqual(ta.stddev(bars.close, 5, 'sample'), ta.stddev(bars.close, 5));
    assert.equal(ta.maEnvelope(bars.close, 5, 2, 'smoothed').upper, ta.maEnvelope(bars.close, 5, 2, 2).upper);
    assert.equal(ta.pivotPoints(bars, 'week').pp, ta.pivotPoints(bars, 2).pp);
    assert.throws(() => ta.stddev(bars.close, 5, 'smaple' as 'sample'), {
      name: 'RangeError',
      message: `stddev: sample must be one of 'population' (0), 'sample' (1), found "smaple"`,
    });
    assert.throws(
      () => ta.maEnvelope(bars.close, 5, 2, 'ema' as 'simple'),
      /ma-envelope: average must be one of 'simple'/,
    );
    assert.throws(() => ta.pivotPoints(bars, 'year' as 'day'), /pivot-points-standard: window .* found "year"/);
    assert.throws(
      () => ta.rollingPivots(bars, 5, 'wood' as 'woodie'),
      /method must be one of standard, .* found "wood"/,
    );
  });

  test('lengths that are 0, negative, broken, a text, none -> refused with what was found and expected', () => {
    const { close } = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const expected = 'rsi: length must be a whole number from 1 to 100000, found ';
    for (const [length, found] of [
      ...[0, -3, 2.5, Number.NaN, Number.POSITIVE_INFINITY].map((n) => [n, String(n)] as const),
      ['14' as never, '"14"'],
      [{ length: 14 } as never, 'an object'],
    ] as const)
      assert.throws(() => ta.rsi(close, length), { name: 'RangeError', message: expected + found });
    assert.throws(() => ta.alma(close, 9, '0.85' as never), {
      name: 'RangeError',
      message: 'alma: offset must be a number from 0 to 1, found "0.85"',
    });
    assert.throws(() => ta.kst(close, 10 as never), /kst: parameters are given by name, as { change1: … }; found 10/);
    assert.throws(() => ta.kst(close, { toString: 3 } as never), /kst: has no parameter toString; it has change1/);
  });

  test('inputs of the other kind -> refused with what the indicator takes and what was found', () => {
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const refused = (make: () => unknown, message: string): void => {
      assert.throws(make, { name: 'TypeError', message });
    };
    const takesSeries = 'takes a series, such as bars.close or another indicator; found';
    refused(() => ta.rsi(bars as never, 14), `rsi: ${takesSeries} bars; name one of their series, such as bars.close`);
    refused(() => ta.rsi('close' as never), `rsi: ${takesSeries} "close"`);
    refused(
      () => ta.ema(ta.macd(bars.close) as never, 9),
      `ema: ${takesSeries} the series macd, signal, histogram together; name one of them`,
    );
    refused(() => ta.correlation(bars.close, undefined as never), `correlation: ${takesSeries} undefined`);
    refused(() => ta.atr(bars.close as never), 'atr: takes bars (high, low, close), such as data.main; found a series');
  });
});
