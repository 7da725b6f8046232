import { allocateBars, type Bar, type BarColumns, barsFromRows, sliceBars } from '../vocabulary/market-data.ts';
import {
  barClose,
  barOpen,
  type Timeframe,
  type TimeframeSpec,
  timeframe as timeframeSpec,
} from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { barAt } from './forming-bars.ts';
import { nests, rollUpTargets } from './roll-up-rules.ts';
import { RollUp } from './roll-up-stream.ts';

/** The bars of one higher timeframe. */
export interface RolledBars {
  readonly timeframe: Timeframe;
  /** Closed bars only. */
  readonly bars: BarColumns;
  /** For each bar the index of the base bar with which it became visible: the first that closes at or after its close. */
  readonly closedAt: Int32Array;
  /** The bar that the last base bars belong to and whose time has not passed; null where there is none. */
  readonly forming: Bar | null;
}

/**
 * Rolls bars of a base timeframe up to higher ones, in the order asked for. Base times must rise (the guard sees to that).
 *
 * A higher bar's open is the first base bar's, its volume the sum over base bars in order (never a sum of sums, so that it does not
 * depend on which other timeframes are asked for). Where base bars are absent, a higher bar closes with the first base bar whose
 * close reaches its own, be it in a later one; one without any base bar does not exist. The same bits as {@link RollUp}.
 *
 * Throws RangeError for a timeframe that base bars would straddle.
 */
export function rollUpBars(
  base: Timeframe,
  bars: BarColumns,
  targets: readonly Timeframe[],
  grid: BarGrid = utcGrid(),
): readonly RolledBars[] {
  const baseSpec = timeframeSpec(base);
  const specs = rollUpTargets(baseSpec, targets);
  if (grid.utcOffsetMs === null) return replay(base, bars, targets, grid);
  const offsetMs = grid.utcOffsetMs;
  const done: Level[] = [{ spec: baseSpec, bars, starts: null, count: bars.openTimeMs.length }];
  const levels = new Map<TimeframeSpec, Level>();
  for (const spec of [...specs].sort((a, b) => rank(a) - rank(b))) {
    // The coarsest finished level that fits saves most of the maxima.
    const source = done.findLast((level) => nests(level.spec, spec))!;
    const level = groupBars(spec, source, bars, offsetMs);
    levels.set(spec, level);
    done.push(level);
  }
  return specs.map((spec) => finish(levels.get(spec)!, baseSpec, bars, offsetMs));
}

interface Level {
  readonly spec: TimeframeSpec;
  readonly bars: BarColumns;
  /** Index of each bar's first base bar, and the number of base bars at the end; null where they are the base bars. */
  readonly starts: Int32Array | null;
  readonly count: number;
}

function rank(spec: TimeframeSpec): number {
  return spec.unit === 'mo' ? spec.count * 2_419_200_000 + 1 : spec.ms;
}

function groupBars(spec: TimeframeSpec, source: Level, base: BarColumns, offsetMs: number): Level {
  const { open, high, low, close } = source.bars;
  const rows = source.count;
  const { starts, openMs } = groupRows(spec, source, offsetMs);
  const count = openMs.length;
  const out = { ...allocateBars(count), openTimeMs: openMs };
  const baseStarts = source.starts === null ? starts : new Int32Array(count + 1);
  const volumes = base.volume;
  for (let g = 0; g < count; g++) {
    const from = starts[g]!;
    const to = starts[g + 1]!;
    let highest = high[from]!;
    let lowest = low[from]!;
    for (let i = from + 1; i < to; i++) {
      const h = high[i]!;
      const l = low[i]!;
      highest = h > highest ? h : highest;
      lowest = l < lowest ? l : lowest;
    }
    out.open[g] = open[from]!;
    out.high[g] = highest;
    out.low[g] = lowest;
    out.close[g] = close[to - 1]!;
    if (source.starts !== null) baseStarts[g] = source.starts[from]!;
  }
  if (source.starts !== null) baseStarts[count] = source.starts[rows]!;
  for (let g = 0; g < count; g++) {
    const to = baseStarts[g + 1]!;
    let sum = 0;
    for (let i = baseStarts[g]!; i < to; i++) sum += volumes[i]!;
    out.volume[g] = sum;
  }
  return { spec, bars: out, starts: baseStarts, count };
}

interface Groups {
  readonly starts: Int32Array;
  readonly openMs: Float64Array;
}

/** First row and open time of each higher bar. A bar that has closed takes no more: an overlapping row counts to the next. */
function groupRows(spec: TimeframeSpec, source: Level, offsetMs: number): Groups {
  const times = source.bars.openTimeMs;
  const rows = source.count;
  const starts = new Int32Array(rows + 1);
  const openMs = new Float64Array(rows);
  const step = source.spec.ms;
  let count = 0;
  let end = Number.NEGATIVE_INFINITY;
  let isClosed = true;
  for (let i = 0; i < rows; i++) {
    const t = times[i]!;
    if (isClosed || t >= end) {
      const open = barOpen(spec, t < end ? end : t, offsetMs);
      end = barClose(spec, open, offsetMs);
      openMs[count] = open;
      starts[count++] = i;
    }
    isClosed = step > 0 ? t + step >= end : barClose(source.spec, t, offsetMs) >= end;
  }
  starts[count] = rows;
  return { starts: starts.slice(0, count + 1), openMs: openMs.slice(0, count) };
}

function finish(level: Level, baseSpec: TimeframeSpec, base: BarColumns, offsetMs: number): RolledBars {
  const { spec, bars, starts, count } = level;
  const rows = base.openTimeMs.length;
  const closedAt = new Int32Array(count);
  for (let g = 0; g < count; g++) {
    const last = starts![g + 1]! - 1;
    const end = barClose(spec, bars.openTimeMs[g]!, offsetMs);
    closedAt[g] = barClose(baseSpec, base.openTimeMs[last]!, offsetMs) >= end ? last : last + 1;
  }
  const closed = count > 0 && closedAt[count - 1] === rows ? count - 1 : count;
  return {
    timeframe: spec.text,
    bars: sliceBars(bars, 0, closed),
    closedAt: closedAt.subarray(0, closed),
    forming: closed === count ? null : barAt(bars, closed),
  };
}

/** Sessions are rare enough (an exchange day has some hundred bars) to let the stream do them. */
function replay(
  base: Timeframe,
  bars: BarColumns,
  targets: readonly Timeframe[],
  grid: BarGrid,
): readonly RolledBars[] {
  const stream = new RollUp(base, targets, grid);
  const out = targets.map(() => ({ rows: [] as number[][], closedAt: [] as number[] }));
  for (let i = 0; i < bars.openTimeMs.length; i++) {
    const closed = stream.next(
      bars.openTimeMs[i]!,
      bars.open[i]!,
      bars.high[i]!,
      bars.low[i]!,
      bars.close[i]!,
      bars.volume[i]!,
    );
    for (let k = 0; k < closed; k++) {
      const target = out[stream.closedTarget[k]!]!;
      const bar = barAt(stream.closedBars, k);
      target.rows.push([bar.openTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume]);
      target.closedAt.push(i);
    }
  }
  return targets.map((text, k) => ({
    timeframe: timeframeSpec(text).text,
    bars: barsFromRows(out[k]!.rows),
    closedAt: Int32Array.from(out[k]!.closedAt),
    forming: stream.forming(k),
  }));
}
