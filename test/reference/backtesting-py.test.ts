import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moneyScale } from '../../src/core/engine/session-state.ts';
import { feeSchedule } from '../../src/core/exchange/fees.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import { averages } from '../../src/core/indicators/averages/ta.ts';
import { price } from '../../src/core/indicators/price/ta.ts';
import { type RoundTrip, roundTrips } from '../../src/core/report/round-trips.ts';
import type { Backtest, BacktestConfig } from '../../src/core/research/backtest.ts';
import { equityCurveOf } from '../../src/core/research/curve-sections.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, type Context, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { p } from '../../src/core/strategy/params.ts';
import type { Level } from '../../src/core/vocabulary/intent.ts';
import { type BarColumns, barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS } from '../../src/core/vocabulary/time.ts';
import { dataMissing, readShared, readSharedJson } from '../shared-data.ts';
import { backtestingPyStatistics } from './backtesting-py-statistics.ts';
import { barsOfCsv, NO_MAINTENANCE, type ReferenceFill, referenceRun } from './reference-run.ts';

/**
 * Published results of backtesting.py, reproduced by our engine. How its conventions are said in ours:
 *
 * | theirs | ours |
 * |---|---|
 * | cash, shorts and 1 / `margin` leverage in one account | `account: 'margin'` with that leverage and no maintenance margin |
 * | whole units, any price | lot 1, tick 0.000001 |
 * | orders without size take all equity at the price of the fill | `sizing: 'at-fill'`, `pctEquity: 1` |
 * | market orders at the next open, or `trade_on_close` | fills `next-open` or `close` |
 * | `spread` is paid once, by the order that opens | `entrySpreadRate` |
 * | `commission` fixed + relative, of each fill | `perOrderQuanta` and the taker and maker rate |
 * | stops before targets inside a bar | path `pessimistic` |
 * | `next()` is called from the second bar, or from one bar after the indicators' first values | scripts count those calls |
 * | a fixed commission is charged on *each unit* when all equity is sized | quantity given by that rule (see {@link sizeOf}) |
 * | `finalize_trades` re-runs the broker over the last bar, so open trades end at its *open* | closing order one bar before the end |
 * | several trades of one position | round trips with FIFO accounting |
 */
const FILE = 'reference/backtestingpy.json';

