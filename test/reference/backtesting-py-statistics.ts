import { beta } from '../../src/core/report/benchmark.ts';
import { drawdowns, maxDrawdownOfEquity } from '../../src/core/report/drawdown.ts';
import type { EquityCurve } from '../../src/core/report/equity-curve.ts';
import { cagr, perPeriodRate } from '../../src/core/report/growth.ts';
import type { Figure } from '../../src/core/report/metric.ts';
import { calmar, downsideDeviation } from '../../src/core/report/ratios.ts';
import { annualReturn, simpleReturns } from '../../src/core/report/returns.ts';
import type { RoundTrip } from '../../src/core/report/round-trips.ts';
import { standardDeviation, sum } from '../../src/core/report/statistics.ts';
import { tradeStatistics } from '../../src/core/report/trade-metrics.ts';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS } from '../../src/core/vocabulary/time.ts';

/** Sessions a year of their annualised figures on data without weekends. */
const SESSIONS = 252;

/** A day of theirs begins where the last one ended: durations are rounded up to whole days. */
function days(ms: number): string {
  return `${Math.ceil(ms / DAY_MS)} days 00:00:00`;
}

function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function value(figure: Figure): number {
  return typeof figure === 'number' ? figure : Number.NaN;
}

/**
 * The statistics of backtesting.py from our curve, trips and metric functions. What is theirs alone stands here:
 *
 * - time stamps are bars' opens, so an exit at the last close has that bar's date;
 * - `Exposure Time` counts bars from that of an entry to that of its exit, both included;
 * - `Volatility (Ann.)` is that of compounded returns, `Sharpe` and `Sortino` divide the annual return by it and by the downside;
 * - `Alpha` is the total return beyond β × buy and hold, with β of log returns; buy and hold starts where indicators have values;
 * - trades are FIFO; `Profit Factor` and `Avg. Trade` (geometric) are of returns in percent of entry, not of money.
 */
export function backtestingPyStatistics(
  curve: EquityCurve,
  bars: BarColumns,
  fifo: readonly RoundTrip[],
  firstValue: number,
): Record<string, number | string> {
  const equity = curve.equity;
  const n = equity.length;
  const returns = simpleReturns(equity);
  const annual = value(annualReturn(returns, SESSIONS));
  const variance = value(standardDeviation(returns)) ** 2;
  const daily = 1 + perPeriodRate(annual, SESSIONS);
  const volatility = Math.sqrt((variance + daily ** 2) ** SESSIONS - daily ** (2 * SESSIONS));
  const total = equity[n - 1]! / equity[0]! - 1;
  const close = bars.close;
  const hold = close[n - 1]! / close[firstValue]! - 1;
  const logs = (x: ArrayLike<number>): Float64Array => simpleReturns(x).map((r) => Math.log1p(r));
  const slope = value(beta({ returns: logs(equity), factor: logs(close) }));
  const falls = drawdowns(curve);
  const trades = tradeStatistics(fifo);
  const ratios = fifo.map((t) => t.profitRatio);
  const held = new Uint8Array(n);
  const barAt = (ms: number): number => {
    let bar = n - 1;
    while (bar > 0 && bars.openTimeMs[bar]! > ms) bar--;
    return bar;
  };
  for (const trip of fifo) held.fill(1, barAt(trip.entryTimeMs), barAt(trip.exitTimeMs) + 1);
  const first = bars.openTimeMs[0]!;
  const last = bars.openTimeMs[n - 1]!;
  const spans = fifo.map((t) => t.exitTimeMs - t.entryTimeMs);
  return {
    Start: date(first),
    End: date(last),
    Duration: days(last - first),
    'Exposure Time [%]': (sum(held) / n) * 100,
    'Equity Final [$]': equity[n - 1]!,
    'Equity Peak [$]': equity.reduce((a, b) => Math.max(a, b)),
    'Return [%]': total * 100,
    'Buy & Hold Return [%]': hold * 100,
    'Return (Ann.) [%]': annual * 100,
    'Volatility (Ann.) [%]': volatility * 100,
    'CAGR [%]': value(cagr(1 + total, (last - first) / DAY_MS)) * 100,
    'Sharpe Ratio': annual / volatility,
    'Sortino Ratio': annual / value(downsideDeviation(returns, SESSIONS)),
    'Calmar Ratio': value(calmar(returns, SESSIONS)),
    'Alpha [%]': (total - slope * hold) * 100,
    Beta: slope,
    'Max. Drawdown [%]': value(maxDrawdownOfEquity(curve)) * 100,
    'Avg. Drawdown [%]': (sum(falls.map((d) => d.depth)) / falls.length) * 100,
    'Max. Drawdown Duration': days(Math.max(...falls.map((d) => d.durationMs))),
    'Avg. Drawdown Duration': days(sum(falls.map((d) => d.durationMs)) / falls.length),
    '# Trades': trades.trades,
    'Win Rate [%]': value(trades.winRate) * 100,
    'Best Trade [%]': Math.max(...ratios) * 100,
    'Worst Trade [%]': Math.min(...ratios) * 100,
    'Avg. Trade [%]': Math.expm1(sum(ratios.map((r) => Math.log1p(r))) / ratios.length) * 100,
    'Max. Trade Duration': days(Math.max(...spans)),
    'Avg. Trade Duration': days(sum(spans) / spans.length),
    'Profit Factor': sum(ratios.filter((r) => r > 0)) / -sum(ratios.filter((r) => r < 0)),
    'Expectancy [%]': value(trades.expectancyRatio) * 100,
    SQN: value(trades.systemQuality),
    'Kelly Criterion': value(trades.kelly),
  };
}
