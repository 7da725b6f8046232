import { beta } from '../../src/core/report/benchmark.ts';
import { type Drawdown, drawdowns, maxDrawdownOfEquity } from '../../src/core/report/drawdown.ts';
import type { EquityCurve } from '../../src/core/report/equity-curve.ts';
import { cagr } from '../../src/core/report/growth.ts';
import type { Figure } from '../../src/core/report/metric.ts';
import { downsideDeviation } from '../../src/core/report/ratios.ts';
import { annualReturn, periodStart, type ReturnPeriod, simpleReturns } from '../../src/core/report/returns.ts';
import type { RoundTrip } from '../../src/core/report/round-trips.ts';
import { mean, median, standardDeviation, sum } from '../../src/core/report/statistics.ts';
import { tradeStatistics } from '../../src/core/report/trade-metrics.ts';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/vocabulary/time.ts';

function value(figure: Figure): number {
  return typeof figure === 'number' ? figure : Number.NaN;
}

/** As pandas writes a `Timedelta` of whole seconds; NaN where there is none. */
function timedelta(ms: number): string | number {
  if (!Number.isFinite(ms)) return Number.NaN;
  const clock = new Date(ms % DAY_MS).toISOString().slice(11, 19);
  return `${Math.floor(ms / DAY_MS)} days ${clock}`;
}

function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** How their annual figures are reckoned: from the last equity of each period, of so many in a year. */
interface Annual {
  readonly period: ReturnPeriod;
  readonly periodsPerYear: number;
}

/** Weeks, months and years where the bars are of that size, else days: 365 of them where weekends are traded. */
function annualOf(openTimeMs: Float64Array, barMs: number): Annual {
  const days = Math.floor(barMs / DAY_MS);
  if (days === 7) return { period: 'week', periodsPerYear: 52 };
  if (days === 31) return { period: 'month', periodsPerYear: 12 };
  if (days === 365) return { period: 'year', periodsPerYear: 1 };
  const weekends = openTimeMs.filter((ms) => [0, 6].includes(new Date(ms).getUTCDay())).length / openTimeMs.length;
  return { period: 'day', periodsPerYear: weekends > (2 / 7) * 0.6 ? 365 : 252 };
}

function periodReturns(curve: EquityCurve, period: ReturnPeriod): Float64Array {
  const last = new Map<number, number>();
  curve.equity.forEach((equity, i) => {
    last.set(periodStart(curve.timeMs[i]!, period), equity);
  });
  const closes = [...last.values()];
  const ruin = closes.findIndex((equity) => equity <= 0);
  return simpleReturns(ruin < 0 ? closes : closes.slice(0, ruin + 1));
}

/** Returns compounded and spread evenly, 0 where one of them lost everything. */
function geometricMean(returns: readonly number[]): number {
  if (returns.some((r) => r <= -1)) return 0;
  return Math.expm1(sum(returns.map((r) => Math.log1p(r))) / returns.length);
}

/** Median time between the last hundred bars. */
function barLength(openTimeMs: Float64Array): number {
  const last = openTimeMs.slice(-100);
  return value(median(Array.from(last.subarray(1), (ms, i) => ms - last[i]!)));
}

/** Their averages of durations are rounded up to whole days, hours or minutes, whichever the bars are made of. */
function resolutionOf(barMs: number): number {
  return [DAY_MS, HOUR_MS, MINUTE_MS].find((unit) => barMs % unit === 0) ?? 1000;
}

/**
 * The statistics of backtesting.py from our curve, trips and metric functions. What is theirs alone stands here:
 *
 * - time stamps are bars' opens, so an exit at the last close has that bar's date;
 * - `Exposure Time` counts bars from that of an entry to that of its exit, both included;
 * - `Volatility (Ann.)` is that of compounded returns, `Sharpe` and `Sortino` divide the annual return by it and by the downside;
 * - `Alpha` is the total return beyond β × buy and hold, with β of log returns; buy and hold starts where indicators have values;
 * - trades are FIFO; `Profit Factor` and `Avg. Trade` (geometric) are of returns in percent of entry, not of money;
 * - a fall that has only just begun, at the last bar, is no drawdown yet for averages and durations (where there is no other, their
 *   three figures are the fall itself, which is no duration: an error of theirs that is not reproduced);
 * - nothing comes after ruin: the annual return is 0 then, CAGR −100 %; a growth that leaves the range of doubles is infinite;
 * - `Commissions` is left out where there are none.
 */
