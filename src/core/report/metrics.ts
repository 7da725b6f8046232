import type { ReportCalendar } from './calendar.ts';
import { ratioMetrics, returnMetrics, riskMetrics } from './curve-metrics.ts';
import { viewCurve } from './curve-view.ts';
import type { EquityCurve } from './equity-curve.ts';
import type { Metric } from './metric.ts';
import type { RoundTrip } from './round-trips.ts';
import type { Tries } from './significance.ts';
import { significanceMetrics } from './significance-metrics.ts';
import {
  activityMetrics,
  costMetrics,
  costsOfTrips,
  type ExposureColumns,
  type TradingCosts,
  tradedOf,
  tradeMetrics,
} from './trading-metrics.ts';

export const METRIC_GROUPS = ['return', 'risk', 'ratio', 'significance', 'trade', 'activity', 'cost'] as const;
export type MetricGroup = (typeof METRIC_GROUPS)[number];

/** A {@link Metric} under the heading where a report prints it. */
export interface GroupedMetric extends Metric {
  readonly group: MetricGroup;
}

export interface MetricsInput {
  readonly curve: EquityCurve;
  /** Another equity curve over the same window, such as buy and hold. */
  readonly benchmark?: EquityCurve | undefined;
  /** Of all strategies and instruments, in the order of their exits. */
  readonly trips: readonly RoundTrip[];
  /** Without them only what the trips carry: fees and funding. */
  readonly costs?: TradingCosts | undefined;
  readonly exposure?: ExposureColumns | undefined;
  /** Default: every UTC day, 365 a year. */
  readonly calendar?: ReportCalendar | undefined;
  /** A year, as a fraction; default 0. */
  readonly riskFreeAnnual?: number | undefined;
  /** Runs of this idea so far, this one included; default one. */
  readonly tries?: Tries | undefined;
  /** Of the bootstrap; the same seed gives the same interval. */
  readonly seed?: number | undefined;
}

/** Names of all metrics that every run has, whether they have a value or not, each once. */
export function metricNames(): readonly string[] {
  const nothing = { timeMs: new Float64Array(0), equity: new Float64Array(0) };
  return [...new Set(runMetrics({ curve: nothing, trips: [] }).map((m) => m.name))];
}

/** All metrics of a run in the order of a report, grouped. Whatever is undefined has null and a reason. */
export function runMetrics(input: MetricsInput): GroupedMetric[] {
  const { trips } = input;
  const view = viewCurve(input);
  const costs = input.costs ?? costsOfTrips(trips);
  const traded = tradedOf(trips, costs);
  const groups: Readonly<Record<MetricGroup, readonly Metric[]>> = {
    return: returnMetrics(view),
    risk: riskMetrics(view),
    ratio: ratioMetrics(view),
    significance: significanceMetrics(view, input.tries ?? { count: 1 }, input.seed ?? 1),
    trade: tradeMetrics(trips, view),
    activity: activityMetrics(trips, view, traded, input.exposure),
    cost: costMetrics(costs, view, traded),
  };
  return METRIC_GROUPS.flatMap((group) => groups[group].map((one) => ({ group, ...one })));
}
