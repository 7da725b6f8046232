import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { moneyScale } from '../../src/core/engine/session-state.ts';
import type { RoundTrip } from '../../src/core/report/round-trips.ts';
import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { type PlannedRun, type PlannedTrade, runPlan } from './backtesting-py-plan.ts';
import { backtestingPyStatistics } from './backtesting-py-statistics.ts';

/**
 * Random runs of backtesting.py 0.6.6 (made by bench/peers/reference/backtesting_runs.py): its trades and equity from our engine, and
 * its statistics from its trades and equity. Where theirs and ours differ by convention, no run has it:
 *
 * | theirs | ours |
 * |---|---|
 * | a limit order pays the spread too, and so fills worse than its limit | it never does |
 * | with `trade_on_close` a stop order that is gapped fills at its stop, a price that was not to be had | at the open |
 * | a stop-limit order that is gapped fills at its stop, too | at the open |
 * | a stop-limit order whose limit is its stop or better never fills in the bar that triggers it | where the path comes back to it |
 * | a stop entry that the market has passed fills at the next open | waits for the price to come back: market if touched |
 * | the stop comes before the target, even in a bar that opens beyond the target | the target fills at that open |
 * | a stop loss or target of a stop or limit entry waits for the next bar | may fill in the same bar, the worse one first |
 * | orders are checked against the margin when they fill, resting ones hold none | orders hold margin while they rest |
 * | the commission of an order sized in equity is lent like its price | is paid from the equity |
 * | all equity is sized with a commission reckoned before the spread, and so may be overdrawn by it | after the spread |
 * | an order that turns a position pays the spread for what it opens | for all of it |
 * | sizes in equity of limit and stop orders are reckoned at the fill | at the decision |
 * | a fixed commission counts in the profit of each part of a trade, and once in the equity | once |
 * | commissions have all the digits of a double | are rounded up to the quantum of money, at the entry and at the exit |
 * | equity at or below 0 ends the run | liquidation does, where it is on |
 * | their `crossover` from equality is none | as in Pine, one: equality is no side |
 */
interface Run extends PlannedRun {
  readonly timesMs: readonly number[];
  readonly trades: readonly (PlannedTrade & { readonly ratio: number; readonly commission: number })[];
  readonly equity: readonly number[];
  readonly statistics: Readonly<Record<string, number | string>>;
}

const FILE = join(import.meta.dirname, '../fixtures/reference/backtesting-py-runs.json');
const runs = JSON.parse(readFileSync(process.env['BACKTESTING_PY_RUNS'] ?? FILE, 'utf8')) as Run[];

const WORDS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

function near(actual: number, expected: number, what: string, quanta = 0): void {
  const off = 1e-8 * Math.max(1, Math.abs(expected)) + quanta;
  const same = Object.is(actual, expected) || Math.abs(actual - expected) <= off;
  assert(same, `${what}: ${actual}, theirs ${expected}`);
}

function inOrder<T extends PlannedTrade>(trades: readonly T[]): T[] {
  return [...trades].sort((a, b) => a.exitBar - b.exitBar || a.entryBar - b.entryBar || a.size - b.size);
}

function tripOf(t: Run['trades'][number], timesMs: readonly number[]): RoundTrip {
  return {
    side: t.size > 0 ? 'long' : 'short',
    open: false,
    quantity: Math.abs(t.size),
    entryTimeMs: timesMs[t.entryBar]!,
    entryPrice: t.entryPrice,
    exitTimeMs: timesMs[t.exitBar]!,
    exitPrice: t.exitPrice,
    grossProfit: t.pnl + t.commission,
    fees: t.commission,
    funding: 0,
    profit: t.pnl,
    profitRatio: t.ratio,
    turnover: 0,
    holdingMs: timesMs[t.exitBar]! - timesMs[t.entryBar]!,
    barsHeld: null,
    risk: null,
    r: null,
    mae: null,
    mfe: null,
    exitRole: null,
    entryOrder: '',
    exitOrder: null,
    entryWhy: '',
    exitWhy: null,
  };
}

/** Their three figures of drawdowns where there is none but a fall at the last bar: an error, see the statistics. */
const NO_DRAWDOWN = ['Avg. Drawdown [%]', 'Max. Drawdown Duration', 'Avg. Drawdown Duration'];

describe('backtesting.py: random runs', () => {
  runs.forEach((run, n) => {
    test(`run ${n}, ${run.mode}, ${run.rows.length} bars -> its trades and equity`, () => {
      const { trades, equity, refused, rejected } = runPlan(run);
      assert.deepEqual([refused, rejected], [[], []]);
      const [ours, theirs] = [inOrder(trades), inOrder(run.trades)];
      const quantum = Number(`1e-${moneyScale(run.cash)}`);
      assert.deepEqual(
        ours.map((t) => [t.size, t.entryBar, t.exitBar]),
        theirs.map((t) => [t.size, t.entryBar, t.exitBar]),
      );
      ours.forEach((t, i) => {
        near(t.entryPrice, theirs[i]!.entryPrice, `entry of trade ${i}`);
        near(t.exitPrice, theirs[i]!.exitPrice, `exit of trade ${i}`);
        near(t.pnl, theirs[i]!.pnl, `profit of trade ${i}`, 2 * quantum);
      });
      run.equity.forEach((expected, bar) => {
        near(equity[bar]!, expected, `equity at bar ${bar}`);
      });
    });

    test(`run ${n}, ${run.mode}, ${run.rows.length} bars -> its statistics`, () => {
      const columns = barsFromRows(run.rows.map(([o, h, l, c], i) => [run.timesMs[i]!, o!, h!, l!, c!, 0]));
      const curve = { timeMs: columns.openTimeMs, equity: Float64Array.from(run.equity) };
      const trips = run.trades.map((t) => tripOf(t, run.timesMs));
      const found = backtestingPyStatistics(curve, columns, trips, 0);
      for (const [name, said] of Object.entries(run.statistics)) {
        const expected = typeof said === 'string' ? (WORDS[said] ?? said) : said;
        const isError = NO_DRAWDOWN.includes(name) && typeof run.statistics['Max. Drawdown Duration'] === 'number';
        if (isError) continue;
        if (typeof expected === 'number') near(found[name] as number, expected, name);
        else assert.equal(found[name], expected, name);
      }
    });
  });
});
