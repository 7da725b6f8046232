import { StrategyError } from '../../engine/strategy-error.ts';
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
 *
 * Cuts see only the bars they are made at. A strategy that looks ahead but rarely is found by `streamed`, the same run with no later
 * bar in memory: where it first acts otherwise, another cut is made.
 */
export function lookAheadCheck(
  config: BacktestConfig,
  full: RunTrace,
  cuts = DEFAULT_CUTS,
  streamed: RunTrace | null = null,
  trace = traceRun,
): CheckResult {
  const times = cutTimes(full, cuts);
  if (times.length === 0)
    return { name: 'look-ahead', status: 'not-run', text: 'look-ahead not checked: too few bars' };
  if (full.intents.length === 0 && full.series.length === 0)
    return {
      name: 'look-ahead',
      status: 'not-run',
      text: 'look-ahead not checked: no intent and no indicator to compare',
    };
  const suspected = streamed ? suspects(full, streamed) : [];
  times.unshift(...suspected);
  const closeMs = full.backtest.engine.feeds.map((f) => f.closeMs);
  for (const toMs of times) {
    const detail = differsWhenCut(config, closeMs, full, toMs, trace);
    if (detail)
      return {
        name: 'look-ahead',
        status: 'failed',
        text: `look-ahead: with the history cut at ${formatTime(toMs)} the strategy acts differently`,
        detail,
      };
  }
  if (suspected.length > 0)
    return {
      name: 'look-ahead',
      status: 'failed',
      text: `look-ahead: bar by bar, with no later bar in memory, the strategy acts differently at ${formatTime(suspected[0]!)}`,
    };
  return { name: 'look-ahead', status: 'passed', text: `no look-ahead (${times.length} truncated histories)` };
}

function differsWhenCut(
  config: BacktestConfig,
  closeMs: readonly Float64Array[],
  full: RunTrace,
  toMs: number,
  trace: typeof traceRun,
): string | null {
  try {
    return differs(full, trace(cut(config, closeMs, Number.NEGATIVE_INFINITY, toMs)), toMs);
  } catch (error) {
    if (!(error instanceof StrategyError)) throw error;
    return `without what came after ${formatTime(toMs)}, ${error.message}`;
  }
}

/** The instant at which the streamed run first wanted, ordered or computed something else, and the next; none where it never did. */
function suspects(full: RunTrace, streamed: RunTrace): number[] {
  const { track } = full.backtest.engine.state;
  let first = Number.POSITIVE_INFINITY;
  for (const what of ['intents', 'orders'] as const) {
    const k = unlike(full[what], streamed[what]);
    first = Math.min(first, full[what][k]?.timeMs ?? first, streamed[what][k]?.timeMs ?? first);
  }
  for (const [k, s] of streamed.series.entries())
    for (let i = 0; i < s.values.length; i++)
      if (!Object.is(s.values[i], full.series[k]!.values[i])) {
        // Known at the close of its bar, which is not before the next instant after its open.
        first = Math.min(first, s.openTimeMs[i]! + 1);
        break;
      }
  if (first === Number.POSITIVE_INFINITY) return [];
  // What an open brought has the time of the close before it.
  const at = instantOf(track.timeMs, track.count, first);
  return [at, instantOf(track.timeMs, track.count, at + 1)];
}

/** Index of the first entry that is not the same in both lists; their length where all are. */
function unlike(a: RunTrace['intents'], b: RunTrace['intents']): number {
  let k = 0;
  while (k < a.length && k < b.length && a[k]!.timeMs === b[k]!.timeMs && a[k]!.text === b[k]!.text) k++;
  return k;
}

/** Times to cut at: of each strategy's intents, spread over the run, and the middles between them. */
function cutTimes(full: RunTrace, cuts: number): number[] {
  const { state, seats } = full.backtest.engine;
  const { track } = state;
  // By strategy, so that one which seldom asks is not lost among the intents of another.
  const times = [...new Set(seats.flatMap(({ index }) => spread(askedBy(full, index), Math.ceil(cuts / 2))))];
  const others = Math.max(cuts - times.length, Math.floor(cuts / 2));
  const all = Array.from(track.timeMs.subarray(0, track.count));
  for (const t of spread(all.slice(Math.floor(all.length / 10), -1), others)) if (!times.includes(t)) times.push(t);
  return times.sort((a, b) => a - b);
}

/** Instants at which a strategy asked for something, the last one excepted, behind which nothing can be cut. */
function askedBy({ intents, backtest }: RunTrace, strategy: number): number[] {
  const { track } = backtest.engine.state;
  // An intent made on a fill inside a bar is cut at that bar's close: a history ends with a whole bar.
  const asked = intents
    .filter((intent) => intent.strategy === strategy)
    .map(({ timeMs }) => instantOf(track.timeMs, track.count, timeMs));
  return [...new Set(asked)].filter((t) => t < (track.timeMs[track.count - 1] ?? 0));
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
  for (const what of ['intents', 'orders'] as const) {
    const wanted = full[what].filter((i) => i.input <= part.backtest.inputsAtEnd);
    const k = unlike(wanted, part[what]);
    if (k === Math.max(wanted.length, part[what].length)) continue;
    const tell = (i: RunTrace['intents'][number] | undefined): string =>
      i ? `${i.text} at ${formatTime(i.timeMs)}` : 'nothing';
    return `${what === 'intents' ? 'intent' : 'order'} ${k}: with the whole history ${tell(wanted[k])}; without what came after ${formatTime(toMs)}: ${tell(part[what][k])}`;
  }
  for (const [k, s] of part.series.entries()) {
    const whole = full.series[k]!;
    for (let i = 0; i < s.values.length; i++)
      if (!Object.is(s.values[i], whole.values[i]))
        return `${s.name} at ${formatTime(s.openTimeMs[i]!)}: ${whole.values[i]} with the whole history, ${s.values[i]} without what came after ${formatTime(toMs)}`;
  }
  return null;
}
