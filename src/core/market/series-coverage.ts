import { timeframe as timeframeSpec } from '../vocabulary/time.ts';
import type { BarSeries, BarSeriesInfo } from './bar-series.ts';
import type { BarGap } from './data-guard.ts';
import { findGaps } from './quality-report.ts';

/** How complete a series is from its first to its last bar. */
export function coverageOf(series: BarSeries): {
  readonly info: BarSeriesInfo;
  readonly expected: number;
  readonly coverage: number;
  readonly gaps: readonly BarGap[];
} {
  const gaps = findGaps(series.bars.openTimeMs, timeframeSpec(series.info.timeframe));
  const expected = series.info.rows + gaps.reduce((sum, gap) => sum + gap.missing, 0);
  return { info: series.info, expected, coverage: series.info.rows / expected, gaps };
}
