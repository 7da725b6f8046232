import { numberToText } from '../core/vocabulary/decimal.ts';
import { formatTime } from '../core/vocabulary/time.ts';
import type { FeedSink, FeedState, MarketFeed } from '../ports/market-feed.ts';
import type { Venues } from '../ports/venues.ts';
import type { QuoteLine } from './operations/quotes.ts';

/** What was heard of one symbol. Numbers are NaN before the first. */
interface Kept {
  readonly ids: readonly number[];
  /** Whether the venue tells bid and ask; else trades are all there is. */
  readonly hasQuotes: boolean;
  timeMs: number;
  bid: number;
  bidQuantity: number;
  ask: number;
  askQuantity: number;
  last: number;
}

/** The newest quotes of symbols, kept for as long as somebody wants them: one feed a venue. */
export class QuoteDesk {
  readonly #venues: Venues;
  readonly #desks = new Map<string, Promise<VenueQuotes>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(venues: Venues) {
    this.#venues = venues;
  }

  /**
   * Keeps symbols from now on, once `check` has found that the venue has those that are not kept yet: all of them, or none. Throws as it does,
   * and as {@link Venues.feed} rejects.
   */
  start(
    venue: string,
    symbols: readonly string[],
    check: (feed: MarketFeed, unknown: readonly string[]) => Promise<unknown>,
  ): Promise<QuoteLine[]> {
    return this.#inTurn(async () => {
      const name = this.#venues.facts(venue).name;
      const desk = await this.#open(name);
      const unknown = symbols.filter((symbol) => desk.line(symbol) === null);
      try {
        if (unknown.length > 0) await check(desk.feed, unknown);
        for (const symbol of unknown) desk.keep(symbol);
      } finally {
        await this.#closeEmpty(desk);
      }
      return symbols.map((symbol) => desk.line(symbol)!);
    });
  }

  #open(name: string): Promise<VenueQuotes> {
    let desk = this.#desks.get(name);
    if (desk === undefined) {
      desk = this.#venues.feed(name).then((feed) => new VenueQuotes(name, feed));
      this.#desks.set(name, desk);
      // A venue that could not be reached is tried anew the next time.
      desk.catch(() => this.#desks.delete(name));
    }
    return desk;
  }

  /** One at a time: a feed is not closed while somebody begins to use it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  async #closeEmpty(desk: VenueQuotes): Promise<void> {
    if (desk.symbols().length > 0) return;
    this.#desks.delete(desk.venue);
    await desk.feed.close();
  }

  /** Those of a venue, if any are kept. */
  async find(venue: string): Promise<VenueQuotes | null> {
    return (await this.#desks.get(this.#venues.facts(venue).name)) ?? null;
  }

  async lines(): Promise<QuoteLine[]> {
    return (await Promise.all(this.#desks.values())).flatMap((desk) => desk.lines());
  }

  /** Stops keeping symbols; the feed goes with the last of them. Answers those that were kept. */
  stop(venue: string, symbols: readonly string[] | undefined): Promise<string[]> {
    return this.#inTurn(async () => {
      const desk = await this.find(venue);
      if (desk === null) return [];
      const stopped = desk.forget(symbols ?? desk.symbols());
      await this.#closeEmpty(desk);
      return stopped;
    });
  }

  async close(): Promise<void> {
    await this.#turn;
    const desks = await Promise.allSettled(this.#desks.values());
    this.#desks.clear();
    for (const desk of desks) if (desk.status === 'fulfilled') await desk.value.feed.close();
  }
}

const ignored = (): void => {};

/** The quotes of one venue. */
export class VenueQuotes {
  readonly venue: string;
  readonly feed: MarketFeed;
  readonly #kept = new Map<string, Kept>();
  readonly #symbolOf = new Map<number, string>();
  readonly #waiting = new Set<() => void>();

  constructor(venue: string, feed: MarketFeed) {
    this.venue = venue;
    this.feed = feed;
  }

  symbols(): string[] {
    return [...this.#kept.keys()];
  }

  keep(symbol: string): void {
    if (this.#kept.has(symbol)) return;
    const channels = (['quotes', 'trades'] as const).filter((channel) => this.feed.channels.includes(channel));
    const ids = channels.map((channel) => this.feed.subscribe({ channel, symbol }, this.#sink));
    for (const id of ids) this.#symbolOf.set(id, symbol);
    this.#kept.set(symbol, {
      ...{ ids, hasQuotes: channels.includes('quotes'), timeMs: Number.NaN, last: Number.NaN },
      ...{ bid: Number.NaN, bidQuantity: Number.NaN, ask: Number.NaN, askQuantity: Number.NaN },
    });
  }

  /** Answers those that were kept. */
  forget(symbols: readonly string[]): string[] {
    return symbols.filter((symbol) => {
      for (const id of this.#kept.get(symbol)?.ids ?? []) {
        this.feed.unsubscribe(id);
        this.#symbolOf.delete(id);
      }
      return this.#kept.delete(symbol);
    });
  }

  /** Null where the symbol is not kept. */
  line(symbol: string): QuoteLine | null {
    const kept = this.#kept.get(symbol);
    if (kept === undefined) return null;
    const { timeMs, bid, bidQuantity, ask, askQuantity, last, ids } = kept;
    return {
      ...{ venue: this.venue, symbol, time: Number.isNaN(timeMs) ? null : formatTime(timeMs) },
      ...{ bid: text(bid), bidQuantity: text(bidQuantity), ask: text(ask), askQuantity: text(askQuantity) },
      ...{ last: text(last), state: this.#stateOf(ids) },
    };
  }

  lines(): QuoteLine[] {
    return this.symbols().map((symbol) => this.line(symbol)!);
  }

  /** Whether something has come of a symbol: bid and ask where the venue tells them. */
  isKnown(symbol: string): boolean {
    const kept = this.#kept.get(symbol);
    return kept !== undefined && !Number.isNaN(kept.hasQuotes ? kept.bid : kept.last);
  }

  /** Called at the next word of any symbol; answers how not to be. */
  onNext(heard: () => void): () => void {
    this.#waiting.add(heard);
    return () => void this.#waiting.delete(heard);
  }

  #stateOf(ids: readonly number[]): FeedState {
    const order: readonly FeedState[] = ['down', 'stale', 'syncing', 'live'];
    const states = this.feed.health().subscriptions.filter(({ id }) => ids.includes(id));
    return order.find((state) => states.some((each) => each.state === state)) ?? 'down';
  }

  #hear(id: number, timeMs: number, said: Partial<Kept>): void {
    const kept = this.#kept.get(this.#symbolOf.get(id) ?? '');
    if (kept === undefined) return;
    Object.assign(kept, said, { timeMs });
    const heard = [...this.#waiting];
    this.#waiting.clear();
    for (const each of heard) each();
  }

  readonly #sink: FeedSink = {
    trade: (id, timeMs, _received, _trade, price) => this.#hear(id, timeMs, { last: price }),
    quote: (id, timeMs, _received, _update, bid, bidQuantity, ask, askQuantity) =>
      this.#hear(id, timeMs, { bid, bidQuantity, ask, askQuantity }),
    ...{ bar: ignored, depth: ignored, mark: ignored, gap: ignored, anomaly: ignored },
  };
}

const text = (value: number): string | null => (Number.isNaN(value) ? null : numberToText(value));
