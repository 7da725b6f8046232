import type { RateLimiter } from '../../../connectivity/rate-limiter.ts';
import { type BarColumns, sliceBars } from '../../../core/vocabulary/market-data.ts';
import type { Random } from '../../../core/vocabulary/random.ts';
import type { Timeframe, TimeMs } from '../../../core/vocabulary/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { BarHistory } from '../../../ports/market-feed.ts';
import type { HttpClient } from '../../../ports/transport.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { BinanceProduct } from '../errors.ts';
import { marketOf } from '../market-product.ts';
import { MarketRest } from '../market-rest.ts';

export interface BinanceHistoryOptions {
  readonly product: BinanceProduct;
  /** What instruments begin with, where it is not Binance itself: `LOCAL`. */
  readonly venue?: string;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly limiter?: RateLimiter;
  readonly restOrigins?: readonly string[];
}

/** A bar counts as finished so long after its end by our own clock, which may be ahead of the venue's. */
const SETTLE_MS = 2_000;

/** Past bars of Binance over REST: 1000 a page on spot, 1500 on USD-M. */
export class BinanceHistory implements BarHistory {
  readonly venue: string;
  readonly largestPage: number;
  readonly timeframes: readonly Timeframe[];
  /** Of USD-M alone. */
  readonly fundingRates?: NonNullable<BarHistory['fundingRates']>;
  readonly #rest: MarketRest;
  readonly #clock: Clock;

  constructor(options: BinanceHistoryOptions) {
    const market = marketOf(options.product, options.venue);
    this.venue = market.venue;
    this.largestPage = market.barPage.limit;
    this.timeframes = market.timeframes;
    this.#rest = new MarketRest({ ...options, market });
    this.#clock = options.clock;
    if (options.product === 'usdm') this.fundingRates = (symbol, fromMs) => this.#rest.fundingRates(symbol, fromMs);
  }

  async bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns> {
    if (!this.timeframes.includes(timeframe))
      throw new VenueError(
        'unsupported',
        this.venue,
        `${this.venue} has no bars of ${timeframe}; it has ${this.timeframes.join(', ')}`,
      );
    const { bars, lastMs } = await this.#rest.bars(symbol, timeframe, fromMs, toMs);
    const nowMs = this.#clock.nowMs();
    const { openTimeMs } = bars;
    for (let i = 1; i < openTimeMs.length; i++)
      if (openTimeMs[i]! <= openTimeMs[i - 1]!)
        throw new VenueError('answer-unreadable', this.venue, `${symbol} ${timeframe}: bars out of order at row ${i}`);
    let end = openTimeMs.length;
    while (end > 0 && (openTimeMs[end - 1]! >= toMs || lastMs[end - 1]! + SETTLE_MS > nowMs)) end--;
    let start = 0;
    while (start < end && openTimeMs[start]! < fromMs) start++;
    return sliceBars(bars, start, end);
  }
}
