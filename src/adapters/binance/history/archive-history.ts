import { rowsWithin } from '../../../core/market/bar-series.ts';
import { type BarColumns, joinBars, sliceBars } from '../../../core/vocabulary/market-data.ts';
import { DAY_MS, type Timeframe, type TimeMs } from '../../../core/vocabulary/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { BarHistory } from '../../../ports/market-feed.ts';
import { type HttpClient, TransportError } from '../../../ports/transport.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { BinanceProduct } from '../errors.ts';
import { marketOf } from '../market-product.ts';
import { type ArchiveFile, archiveFiles } from './archive-files.ts';
import { archiveBars, checkArchive } from './archive-rows.ts';

export interface ArchiveHistoryOptions {
  readonly product: BinanceProduct;
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** A month of seconds of a busy pair is some 60 MB. */
const TIMEOUT_MS = 300_000;

/**
 * Past bars of Binance from its public archive: one file a month, or a day where the month is not whole yet, each checked against its
 * checksum. What is too new for the archive, and what it does not have, has no bars here.
 */
export class BinanceArchiveHistory implements BarHistory {
  readonly venue: string;
  readonly largestPage = Number.MAX_SAFE_INTEGER;
  readonly isPartial = true;
  readonly timeframes: readonly Timeframe[];
  readonly #options: ArchiveHistoryOptions;

  constructor(options: ArchiveHistoryOptions) {
    const market = marketOf(options.product);
    this.venue = market.venue;
    this.timeframes = market.timeframes;
    this.#options = options;
  }

  pageEndMs(symbol: string, timeframe: Timeframe, fromMs: TimeMs): TimeMs {
    const [file] = this.#files(symbol, timeframe, fromMs, fromMs + 40 * DAY_MS);
    // Nothing is published from here on, and nothing will be found.
    return file?.toMs ?? Number.POSITIVE_INFINITY;
  }

  async bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns> {
    const parts: BarColumns[] = [];
    for (const file of this.#files(symbol, timeframe, fromMs, toMs)) {
      const bars = await this.#fetch(file);
      if (bars) parts.push(sliceBars(bars, ...rowsWithin(bars.openTimeMs, fromMs, toMs)));
    }
    return joinBars(parts);
  }

  #files(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): readonly ArchiveFile[] {
    const { product, clock } = this.#options;
    return archiveFiles({ product, kind: 'klines', symbol, timeframe, fromMs, toMs, nowMs: clock.nowMs() });
  }

  /** Null where the archive has no such file: before the listing, or a day without a trade. */
  async #fetch(file: ArchiveFile): Promise<BarColumns | null> {
    const zip = await this.#get(file.url);
    if (zip === null) return null;
    const checksum = await this.#get(file.checksumUrl);
    if (checksum === null) throw this.#error('answer-unreadable', `${file.name} has no checksum beside it`);
    checkArchive(zip, new TextDecoder().decode(checksum), file.name);
    return archiveBars(zip, file.name);
  }

  async #get(url: string): Promise<Uint8Array | null> {
    try {
      const { status, body } = await this.#options.http.send({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
      if (status === 404) return null;
      if (status >= 200 && status < 300) return body;
      throw this.#error(status === 429 ? 'rate-limited' : 'unavailable', `${url} answered ${status}`);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      throw this.#error('unavailable', `${url}: ${error.message}`, error);
    }
  }

  #error(code: 'rate-limited' | 'unavailable' | 'answer-unreadable', message: string, cause?: unknown): VenueError {
    return new VenueError(code, this.venue, message, { cause });
  }
}
