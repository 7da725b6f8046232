import { Random } from '../core/vocabulary/random.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { ExchangeClock } from './clock.ts';
import { quoteSide } from './house-quotes.ts';
import { type Listing, listingsOf } from './listing.ts';
import type { MarketSource, OutsideEvent } from './market-source.ts';
import type { Product } from './product.ts';

export interface OutsideMarketOptions {
  readonly clock: ExchangeClock;
  readonly products: readonly Product[];
  readonly seed: number;
  /** Levels a side that the house quotes. Default 20. */
  readonly levels?: number;
}

export interface PlayOptions {
  /** Source milliseconds in one of the exchange's clock. Default 1. */
  readonly speed?: number;
  /**
   * Exchange time of the source's first event. Default at speed 1: a whole number of minutes before or at the present, so that the bars of
   * source and exchange have the same edges, and what would lie before the present is left out; at other speeds the present.
   */
  readonly startMs?: TimeMs;
}

interface Traded {
  readonly product: Product;
  readonly listing: Listing;
  readonly random: Random;
  /** What rounding to lots has left untraded (or, negative, overtraded): the next trade makes up for it, so that sums stay true. */
  owedLots: number;
  /** Mean size of the outside's trades, in lots. */
  meanLots: number;
  bidTicks: number;
  askTicks: number;
  quotedMs: TimeMs;
  markedMs: TimeMs;
}

const MINUTE_MS = 60_000;
/** Quotes that did not move are renewed after this, so that what clients took comes back. */
const RENEW_MS = 100;
const MARK_EVERY_MS = 1_000;

/** Drives the house of every product: by a source, or by hand. Prices and sizes are put on tick and lot. */
export class OutsideMarket {
  readonly #clock: ExchangeClock;
  readonly #levels: number;
  readonly #traded = new Map<string, Traded[]>();
  #cancel: (() => void) | null = null;

  constructor({ clock, products, seed, levels = 20 }: OutsideMarketOptions) {
    this.#clock = clock;
    this.#levels = levels;
    let stream = 0;
    for (const product of products)
      for (const listing of listingsOf(product).values()) {
        const random = new Random((seed ^ Math.imul(++stream, 0x9e3779b1)) >>> 0);
        const none = {
          bidTicks: 0,
          askTicks: 0,
          quotedMs: Number.NEGATIVE_INFINITY,
          markedMs: Number.NEGATIVE_INFINITY,
        };
        const traded: Traded = { product, listing, random, owedLots: 0, meanLots: 0, ...none };
        this.#traded.set(listing.symbol, [...(this.#traded.get(listing.symbol) ?? []), traded]);
      }
  }

  /** The listing of a symbol, of the first product that has it. */
  listing(symbol: string): Listing | null {
    return this.#traded.get(symbol)?.[0]?.listing ?? null;
  }

  /** Quotes around a price, a tick to each side, everywhere the symbol is listed (or on one product). Throws where it is nowhere. */
  moveTo(symbol: string, price: number, product?: Product['name']): void {
    for (const traded of this.#found(symbol, product)) {
      const ticks = traded.listing.price.steps(price);
      this.#quote(traded, ticks - 1, ticks + 1, true);
      this.#mark(traded, price, true);
    }
  }

