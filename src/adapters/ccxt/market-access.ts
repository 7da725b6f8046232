import { retryRead } from '../../connectivity/read-retry.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { marketTypesOf } from './capabilities.ts';
import type { CcxtExchange, CcxtMarket } from './exchange-shape.ts';
import { FollowedClock } from './followed-clock.ts';
import { Markets } from './instruments.ts';
import { type CcxtOptions, openExchange, secretsOf, venueNameOf } from './open-exchange.ts';
import { venueErrorOf } from './venue-codes.ts';

/** Public reads of one venue: an exchange object with its markets, errors in our words, reads that are repeated, the venue's clock. */
export class MarketAccess {
  readonly venue: string;
  readonly options: CcxtOptions;
  readonly exchange: CcxtExchange;
  readonly #clock: FollowedClock;
  #markets: Promise<Markets> | null = null;

  constructor(options: CcxtOptions, exchange: CcxtExchange) {
    this.venue = venueNameOf(options.exchange);
    this.options = options;
    this.exchange = exchange;
    this.#clock = new FollowedClock(this.venue, options.clock, exchange, () => this.read((e) => e.fetchTime()));
  }

  static async open(options: CcxtOptions): Promise<MarketAccess> {
    return new MarketAccess(options, await openExchange(options, 'double'));
  }

  /** Rejects with {@link VenueError}. */
  read<T>(ask: (exchange: CcxtExchange) => Promise<T>): Promise<T> {
    const { clock, random } = this.options;
    return retryRead(() => ask(this.exchange).catch((error: unknown) => Promise.reject(this.errorOf(error))), {
      clock,
      random,
    });
  }

  errorOf(error: unknown): VenueError {
    return venueErrorOf(error, this.venue, this.options.exchange, secretsOf(this.options));
  }

  /** Asked once; again where that failed, or to see what was listed since. */
  markets(isFresh = false): Promise<Markets> {
    if (this.#markets === null || isFresh) {
      const asked = this.read((exchange) => exchange.loadMarkets(isFresh)).then(
        () => new Markets(this.exchange, marketTypesOf(this.options)),
      );
      this.#markets = asked;
      asked.catch(() => {
        if (this.#markets === asked) this.#markets = null;
      });
    }
    return this.#markets;
  }

  async market(symbol: string): Promise<CcxtMarket> {
    const market = (await this.markets()).find(symbol);
    if (market === undefined)
      throw new VenueError('symbol-unknown', this.venue, `${this.venue} does not list ${symbol}`);
    return market;
  }

  /** The venue's clock minus ours; null before it was measured. */
  get skewMs(): number | null {
    return this.#clock.skew?.skewMs ?? null;
  }

  /** The venue's time, measured first where it can be. */
  async venueNowMs(): Promise<TimeMs> {
    if (this.#clock.skew === null) await this.#clock.start();
    return this.guessedNowMs();
  }

  guessedNowMs(): TimeMs {
    return this.#clock.nowMs();
  }

  /** A new exchange object for one stream: closing it closes that stream's connections only. */
  async openStream(): Promise<CcxtExchange> {
    await this.markets();
    const stream = await openExchange(this.options, 'double');
    stream.setMarketsFromExchange?.(this.exchange);
    return stream;
  }

  async close(): Promise<void> {
    this.#clock.close();
    await this.exchange.close();
  }
}
