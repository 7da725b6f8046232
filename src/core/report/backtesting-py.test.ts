/**
 * The published statistics of backtesting.py's SmaCross on GOOG (kernc/backtesting.py, backtesting/test/_test.py), from the same fills.
 * Left out because the definitions differ: volatility, Sharpe, Sortino and Calmar (geometric there), alpha and beta (of log returns),
 * profit factor (of percentages there, of money here), average trade (geometric), exposure (bars there, time here).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readShared, readSharedJson } from '../../../test/shared-data.ts';
import { type BarColumns, barsFromRows } from '../vocabulary/market-data.ts';
import { DAY_MS } from '../vocabulary/time.ts';
import { averageDrawdown, deepestDrawdowns, drawdowns, longestDrawdown } from './drawdown.ts';
import { type EquityCurve, elapsedDays, endEquity } from './equity-curve.ts';
import { cagr } from './growth.ts';
import type { Figure } from './metric.ts';
import { roundTrips, type TripFill } from './round-trips.ts';
import { tradeStatistics } from './trade-metrics.ts';

const BARS = 'ohlcv/backtesting.py/GOOG_1d.csv';
const EXPECTED = 'reference/backtestingpy.json';

function readBars(): BarColumns {
  const rows = readShared(BARS)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  return barsFromRows(rows);
}

function movingAverage(values: Float64Array, length: number): Float64Array {
  return values.map((_, i) =>
    i + 1 < length ? Number.NaN : values.subarray(i + 1 - length, i + 1).reduce((a, b) => a + b, 0) / length,
  );
}

/** SMA 10/30, always in the market once it has crossed, whole units at the next open, closed at the open of the last bar. */
function play(bars: BarColumns, initial: number): { fills: TripFill[]; curve: EquityCurve } {
  const fast = movingAverage(bars.close, 10);
  const slow = movingAverage(bars.close, 30);
  const fills: TripFill[] = [];
  const equity = new Float64Array(bars.close.length).fill(initial);
  let cash = initial;
  let position = 0;
  let wanted = 0;
  const trade = (i: number, quantity: number): void => {
    if (quantity === 0) return;
    const price = bars.open[i]!;
    const side = quantity > 0 ? 1 : -1;
    fills.push({
      timeMs: bars.openTimeMs[i]!,
      side,
      quantity: Math.abs(quantity),
      price,
      fee: 0,
      role: '',
      orderId: '',
      why: '',
    });
    cash -= quantity * price;
    position += quantity;
  };
  const lastBar = bars.close.length - 1;
  for (let i = 30; i <= lastBar; i++) {
    if (wanted !== 0) {
      trade(i, -position);
      trade(i, wanted * Math.floor((cash * (1 - Number.EPSILON)) / bars.open[i]!));
      wanted = 0;
    }
    if (i === lastBar) trade(i, -position);
    equity[i] = cash + position * bars.close[i]!;
    if (fast[i - 1]! < slow[i - 1]! && fast[i]! > slow[i]!) wanted = 1;
    else if (fast[i - 1]! > slow[i - 1]! && fast[i]! < slow[i]!) wanted = -1;
  }
  return { fills, curve: { timeMs: bars.openTimeMs, equity } };
}

const skip = dataMissing(BARS) || dataMissing(EXPECTED);

describe('backtesting.py: SmaCross on GOOG', { skip }, () => {
  const bars = skip ? barsFromRows([]) : readBars();
  const { fills, curve } = play(bars, 10_000);
  const trips = roundTrips(fills, { bars, accounting: 'fifo' });
  const trades = tradeStatistics(trips);
  const falls = drawdowns(curve);
  const days = (ms: Figure | null | undefined): string => `${Math.floor(Number(ms) / DAY_MS)} days`;
  const ratios = trips.map((trip) => trip.profitRatio * 100);
  const ours: Readonly<Record<string, Figure | null | undefined>> = {
    '# Trades': trades.trades,
    'Win Rate [%]': Number(trades.winRate) * 100,
    'Best Trade [%]': Math.max(...ratios),
    'Worst Trade [%]': Math.min(...ratios),
    'Expectancy [%]': Number(trades.expectancyRatio) * 100,
    SQN: trades.systemQuality,
    'Kelly Criterion': trades.kelly,
    'Max. Trade Duration': trades.longestHoldingMs,
    'Avg. Trade Duration': trades.averageHoldingMs,
    'Equity Final [$]': endEquity(curve),
    'Equity Peak [$]': Math.max(...curve.equity),
    'Return [%]': (endEquity(curve)! / 10_000 - 1) * 100,
    'CAGR [%]': Number(cagr(endEquity(curve)! / 10_000, elapsedDays(curve))) * 100,
    'Max. Drawdown [%]': (deepestDrawdowns(falls, 1)[0]?.depth ?? 0) * 100,
    'Avg. Drawdown [%]': Number(averageDrawdown(falls)) * 100,
    'Max. Drawdown Duration': longestDrawdown(falls)?.durationMs,
    'Avg. Drawdown Duration': falls.reduce((total, d) => total + d.durationMs, 0) / falls.length,
    Duration: elapsedDays(curve) * DAY_MS,
  };
  const [published] = skip ? [] : readSharedJson<{ id: string; expected: Record<string, number | string> }[]>(EXPECTED);
  for (const [name, value] of Object.entries(ours)) {
    test(`${name}: the same fills -> the published value`, () => {
      assert.equal(published?.id, 'smacross_goog_stats');
      const expected = published.expected[name];
      if (typeof expected === 'number') {
        assert.ok(
          Math.abs(Number(value) - expected) <= 1e-8 * Math.abs(expected),
          `expected ${expected}, found ${value}`,
        );
        // backtesting.py rounds average durations up to whole bars, here days.
      } else
        assert.equal(
          `${days(name.startsWith('Avg') ? Math.ceil(Number(value) / DAY_MS) * DAY_MS : value)} 00:00:00`,
          expected,
        );
    });
  }
});
