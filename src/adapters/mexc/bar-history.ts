import { z } from 'zod';
import { type BarRow, readPagedBars } from '../../connectivity/paged-bars.ts';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import type { Timeframe, TimeframeSpec, TimeMs } from '../../core/vocabulary/time.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import type { HttpAnswer } from '../../ports/transport.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { type MexcAccess, VENUE } from './access.ts';
import { jsonOf } from './rest-answers.ts';
import { HISTORY_TIMEFRAMES, isAligned, venueTimeframe } from './timeframes.ts';

/** MEXC's page says 1,000; fewer have been seen. */
const LARGEST_PAGE = 500;

const figure = z.union([z.string().min(1), z.number()]).transform(Number);
const price = figure.refine((n) => Number.isFinite(n) && n > 0);
const volume = figure.refine((n) => Number.isFinite(n) && n >= 0);
/** Open time, open, high, low, close, volume; then close time and quote volume. */
const rowsAnswer = z.array(z.tuple([z.number(), price, price, price, price, volume], z.unknown()));

function readRows(answer: HttpAnswer, spec: TimeframeSpec): readonly BarRow[] {
  const rows = rowsAnswer.parse(jsonOf(answer)).map((row): BarRow => [row[0], row[1], row[2], row[3], row[4], row[5]]);
  for (const [openTimeMs, open, high, low, close] of rows) {
    if (!isAligned(spec, openTimeMs))
      throw new RangeError(`a bar opens at ${openTimeMs} ms, where no ${spec.text} bar opens in UTC`);
    if (!(low <= open && low <= close && high >= open && high >= close))
      throw new RangeError(`the bar of ${openTimeMs} ms has low ${low} and high ${high} around ${open} and ${close}`);
  }
  return rows;
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

  async bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns> {
    const named = venueTimeframe(timeframe);
    if (named === null) {
      const message = `MEXC has no ${timeframe} bars; it has ${this.timeframes.join(', ')}`;
      throw new VenueError('unsupported', VENUE, message);
    }
    // An unfinished bar must not pass for a finished one because our clock is fast.
    if (this.#access.venueClock.skew === null) await this.#access.venueClock.measure();
    return readPagedBars(
      {
        largestPage: LARGEST_PAGE,
        nowMs: this.#access.nowMs(),
        hasDays: true,
        page: (spec, pageFromMs, pageToMs) => this.#page(symbol, spec, pageFromMs, pageToMs),
      },
      named.spec,
      fromMs,
      toMs,
    );
  }

  #page(symbol: string, spec: TimeframeSpec, fromMs: TimeMs, toMs: TimeMs): Promise<readonly BarRow[]> {
    const request = this.#access.open(
      '/api/v3/klines',
      [
        ['symbol', symbol],
        ['interval', venueTimeframe(spec.text)!.rest],
        ['startTime', fromMs],
        // The venue's end is inclusive.
        ['endTime', Math.ceil(toMs) - 1],
        ['limit', LARGEST_PAGE],
      ],
      1,
    );
    return this.#access.rest.read(request, (answer) => readRows(answer, spec));
  }
}
