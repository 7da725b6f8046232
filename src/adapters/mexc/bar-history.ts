import { z } from 'zod';
import { type BarColumns, barsFromRows } from '../../core/vocabulary/market-data.ts';
import { barClose, barOpen, DAY_MS, type Timeframe, type TimeframeSpec, type TimeMs, timeframe } from '../../core/vocabulary/time.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import type { HttpAnswer } from '../../ports/transport.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { type MexcAccess, VENUE } from './access.ts';
import { jsonOf } from './rest-answers.ts';
import { HISTORY_TIMEFRAMES, isAligned, venueTimeframe } from './timeframes.ts';

/** MEXC's page says 1,000; fewer have been seen. Half of it, so that no page is ever cut by the venue at an end that we do not know. */
const LARGEST_PAGE = 500;

const price = z.union([z.string(), z.number()]).transform(Number).refine((n) => Number.isFinite(n) && n > 0);
const volume = z.union([z.string(), z.number()]).transform(Number).refine((n) => Number.isFinite(n) && n >= 0);
/** Open time, open, high, low, close, volume; then close time and quote volume. */
const rowsAnswer = z.array(z.tuple([z.number(), price, price, price, price, volume], z.unknown()));

type Row = readonly [openTimeMs: number, open: number, high: number, low: number, close: number, volume: number];

function readRows(answer: HttpAnswer, spec: TimeframeSpec): readonly Row[] {
  const rows = rowsAnswer.parse(jsonOf(answer)).map((row): Row => [row[0], row[1], row[2], row[3], row[4], row[5]]);
  for (const row of rows)
    if (!isAligned(spec, row[0]))
      throw new RangeError(`a ${spec.text} bar opens at ${row[0]}, which is no opening of that timeframe in UTC`);
  return rows.toSorted((a, b) => a[0] - b[0]);
}

/** Past bars over `GET /api/v3/klines`. */
export class MexcBarHistory implements BarHistory {
  readonly venue = VENUE;
  readonly largestPage = LARGEST_PAGE;
  readonly timeframes: readonly Timeframe[] = HISTORY_TIMEFRAMES;
  readonly #access: MexcAccess;

  constructor(access: MexcAccess) {
    this.#access = access;
  }

  async bars(symbol: string, timeframeText: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns> {
    const named = venueTimeframe(timeframeText);
    if (named === null)
      throw new VenueError('unsupported', VENUE, `MEXC has no ${timeframeText} bars; it has ${this.timeframes.join(', ')}`);
    const { spec, rest } = named;
    // An unfinished bar must not pass for a finished one because our clock is fast.
    if (this.#access.venueClock.skew === null) await this.#access.venueClock.measure();
    const nowMs = this.#access.nowMs();
    const endMs = Math.min(toMs, nowMs);
    const rows: Row[] = [];
    let cursorMs = firstOpen(spec, fromMs);
    while (rows.length < LARGEST_PAGE && cursorMs < endMs) {
      const untilMs = Math.min(endMs, afterBars(spec, cursorMs, LARGEST_PAGE));
      const page = await this.#page(symbol, spec, rest, cursorMs, untilMs);
      for (const row of page)
        if (rows.length < LARGEST_PAGE && barClose(spec, row[0]) <= nowMs) rows.push(row);
      cursorMs = page.length > 0 || spec.ms >= DAY_MS || spec.ms === 0 ? untilMs : await this.#nextTraded(symbol, spec, untilMs, endMs);
    }
    return barsFromRows(rows);
  }

  async #page(symbol: string, spec: TimeframeSpec, interval: string, fromMs: TimeMs, toMs: TimeMs): Promise<readonly Row[]> {
    const request = this.#access.open(
      '/api/v3/klines',
      [
        ['symbol', symbol],
        ['interval', interval],
        ['startTime', fromMs],
        // The venue's end is inclusive.
        ['endTime', toMs - 1],
        ['limit', LARGEST_PAGE],
      ],
      1,
    );
    const rows = await this.#access.rest.read(request, (answer) => readRows(answer, spec));
    return rows.filter((row) => row[0] >= fromMs && row[0] < toMs);
  }

  /** Where bars begin again after a stretch without any, by asking for days: years before a listing cost a handful of requests. */
  async #nextTraded(symbol: string, spec: TimeframeSpec, fromMs: TimeMs, endMs: TimeMs): Promise<TimeMs> {
    const days = timeframe('1d');
    let cursorMs = barOpen(days, fromMs);
    while (cursorMs < endMs) {
      const untilMs = cursorMs + LARGEST_PAGE * DAY_MS;
      const [first] = await this.#page(symbol, days, '1d', cursorMs, untilMs);
      if (first !== undefined) return Math.max(fromMs, firstOpen(spec, first[0]));
      cursorMs = untilMs;
    }
    return endMs;
  }
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
