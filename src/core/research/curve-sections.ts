import type { EquityTrack } from '../portfolio/equity-track.ts';
import { bootstrapSharpe } from '../report/bootstrap.ts';
import type { ReportCalendar } from '../report/calendar.ts';
import { SHORTEST_ANNUALISED_DAYS } from '../report/curve-view.ts';
import { deepestDrawdowns, drawdownSeries, drawdowns } from '../report/drawdown.ts';
import { dailyReturns, type EquityCurve, elapsedDays } from '../report/equity-curve.ts';
import type { Figure } from '../report/metric.ts';
import { monthlyTable } from '../report/period-returns.ts';
import { sharpe, volatility } from '../report/ratios.ts';
import type { Report } from '../report/report.ts';
import { rolling } from '../report/rolling.ts';
import { DAY_MS, type TimeMs } from '../vocabulary/time.ts';
import type { Backtest, BacktestConfig } from './backtest.ts';

/** Up to this many points the curve is kept bar by bar; beyond, at daily closes. */
const CURVE_POINTS = 5000;
/** Days of a rolling window: a quarter. */
const ROLLING_DAYS = 90;

/** Where the first bar of the whole run opens: of several feeds any may begin first, and the account is there from then on. */
export function beganMs({ feeds }: BacktestConfig): TimeMs {
  const opens = feeds.flatMap(({ bars }) => (bars.openTimeMs.length === 0 ? [] : [bars.openTimeMs[0]!]));
  return opens.length === 0 ? 0 : Math.min(...opens);
}

/** The run's equity at every instant. */
export function equityCurveOf(backtest: Backtest): EquityCurve {
  const { track } = backtest.engine.state;
  return {
    timeMs: track.timeMs.subarray(0, track.count),
    equity: track.equity.subarray(0, track.count),
    initialEquity: backtest.config.cash,
    startMs: beganMs(backtest.config),
  };
}

type CurveSections = Pick<Report, 'equity' | 'returns' | 'drawdowns'>;

/** Everything of a report that is drawn from the equity curve. */
export function curveSections(
  curve: EquityCurve,
  benchmark: EquityCurve | null,
  calendar: ReportCalendar,
  seed: number,
  track: EquityTrack,
): CurveSections {
  const daily = dailyReturns(curve, calendar);
  const rows = rowsToDraw(curve.timeMs);
  const series = drawdownSeries(curve);
  const isAnnualised = elapsedDays(curve) >= SHORTEST_ANNUALISED_DAYS;
  const interval = isAnnualised
    ? bootstrapSharpe(daily.returns, { seed, periodsPerYear: calendar.periodsPerYear })
    : 'too-short';
  const window = Math.min(ROLLING_DAYS, daily.returns.length);
  const isRolling = isAnnualised && window > 1;
  const asNull = (figure: Figure): number | null => (typeof figure === 'number' ? figure : null);
  const over = (statistic: (part: Float64Array) => Figure): (number | null)[] =>
    isRolling ? rolling(daily.returns, window, statistic).map(asNull) : [];
  const pick = (column: ArrayLike<number>): number[] => Array.from(rows, (i) => column[i]!);
  return {
    equity: {
      timeMs: pick(curve.timeMs),
      strategy: pick(curve.equity),
      benchmark: benchmark ? pick(benchmark.equity) : null,
      drawdown: pick(series),
      exposure: pick(track.exposure),
    },
    returns: {
      daily: { timeMs: [...daily.dayMs], value: [...daily.returns] },
      monthly: monthlyTable(daily).map((y) => ({ year: y.year, months: [...y.months], total: y.total })),
      rolling: {
        windowDays: window,
        timeMs: isRolling ? [...daily.dayMs.subarray(window - 1)] : [],
        sharpe: over((part) => sharpe(part, calendar.periodsPerYear)),
        volatility: over((part) => volatility(part, calendar.periodsPerYear)),
      },
      bootstrapSharpe:
        typeof interval === 'string'
          ? null
          : { low: interval.low, high: interval.high, level: interval.level, samples: interval.resamples },
    },
    drawdowns: deepestDrawdowns(drawdowns(curve), 5).map((d) => ({
      depth: d.depth,
      peakTimeMs: d.peakMs,
      troughTimeMs: d.troughMs,
      recoveredTimeMs: d.recoveryMs,
      days: d.durationMs / DAY_MS,
    })),
  };
}

/** Rows of the curve that are drawn: all, or the last of each day. */
function rowsToDraw(timeMs: Float64Array): number[] {
  const count = timeMs.length;
  if (count <= CURVE_POINTS) return Array.from({ length: count }, (_, i) => i);
  const rows: number[] = [];
  for (let i = 0; i < count; i++)
    if (i === count - 1 || Math.ceil(timeMs[i]! / DAY_MS) !== Math.ceil(timeMs[i + 1]! / DAY_MS)) rows.push(i);
  return rows;
}
