import { formatTime } from '../../vocabulary/time.ts';
import type { BacktestConfig } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { cut, type RunTrace, traceRun } from './trace.ts';

/** Cuts of the history that are tried by default. */
export const DEFAULT_CUTS = 8;

/**
 * Does a strategy see the future? The history is cut off right behind bars at which the full run asked for something (and at some
 * where it did not), and run again: up to the cut, the same must be asked for and every indicator must have the same bits. What
 * used a later bar, a shifted column or the forming part of a higher timeframe cannot repeat itself without it.
 */
export function lookAheadCheck(config: BacktestConfig, full: RunTrace, cuts = DEFAULT_CUTS): CheckResult {
  const times = cutTimes(full, cuts);
  if (times.length === 0)
    return { name: 'look-ahead', status: 'not-run', text: 'look-ahead not checked: too few bars' };
  const closeMs = full.backtest.engine.feeds.map((f) => f.closeMs);
  for (const toMs of times) {
    const part = traceRun({ ...cut(config, closeMs, Number.NEGATIVE_INFINITY, toMs) });
    const detail = differs(full, part, toMs);
    if (detail)
      return {
        name: 'look-ahead',
        status: 'failed',
        text: `look-ahead: with the history cut at ${formatTime(toMs)} the strategy acts differently`,
        detail,
      };
  }
  return { name: 'look-ahead', status: 'passed', text: `no look-ahead (${times.length} truncated histories)` };
}

/** Times to cut at: of intents, spread over the run, and the middles between them. */
function cutTimes(full: RunTrace, cuts: number): number[] {
  const { track } = full.backtest.engine.state;
  // An intent made on a fill inside a bar is cut at that bar's close: a history ends with a whole bar.
  const asked = [...new Set(full.intents.map((i) => instantOf(track.timeMs, track.count, i.timeMs)))].filter(
    (t) => t < (track.timeMs[track.count - 1] ?? 0),
  );
  const times = spread(asked, Math.ceil(cuts / 2));
  const all = Array.from(track.timeMs.subarray(0, track.count));
  for (const t of spread(all.slice(Math.floor(all.length / 10), -1), cuts - times.length))
    if (!times.includes(t)) times.push(t);
  return times.sort((a, b) => a - b);
}

/** The first instant at or after a time. */
function instantOf(times: Float64Array, count: number, timeMs: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return times[low] ?? 0;
}

/** At most `count` of the values, evenly over them. */
function spread(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, k) => values[Math.floor(((k + 0.5) * values.length) / count)]!);
}

/** The first thing up to `toMs` that is not the same in both runs, in words; null where all is. */
function differs(full: RunTrace, part: RunTrace, toMs: number): string | null {
  const wanted = full.intents.filter((i) => i.timeMs <= toMs);
  for (let k = 0; k < Math.max(wanted.length, part.intents.length); k++) {
    const a = wanted[k];
    const b = part.intents[k];
    if (a?.timeMs === b?.timeMs && a?.text === b?.text) continue;
    const tell = (i: typeof a): string => (i ? `${i.text} at ${formatTime(i.timeMs)}` : 'nothing');
    return `intent ${k}: with the whole history ${tell(a)}; without what came after ${formatTime(toMs)}: ${tell(b)}`;
  }
  for (const [k, s] of part.series.entries()) {
    const whole = full.series[k]!;
    for (let i = 0; i < s.values.length; i++)
      if (!Object.is(s.values[i], whole.values[i]))
        return `${s.name} at ${formatTime(s.openTimeMs[i]!)}: ${whole.values[i]} with the whole history, ${s.values[i]} without what came after ${formatTime(toMs)}`;
  }
  return null;
}