interface Case {
  readonly id: string;
  readonly data?: string;
  readonly bars_OHLC_all_equal?: readonly number[];
  readonly bars?: { readonly close: readonly number[] } | 'same';
  readonly cash?: number;
  readonly commission?: number | string;
  readonly spread?: number;
  readonly margin?: number;
  readonly trade_on_close?: boolean;
  readonly finalize_trades?: boolean;
  readonly strategy: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

type Scripted = Context<Record<string, never>, { main: ReturnType<typeof bars> }, unknown, null>;
type Size = { readonly qty: number } | { readonly pctEquity: number };
interface Call {
  /** Number of this call of `next()`; the first is 1. */
  readonly call: number;
  /** Bars that it sees. */
  readonly count: number;
  readonly all: Size;
}
/** What a strategy that is described in words does at each call. */
type Script = (c: Scripted, at: Call) => void;

/** Calls begin at the second bar: the first that has a bar before it. */
const FIRST_CALL_BAR = 1;

const ORDINAL: Readonly<Record<string, number>> = { '1st': 1, '2nd': 2, '3rd': 3, '4th': 4, '5th': 5 };

function levels(text: string, word: 'sl' | 'tp'): Level[] {
  return [...text.matchAll(new RegExp(`${word}=([\\d.]+)`, 'g'))].map((found) => ({ price: Number(found[1]) }));
}

/** The strategies of the file: a pattern of the words, and what they ask for. The first that matches is it. */
const SCRIPTS: readonly (readonly [pattern: RegExp, script: (words: RegExpExecArray) => Script])[] = [
  [
    /^buy all at the first bar .*; next call close position$/,
    () => (c, at) => {
      if (at.call === 1) c.buy({ size: at.all, why: 'first call' });
      else if (at.call === 2) c.position.close('second call');
    },
  ],
  [
    /^on (\w+) bar buy (\d+) with (tp|sl)=[\d.]+$/,
    ([text, bar, quantity, word]) => {
      const kind = word === 'tp' ? 'tp' : 'sl';
      const level = levels(text, kind)[0]!;
      const guard = kind === 'tp' ? { target: level } : { stop: level };
      return (c, at) => {
        if (at.count === ORDINAL[bar!]) c.buy({ size: { qty: Number(quantity) }, ...guard, why: `${bar} bar` });
      };
    },
  ],
  [
    /^on (\d{4}-\d\d-\d\d) buy market with sl=[\d.]+$/,
    ([text, day]) => {
      const stop = levels(text, 'sl')[0]!;
      return (c, at) => {
        if (c.now - DAY_MS === Date.parse(day!)) c.buy({ size: at.all, stop, why: 'the day' });
      };
    },
  ],
  [
    /^1st call: buy 1 sl=[\d.]+ and buy 1 sl=[\d.]+; 2nd call: close first trade$/,
    ([text]) => {
      const stops = levels(text, 'sl');
      return (c, at) => {
        if (at.call === 1) for (const stop of stops) c.buy({ size: { qty: 1 }, stop, why: 'a trade of its own' });
        if (at.call !== 2) return;
        // The first trade goes, and its stop with it.
        c.orders[0]?.cancel('its trade is closed');
        c.sell({ size: { qty: 1 }, reduceOnly: true, why: 'close the first trade' });
      };
    },
  ],
  [
    /^bar count (\d+): buy; bar count (\d+): set sl=[\d.]+, tp=([\d.]+)$/,
    ([text, first, second, target]) =>
      (c, at) => {
        if (at.count === Number(first)) c.buy({ size: at.all, why: 'the first of the two bars' });
        if (at.count !== Number(second)) return;
        c.position.moveStop(levels(text, 'sl')[0]!);
        c.sell({ size: { qty: c.position.qty }, limit: Number(target), reduceOnly: true, why: 'target' });
      },
  ],
];

/** The words of a case; "same" and "as above" are those of the case before. */
function wordsOf(c: Case): string {
  const before = cases[cases.indexOf(c) - 1];
  return before && (c.strategy === 'same' || c.strategy === 'as above') ? wordsOf(before) : c.strategy;
}

function scriptOf(c: Case): Script | null {
  const words = wordsOf(c);
  for (const [pattern, script] of SCRIPTS) {
    const found = pattern.exec(words);
    if (found) return script(found);
  }
  return null;
}

function scripted(script: Script, size: (bar: number) => Size): AnyStrategy {
  return defineStrategy({
    id: 'scripted',
    params: {},
    data: { main: bars() },
    indicators: () => null,
    onBar(c) {
      const bar = c.data.main.cursor;
      if (bar < FIRST_CALL_BAR) return;
      script(c as unknown as Scripted, { call: bar - FIRST_CALL_BAR + 1, count: bar + 1, all: size(bar) });
    },
    onFill(c) {
      if (!c.position.isOpen) c.cancelAll('the position is gone');
    },
  });
}

/** SmaCross of their documentation, with reversal; closes what is open so that it ends at the last open. */
const smaCross = defineStrategy({
  id: 'sma-cross-reversing',
  params: { fast: p.int(10), slow: p.int(30), lastBar: p.int(0) },
  data: { main: bars() },
  indicators: ({ data, params }) => ({
    cross: price.cross(averages.sma(data.main.close, params.fast), averages.sma(data.main.close, params.slow)),
  }),
  onBar({ ind, data, params, position, buy, sell }) {
    if (data.main.cursor === params.lastBar - 1) position.close('finalize_trades');
    else if (ind.cross.up) {
      position.close('crossed up');
      buy({ size: { pctEquity: 1 }, why: 'crossed up' });
    } else if (ind.cross.down) {
      position.close('crossed down');
      sell({ size: { pctEquity: 1 }, why: 'crossed down' });
    }
  },
});

const cases = dataMissing(FILE) === false ? readSharedJson<Case[]>(FILE) : [];

function rowsOf(c: Case): readonly (readonly number[])[] {
  if (c.data !== undefined) {
    const [whole, path, count] = /^(\S+)(?: first (\d+) bars)?$/.exec(c.data) ?? [];
    assert(whole !== undefined && path !== undefined, `data: ${c.data}`);
    const rows = barsOfCsv(readShared(path));
    return count === undefined ? rows : rows.slice(0, Number(count));
  }
  if (c.bars_OHLC_all_equal) return c.bars_OHLC_all_equal.map((x, i) => [i * DAY_MS, x, x, x, x, 0]);
  // `same` refers to the case before that says its bars.
  const named = [...cases.slice(0, cases.indexOf(c) + 1)].reverse().find((other) => typeof other.bars === 'object');
  const { close } = named!.bars as { close: readonly number[] };
  return close.map((x, i) => [i * DAY_MS, x - 10, x, x, x, 0]);
}

function commissionOf(c: Case): { fixed: number; rate: number } {
  const text = c.commission ?? 0;
  if (typeof text === 'number') return { fixed: 0, rate: text };
  const plus = /^([\d.]+) fixed \+ ([\d.]+)%$/.exec(text);
  if (plus) return { fixed: Number(plus[1]), rate: Number(plus[2]) / 100 };
  const product = /^size\*price\*([\d.]+) callable$/.exec(text);
  assert(product, `commission: ${text}`);
  return { fixed: 0, rate: Number(product[1]) };
}

/** All equity, by their rule where the commission has a fixed part: it counts once for every unit. */
function sizeOf(c: Case, columns: BarColumns): (bar: number) => Size {
  const { fixed, rate } = commissionOf(c);
  if (fixed === 0) return () => ({ pctEquity: 1 });
  return (bar) => {
    const open = columns.open[bar + 1]!;
    return { qty: Math.floor((c.cash ?? 10_000) / (open * (1 + (c.spread ?? 0) + rate) + fixed)) };
  };
}

function run(c: Case, strategy: (columns: BarColumns) => BacktestConfig['strategies'][number]): Run {
  const columns = barsFromRows(rowsOf(c));
  const { fixed, rate } = commissionOf(c);
  const { backtest, fills, refused, rejected } = referenceRun({
    feeds: [
      {
        instrument: {
          id: 'REFERENCE:STOCK',
          kind: 'equity',
          base: 'STOCK',
          quote: 'USD',
          tick: '0.000001',
          lot: '1',
          marginTiers: NO_MAINTENANCE,
        },
        // Invented bars close half a day before the next one opens, so that an instant belongs to one bar.
        timeframe: /_(\d+[a-z])\.csv/.exec(c.data ?? '')?.[1] ?? '12h',
        bars: columns,
      },
    ],
    strategies: [strategy(columns)],
    cash: c.cash ?? 10_000,
    account: 'margin',
    leverage: 1 / (c.margin ?? 1),
    sizing: 'at-fill',
    fills: { market: c.trade_on_close ? 'close' : 'next-open', path: 'pessimistic', limit: 'touch' },
    costs: {
      fees: feeSchedule({
        tiers: [{ fromTradedQuanta: 0, makerRate: toRate(rate), takerRate: toRate(rate) }],
        perOrderQuanta: Math.round(fixed * 10 ** moneyScale(c.cash ?? 10_000)),
      }),
      entrySpreadRate: toRate(c.spread ?? 0),
    },
  });
  assert.deepEqual([refused, rejected], [[], []]);
  return { backtest, fills, columns, trips: fifoTrips(backtest, fills, columns) };
}

interface Run {
  readonly backtest: Backtest;
  readonly fills: readonly ReferenceFill[];
  readonly columns: BarColumns;
  readonly trips: readonly RoundTrip[];
}

function fifoTrips(backtest: Backtest, fills: readonly ReferenceFill[], columns: BarColumns): RoundTrip[] {
  const { timeMs } = backtest.engine.state.fills.column;
  const list = fills.map((f, i) => ({ ...f, timeMs: timeMs[i]!, orderId: '' }));
  return roundTrips(list, { accounting: 'fifo', bars: columns });
}

function near(actual: number, expected: number, relative: number, name: string): void {
  assert(Math.abs(actual - expected) <= relative * Math.abs(expected), `${name}: ${actual}, published ${expected}`);
}

/** What a case expects → how it is read from a run. */
const EXPECTATIONS: Readonly<Record<string, (run: Run, expected: never) => void>> = {
  'equity[2:4] rounded 2': ({ backtest }, expected: readonly number[]) => {
    const equity = [...backtest.engine.state.track.equity.subarray(2, 4)];
    assert.deepEqual(
      equity.map((x) => Number(x.toFixed(2))),
      expected,
    );
  },
  commission_paid: ({ fills }, expected: number) =>
    near(
      fills.reduce((sum, f) => sum + f.fee, 0),
      expected,
      1e-12,
      'commission',
    ),
  equity_final: ({ backtest }, expected: number) =>
    near(backtest.engine.state.clock[1]!, expected, 1e-12, 'final equity'),
  first_trade_exit_price: ({ trips }, expected: number) => near(trips[0]!.exitPrice, expected, 1e-12, 'exit'),
  first_exit_price: ({ trips }, expected: number) => near(trips[0]!.exitPrice, expected, 1e-12, 'exit'),
  trades: (run, expected: readonly Readonly<Record<string, number>>[]) => {
    const barOf = (ms: number): number => run.columns.openTimeMs.findLastIndex((open) => open <= ms);
    const trades = run.trips.map((t) => ({
      entry_bar: barOf(t.entryTimeMs),
      exit_bar: barOf(t.exitTimeMs),
      entry: t.entryPrice,
      exit: t.exitPrice,
    }));
    assert.deepEqual(trades, expected);
  },
};

test('backtesting.py: reference data is there', { skip: dataMissing(FILE) }, () => assert(cases.length > 0));

for (const c of cases) {
  const isStatistics = '# Trades' in c.expected;
  const script = scriptOf(c);
  const skip = isStatistics || script ? false : `no script for the strategy "${c.strategy}"`;
  test(`backtesting.py ${c.id}: ${wordsOf(c)} -> the published figures`, { skip }, () => {
    if (isStatistics) {
      const [, fast, slow] = /^SMA(\d+)\/SMA(\d+) of close;/.exec(c.strategy) ?? [];
      const done = run(c, (columns) => ({
        strategy: smaCross,
        params: { fast: Number(fast), slow: Number(slow), lastBar: c.finalize_trades ? columns.close.length - 1 : -1 },
      }));
      const found = backtestingPyStatistics(equityCurveOf(done.backtest), done.columns, done.trips, Number(slow) - 1);
      for (const [name, expected] of Object.entries(c.expected)) {
        if (typeof expected === 'number') near(found[name] as number, expected, 1e-8, name);
        else assert.equal(found[name], expected, name);
      }
      return;
    }
    const done = run(c, (columns) => ({ strategy: scripted(script!, sizeOf(c, columns)) }));
    for (const [name, expected] of Object.entries(c.expected)) {
      const check = EXPECTATIONS[name];
      assert(check, `expectation ${name}`);
      check(done, expected as never);
    }
  });
}
