import { type BarColumns, barsFromRows } from '../core/vocabulary/market-data.ts';
import { barClose, barOpen, DAY_MS, type TimeframeSpec, type TimeMs, timeframe } from '../core/vocabulary/time.ts';

export type BarRow = readonly [
  openTimeMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

export interface PagedBars {
  /** Most bars in one page. */
  readonly largestPage: number;
  /** The venue's time: bars that close later are unfinished. */
  readonly nowMs: TimeMs;
  /** Whether the venue has daily bars, by which long stretches without trades are skipped. */
  readonly hasDays: boolean;
  /** Bars that open in [fromMs, toMs), which holds at most {@link largestPage} of them, in any order. Rejects with VenueError. */
  page(spec: TimeframeSpec, fromMs: TimeMs, toMs: TimeMs): Promise<readonly BarRow[]>;
}

/**
 * The earliest bars of a range, at most a page of them, finished ones only. Asks for windows that cannot hold more than a page, so that it
 * does not matter which end of a long range a venue cuts off.
 */
export async function readPagedBars(
  source: PagedBars,
  spec: TimeframeSpec,
  fromMs: TimeMs,
  toMs: TimeMs,
): Promise<BarColumns> {
  const { largestPage, nowMs } = source;
  const endMs = Math.min(toMs, nowMs);
  const isShort = spec.ms > 0 && spec.ms < DAY_MS;
  const rows: BarRow[] = [];
  let cursorMs = firstOpen(spec, fromMs);
  while (rows.length < largestPage && cursorMs < endMs) {
    const untilMs = Math.min(endMs, afterBars(spec, cursorMs, largestPage));
    const page = await pageOf(source, spec, cursorMs, untilMs);
    for (const row of page) if (rows.length < largestPage && barClose(spec, row[0]) <= nowMs) rows.push(row);
    const canSkip = page.length === 0 && isShort && source.hasDays;
    cursorMs = canSkip ? await nextTraded(source, spec, untilMs, endMs) : untilMs;
  }
  return barsFromRows(rows);
}

async function pageOf(
  source: PagedBars,
  spec: TimeframeSpec,
  fromMs: TimeMs,
  toMs: TimeMs,
): Promise<readonly BarRow[]> {
  const rows = await source.page(spec, fromMs, toMs);
  const inside = rows.filter((row) => row[0] >= fromMs && row[0] < toMs).sort((a, b) => a[0] - b[0]);
  return inside.filter((row, i) => i === 0 || row[0] > inside[i - 1]![0]);
}

/** Where bars begin again after a stretch without any, by asking for days: years before a listing cost a handful of requests. */
async function nextTraded(source: PagedBars, spec: TimeframeSpec, fromMs: TimeMs, endMs: TimeMs): Promise<TimeMs> {
  const days = timeframe('1d');
  let cursorMs = barOpen(days, fromMs);
  while (cursorMs < endMs) {
    const untilMs = cursorMs + source.largestPage * DAY_MS;
    const [first] = await pageOf(source, days, cursorMs, untilMs);
    if (first !== undefined) return Math.max(fromMs, firstOpen(spec, first[0]));
    cursorMs = untilMs;
  }
  return endMs;
}

/** The first opening at or after an instant. */
function firstOpen(spec: TimeframeSpec, timeMs: TimeMs): TimeMs {
  const openMs = barOpen(spec, timeMs);
  return openMs < timeMs ? barClose(spec, openMs) : openMs;
}

function afterBars(spec: TimeframeSpec, openMs: TimeMs, count: number): TimeMs {
  if (spec.unit !== 'mo') return openMs + count * spec.ms;
  let atMs = openMs;
  for (let k = 0; k < count; k++) atMs = barClose(spec, atMs);
  return atMs;
}