  /** A trade of the outside world, then quotes around it. */
  trade(symbol: string, takerSide: 'buy' | 'sell', price: number, quantity: number, product?: Product['name']): void {
    for (const traded of this.#found(symbol, product)) this.#trade(traded, takerSide, price, quantity);
  }

  /** Plays a source from now on, instead of the one before. `ended` is told when it has no more. */
  play(source: MarketSource, { speed = 1, startMs }: PlayOptions = {}, ended?: () => void): void {
    if (!(speed > 0)) throw new RangeError(`expected a positive speed, found ${speed}`);
    this.stop();
    const events = source[Symbol.iterator]();
    let next = events.next();
    if (next.done) {
      ended?.();
      return;
    }
    const now = this.#clock.nowMs();
    const firstMs = next.value.timeMs;
    const minutes = Math.floor((now - firstMs) / MINUTE_MS) * MINUTE_MS;
    const base = startMs ?? (speed === 1 ? firstMs + minutes : now);
    const timeOf = (event: OutsideEvent): TimeMs => base + Math.ceil((event.timeMs - firstMs) / speed);
    const missed = new Map<string, OutsideEvent>();
    while (!next.done && timeOf(next.value) < now) {
      missed.set(next.value.symbol, next.value);
      next = events.next();
    }
    for (const event of missed.values()) this.#open(event);
    const step = (): void => {
      this.#cancel = null;
      const time = this.#clock.nowMs();
      while (!next.done && timeOf(next.value) <= time) {
        this.#apply(next.value);
        next = events.next();
      }
      if (next.done) ended?.();
      else this.#cancel = this.#clock.at(timeOf(next.value), step);
    };
    if (next.done) ended?.();
    else this.#cancel = this.#clock.at(timeOf(next.value), step);
  }

  /** Nothing moves any more; what the house quotes stays. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #found(symbol: string, product?: Product['name']): readonly Traded[] {
    const all = this.#traded.get(symbol) ?? [];
    const found = product === undefined ? all : all.filter((t) => t.product.name === product);
    if (found.length === 0)
      throw new RangeError(`nobody lists ${symbol}; there are ${[...this.#traded.keys()].join(', ')}`);
    return found;
  }

  /** Quotes where an event would have left the market. */
  #open(event: OutsideEvent): void {
    for (const traded of this.#traded.get(event.symbol) ?? []) {
      const [low, high] = event.kind === 'quote' ? [event.bid, event.ask] : [event.price, event.price];
      const { price } = traded.listing;
      const bid = price.steps(low);
      this.#quote(traded, bid, Math.max(bid + 1, price.steps(high)), true);
      this.#mark(traded, (low + high) / 2, true);
    }
  }

  #apply(event: OutsideEvent): void {
    for (const traded of this.#traded.get(event.symbol) ?? []) {
      if (event.kind === 'trade') this.#trade(traded, event.takerSide, event.price, event.quantity);
      else {
        const { price } = traded.listing;
        const bid = Math.floor(event.bid / price.step + 1e-9);
        const ask = Math.max(bid + 1, Math.ceil(event.ask / price.step - 1e-9));
        this.#quote(traded, bid, ask, false);
        this.#mark(traded, (event.bid + event.ask) / 2, false);
      }
    }
  }

  #trade(traded: Traded, takerSide: 'buy' | 'sell', price: number, quantity: number): void {
    const { listing, product } = traded;
    const ticks = listing.price.steps(price);
    if (ticks === 0) return;
    const due = quantity / listing.quantity.step + traded.owedLots;
    const lots = Math.max(1, Math.round(due));
    traded.owedLots = due - lots;
    traded.meanLots = traded.meanLots === 0 ? lots : traded.meanLots * 0.95 + lots * 0.05;
    product.house.trade(listing.symbol, takerSide, listing.price.text(ticks), listing.quantity.text(lots));
    // The trade was at the touch: a buyer lifted the best ask, a seller hit the best bid.
    if (takerSide === 'buy') this.#quote(traded, ticks - 1, ticks, false);
    else this.#quote(traded, ticks, ticks + 1, false);
    this.#mark(traded, price, false);
  }

  #quote(traded: Traded, bidTicks: number, askTicks: number, isForced: boolean): void {
    const now = this.#clock.nowMs();
    const isSame = bidTicks === traded.bidTicks && askTicks === traded.askTicks;
    if (!isForced && isSame && now - traded.quotedMs < RENEW_MS) return;
    const { listing, random, product } = traded;
    // Ten times a usual trade rests at the touch; before any trade is seen, what about 50,000 of the quote currency buys.
    const usual = listing.quantity.steps(50_000 / Math.max(listing.price.step, askTicks * listing.price.step));
    const shape = { levels: this.#levels, lots: traded.meanLots > 0 ? traded.meanLots * 10 : Math.max(1, usual) };
    const bids = quoteSide(listing, 'bid', bidTicks, shape, random);
    const asks = quoteSide(listing, 'ask', askTicks, shape, random);
    traded.bidTicks = bidTicks;
    traded.askTicks = askTicks;
    traded.quotedMs = now;
    product.house.quote(listing.symbol, bids, asks);
  }

  /** Mark and index follow the price, once a second. */
  #mark(traded: Traded, price: number, isForced: boolean): void {
    const { house } = traded.product;
    if (house.mark === undefined) return;
    const now = this.#clock.nowMs();
    if (!isForced && now - traded.markedMs < MARK_EVERY_MS) return;
    traded.markedMs = now;
    const text = traded.listing.price.text(traded.listing.price.steps(price));
    house.mark(traded.listing.symbol, text, text);
  }
}
