import { formatTime } from '../../vocabulary/time.ts';
import type { BacktestConfig } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { cut, type RunTrace, traceRun } from './trace.ts';

/** Relative difference from which a value counts as another: settling is declared to 1 part in 10,000. */
const TOLERANCE = 1e-3;
/** Bars after settling that are compared, or twice the warm-up where that is more: what settles late shows there or not at all. */
const WINDOW = 256;
/** Share of values that may differ: a crossing may fall on the neighbouring bar where two lines all but touch. */
const SHARE = 0.01;

/**
 * Do indicators know how much history they need? The run is repeated on histories that begin later. Once an indicator calls itself
 * settled there, it must have the value that the whole history gives. One that needs more bars than it declares does not.
 */
export function warmUpCheck(config: BacktestConfig, full: RunTrace, trace = traceRun): CheckResult {
  const { track } = full.backtest.engine.state;
  if (full.series.length === 0)
    return { name: 'warm-up', status: 'not-run', text: 'warm-up not checked: the strategy declares no indicator' };
  const closeMs = full.backtest.engine.feeds.map((f) => f.closeMs);
  const longestOf = (series: readonly TracedSeries[]): number => Math.max(...series.map((s) => s.settledAfter));
  const compared = new Map(full.series.map(({ strategy }) => [strategy, 0]));
  for (const share of [0.13, 0.31, 0.47]) {
    const fromMs = track.timeMs[Math.floor(track.count * share)]!;
    const later = trace(cut(config, closeMs, fromMs, Number.POSITIVE_INFINITY));
    for (const [k, s] of later.series.entries()) {
      const found = compareSettled(full.series[k]!, s);
      compared.set(s.strategy, compared.get(s.strategy)! + found.compared);
      if (found.different > Math.max(1, found.compared * SHARE))
        return {
          name: 'warm-up',
          status: 'failed',
          text: `warm-up: ${s.name} needs more history than it declares (${s.settledAfter} bars)`,
          detail: found.first,
        };
    }
  }
  // One strategy that was compared says nothing about another.
  const short = [...compared].filter(([, values]) => values === 0).map(([strategy]) => strategy);
  if (short.length > 0) {
    const longest = longestOf(full.series.filter(({ strategy }) => short.includes(strategy)));
    const whose = full.backtest.engine.seats.length === 1 ? '' : ` of ${short.join(', ')}`;
    return {
      name: 'warm-up',
      status: 'warning',
      text: `warm-up${whose} not checked: the data are shorter than two warm-ups of ${longest} bars`,
    };
  }
  return { name: 'warm-up', status: 'passed', text: `enough warm-up (${longestOf(full.series)} bars)` };
}

type TracedSeries = RunTrace['series'][number];

function compareSettled(
  whole: TracedSeries,
  later: TracedSeries,
): { compared: number; different: number; first: string } {
  let row = 0;
  let compared = 0;
  let different = 0;
  let first = '';
  const enough = Math.max(WINDOW, 2 * later.settledAfter);
  for (let i = later.settledAfter; i < later.values.length && compared < enough; i++) {
    const time = later.openTimeMs[i]!;
    while (row < whole.openTimeMs.length && whole.openTimeMs[row]! < time) row++;
    if (whole.openTimeMs[row] !== time || row < whole.settledAfter || time < later.settledMs || time < whole.settledMs)
      continue;
    const a = whole.values[row]!;
    const b = later.values[i]!;
    compared++;
    if (Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b))) continue;
    different++;
    if (first === '')
      first = `at ${formatTime(time)}: ${a} with the whole history, ${b} with a history that begins ${formatTime(later.openTimeMs[0]!)}`;
  }
  return { compared, different, first };
}
