import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocateBars, type BarColumns } from '../vocabulary/market-data.ts';
import { Random } from '../vocabulary/random.ts';
import { HOUR_MS } from '../vocabulary/time.ts';
import { sma } from './averages/sma.ts';
import { Bars } from './bars.ts';
import { compute } from './run.ts';
import { Cross, Series } from './series.ts';
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
    assert.throws(
      () => ta.custom('bad', { lookback: '3' as never, init: () => 0, next: () => 0 }),
      /bad: lookback must be a whole number from 0, found "3"/,
    );
    assert.throws(
      () => ta.custom('bad', { lookback: 0, init: () => 0 } as never),
      /bad: next must be a function, found undefined/,
    );
    const { close } = new Bars('TEST', '1h', { barMs: HOUR_MS });
    assert.throws(() => count(close as never), /count: takes bars, such as data.main; found a series/);
    const wrong = ta.custom('wrong', { lookback: 0, init: () => 0, next: () => 'x' as unknown as number });
    assert.throws(() => bothWays((bars) => ({ wrong: wrong(bars) })), /wrong: next must return a number, found string/);
  });

  test('a stream: declared between a bar and its step, and stepped twice -> every bar counts once', () => {
    const columns = history(8);
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const early = ta.sma(bars.close, 3);
    for (let i = 0; i < 6; i++) {
      append(bars, columns, i);
      bars.stepAll();
    }
    bars.append(6 * HOUR_MS, 1, 1, 1, columns.close[6]!, 1);
    const late = ta.sma(bars.close, 4);
    bars.stepAll();
    append(bars, columns, 7);
    for (const [series, n] of [
      [early, 3],
      [late, 4],
    ] as const) {
      const { value } = compute(sma, [columns.close.slice(0, 8)], { length: n });
      series.last(8).forEach((x, i) => {
        assert.ok(Object.is(x, value[i]) || Math.abs(x - value[i]!) < 1e-12, `${n}: row ${i}, ${x} and ${value[i]}`);
      });
    }
  });

  test('custom: declared when bars have closed already -> no value for them, one from the next on', () => {
    const columns = history(5);
    for (const how of ['preload', 'stream'] as const) {
      const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
      if (how === 'preload') bars.preload(columns);
      const next = (i: number): void => {
        if (how === 'stream') append(bars, columns, i);
        else {
          bars.advance();
          bars.stepAll();
        }
      };
      for (let i = 0; i < 5; i++) next(i);
      const late = ta.custom('late', { lookback: 0, init: () => ({}), next: (_, b) => b.close.value })(bars);
      assert.ok(!late.ready, `${how}: ${late.value} before the next bar`);
      next(5);
      assert.deepEqual([...late.last(3)], [Number.NaN, Number.NaN, columns.close[5]]);
    }
  });

  test('an infinite value of an indicator of one’s own -> missing to what is computed from it, not kept in its sums', () => {
    const inverse = ta.custom('inverse', {
      lookback: 0,
      init: () => ({ n: 0 }),
      next: (state, bars) => (state.n++ === 10 ? 1 / 0 : 1 / bars.close.value),
    });
    const [preloaded, streamed] = bothWays((bars) => {
      const x = inverse(bars);
      return { x, sma: ta.sma(x, 3), ema: ta.ema(x, 3), rsi: ta.rsi(x, 3), bands: ta.bollingerBands(x, 3).upper };
    });
    assertEqualNumbers(streamed!, preloaded!);
    assert.equal(preloaded!['x']![10], Number.POSITIVE_INFINITY);
    for (const name of ['sma', 'ema', 'rsi', 'bands']) {
      assert.ok(Number.isNaN(preloaded![name]![10]), name);
      assert.ok(
        preloaded![name]!.subarray(11).every((x) => Number.isFinite(x)),
        name,
      );
    }
    const prices = Float64Array.from(history(6).close.subarray(0, 50));
    prices[20] = Number.POSITIVE_INFINITY;
    const { value } = compute(sma, [prices], { length: 4 });
    assert.ok(Number.isNaN(value[20]));
    assert.ok(value.subarray(21).every((x) => Number.isFinite(x)));
  });

  test('last: broken, negative and texts -> refused; more than there are -> those there are', () => {
    const columns = history(7);
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    for (let i = 0; i < 3; i++) append(bars, columns, i);
    for (const bad of [2.5, -1, Number.NaN, '2' as never])
      assert.throws(() => bars.close.last(bad), /expected a whole number of bars, 0 or more/);
    assert.deepEqual([...bars.close.last(10)], [...columns.close.subarray(0, 3)]);
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
