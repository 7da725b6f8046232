import { DAY_MS } from '../vocabulary/time.ts';
import type { PairedReturns } from './benchmark.ts';
import { ALWAYS_OPEN, type ReportCalendar } from './calendar.ts';
import { type Drawdown, drawdownSeries, drawdowns } from './drawdown.ts';
import {
  type DailyReturns,
  dailyReturns,
  type EquityCurve,
  elapsedDays,
  endEquity,
  netFlow,
  startEquity,
  timeWeighted,
} from './equity-curve.ts';
import { cagr, perPeriodRate } from './growth.ts';
import type { Figure } from './metric.ts';
import { growthOf, totalReturn } from './returns.ts';

/** Below this many elapsed days nothing is annualised: the figure would be an extrapolation and not a measurement. */
export const SHORTEST_ANNUALISED_DAYS = 90;

/** What all metrics of an equity curve share, computed once. */
export interface CurveView {
  readonly curve: EquityCurve;
  readonly daily: DailyReturns;
  readonly days: number;
  readonly periodsPerYear: number;
  readonly riskFreeAnnual: number;
  readonly riskFreePerPeriod: number;
  /** `365 d, rf 0 %`. */
  readonly convention: string;
  /** The account without flows at daily closes, 1 at the beginning. */
  readonly index: EquityCurve;
  readonly drawdowns: readonly Drawdown[];
  readonly drawdownSeries: Float64Array;
  readonly netProfit: Figure;
  readonly totalReturn: Figure;
  readonly cagr: Figure;
  /** Money made each day, without flows. */
  readonly dailyProfit: Float64Array;
  /** Daily returns beside the benchmark's on the same days; null without one. */
  readonly paired: PairedReturns | null;
  readonly benchmarkReturn: Figure;
  readonly benchmarkCagr: Figure;
  /** The figure, or `'too-short'` where the curve is too short to annualise. */
  readonly annualised: (figure: Figure) => Figure;
}

export interface CurveInput {
  readonly curve: EquityCurve;
  /** Another equity curve over the same window, such as buy and hold. */
  readonly benchmark?: EquityCurve | undefined;
  readonly calendar?: ReportCalendar | undefined;
  /** Risk-free rate a year. */
  readonly riskFreeAnnual?: number | undefined;
}

/** Samples the curve daily and derives what the metrics need. Linear in the curve's points, everything else in its days. */
export function viewCurve(input: CurveInput): CurveView {
  const { curve, calendar = ALWAYS_OPEN, riskFreeAnnual = 0 } = input;
  const daily = dailyReturns(curve, calendar);
  const days = elapsedDays(curve);
  const annualised = (figure: Figure): Figure => (days < SHORTEST_ANNUALISED_DAYS ? 'too-short' : figure);
  const firstMs = curve.timeMs[0] ?? 0;
  const lastMs = curve.timeMs[curve.timeMs.length - 1] ?? firstMs;
  const index: EquityCurve = {
    // A last day that is cut short ends with the curve.
    timeMs: daily.dayMs.map((ms) => Math.min(ms + DAY_MS, lastMs)),
    equity: growthOf(daily.returns),
    initialEquity: 1,
    startMs: curve.startMs ?? firstMs,
  };
  const total = totalReturn(daily.returns);
  const benchmark = input.benchmark && dailyReturns(input.benchmark, calendar);
  const benchmarkReturn = benchmark === undefined ? 'no-benchmark' : totalReturn(benchmark.returns);
  const growthRate = (figure: Figure): Figure =>
    typeof figure === 'number' ? annualised(cagr(1 + figure, days)) : figure;
  const start = startEquity(curve);
  const end = endEquity(curve);
  return {
    curve,
    daily,
    days,
    periodsPerYear: calendar.periodsPerYear,
    riskFreeAnnual,
    riskFreePerPeriod: perPeriodRate(riskFreeAnnual, calendar.periodsPerYear),
    convention: `${calendar.periodsPerYear} d, rf ${Number((riskFreeAnnual * 100).toFixed(4))} %`,
    index,
    drawdowns: drawdowns(index),
    drawdownSeries: drawdownSeries(index),
    netProfit: start === null || end === null ? 'no-data' : end - start - netFlow(curve),
    totalReturn: total,
    cagr: growthRate(total),
    dailyProfit: dailyProfit(daily, start ?? 0, timeWeighted(curve) === curve ? null : curve),
    paired: benchmark === undefined ? null : pairByDay(daily, benchmark),
    benchmarkReturn,
    benchmarkCagr: growthRate(benchmarkReturn),
    annualised,
  };
}

function dailyProfit(daily: DailyReturns, start: number, withFlows: EquityCurve | null): Float64Array {
  const flows = withFlows === null ? [] : [...(withFlows.flows ?? [])].sort((a, b) => a.timeMs - b.timeMs);
  let next = 0;
  let before = start;
  return daily.equity.map((equity, i) => {
    let moved = 0;
    for (let flow = flows[next]; flow !== undefined && flow.timeMs <= daily.dayMs[i]! + DAY_MS; flow = flows[++next])
      moved += flow.amount;
    const profit = equity - before - moved;
    before = equity;
    return profit;
  });
}

/** Both on the days that both have. */
function pairByDay(a: DailyReturns, b: DailyReturns): PairedReturns {
  const returns: number[] = [];
  const factor: number[] = [];
  for (let i = 0, j = 0; i < a.dayMs.length && j < b.dayMs.length; ) {
    const difference = a.dayMs[i]! - b.dayMs[j]!;
    if (difference === 0) {
      returns.push(a.returns[i]!);
      factor.push(b.returns[j]!);
    }
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return { returns: Float64Array.from(returns), factor: Float64Array.from(factor) };
}