export function backtestingPyStatistics(
  curve: EquityCurve,
  bars: BarColumns,
  fifo: readonly RoundTrip[],
  firstValue: number,
): Record<string, number | string> {
  const equity = curve.equity;
  const n = equity.length;
  const opens = bars.openTimeMs;
  const barMs = barLength(opens);
  const { period, periodsPerYear } = annualOf(opens, barMs);
  const returns = periodReturns({ timeMs: opens, equity }, period);
  const isRuined = returns.some((r) => r <= -1);
  const annual = isRuined ? 0 : value(annualReturn(returns, periodsPerYear));
  const variance = value(standardDeviation(returns)) ** 2;
  const each = 1 + geometricMean([...returns]);
  const volatility = Math.sqrt((variance + each ** 2) ** periodsPerYear - each ** (2 * periodsPerYear));
  const total = equity[n - 1]! / equity[0]! - 1;
  const close = bars.close;
  const hold = close[n - 1]! / close[firstValue]! - 1;
  const logs = (x: ArrayLike<number>): Float64Array => simpleReturns(x).map((r) => Math.log1p(r));
  const slope = value(beta({ returns: logs(equity), factor: logs(close) }));
  const isJust = (d: Drawdown): boolean => d.recoveryMs === null && d.peakMs === opens[n - 2];
  const all = drawdowns({ timeMs: opens, equity });
  const falls = all.filter((d) => !isJust(d));
  const worst = value(maxDrawdownOfEquity(curve));
  const trades = tradeStatistics(fifo);
  const ratios = fifo.map((t) => t.profitRatio);
  const held = new Uint8Array(n);
  const barAt = (ms: number): number => {
    let bar = n - 1;
    while (bar > 0 && opens[bar]! > ms) bar--;
    return bar;
  };
  const spans = fifo.map((trip) => {
    const [entry, exit] = [barAt(trip.entryTimeMs), barAt(trip.exitTimeMs)];
    held.fill(1, entry, exit + 1);
    return opens[exit]! - opens[entry]!;
  });
  const first = opens[0]!;
  const last = opens[n - 1]!;
  const growth = cagr(1 + total, (last - first) / DAY_MS);
  const resolution = resolutionOf(barMs);
  const rounded = (ms: Figure): string | number => timedelta(Math.ceil(value(ms) / resolution) * resolution);
  const commissions = sum(fifo.map((t) => t.fees));
  return {
    Start: date(first),
    End: date(last),
    Duration: timedelta(last - first),
    'Exposure Time [%]': (sum(held) / n) * 100,
    'Equity Final [$]': equity[n - 1]!,
    'Equity Peak [$]': equity.reduce((a, b) => Math.max(a, b)),
    ...(commissions === 0 ? {} : { 'Commissions [$]': commissions }),
    'Return [%]': total * 100,
    'Buy & Hold Return [%]': hold * 100,
    'Return (Ann.) [%]': annual * 100,
    'Volatility (Ann.) [%]': volatility * 100,
    'CAGR [%]': total <= -1 ? -100 : growth === 'out-of-range' ? Number.POSITIVE_INFINITY : value(growth) * 100,
    'Sharpe Ratio': volatility === 0 ? Number.NaN : annual / volatility,
    'Sortino Ratio': annual / value(downsideDeviation(returns, periodsPerYear)),
    'Calmar Ratio': worst === 0 ? Number.NaN : annual / -worst,
    'Alpha [%]': (total - slope * hold) * 100,
    Beta: slope,
    'Max. Drawdown [%]': worst * 100,
    'Avg. Drawdown [%]': value(mean(falls.map((d) => d.depth))) * 100,
    'Max. Drawdown Duration': rounded(largest(falls.map((d) => d.durationMs))),
    'Avg. Drawdown Duration': rounded(mean(falls.map((d) => d.durationMs))),
    '# Trades': trades.trades,
    'Win Rate [%]': value(trades.winRate) * 100,
    'Best Trade [%]': largest(ratios) * 100,
    'Worst Trade [%]': -largest(ratios.map((r) => -r)) * 100,
    'Avg. Trade [%]': geometricMean(ratios) * 100,
    'Max. Trade Duration': rounded(largest(spans)),
    'Avg. Trade Duration': rounded(mean(spans)),
    'Profit Factor': ratioOrNan(sum(ratios.filter((r) => r > 0)), -sum(ratios.filter((r) => r < 0))),
    'Expectancy [%]': value(trades.expectancyRatio) * 100,
    SQN: value(trades.systemQuality),
    'Kelly Criterion': value(trades.kelly),
  };
}

function largest(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((a, b) => Math.max(a, b));
}

function ratioOrNan(a: number, b: number): number {
  return b === 0 ? Number.NaN : a / b;
}
