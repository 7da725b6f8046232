import type { TimeMs } from '../core/vocabulary/time.ts';
import type { FeedChannel, MarketFeed } from '../ports/market-feed.ts';
import { KeptMarket, type MarketBlock } from './kept-market.ts';
import type { SessionCore } from './session-core.ts';

/** Channels that decide nothing at a real exchange, and are kept. */
const EVIDENCE = ['trades', 'quotes'] as const;

/** Keeps what the market did that was no input, so that orders can be compared with it afterwards. Decides nothing. */
export class MarketWitness {
  readonly #core: SessionCore;
  readonly #keeps: boolean;
  readonly #note: (block: MarketBlock) => void;
  readonly #kept: KeptMarket;
  /** Newest quote of each feed: time, bid, ask. */
  readonly #quotes: (readonly [TimeMs, number, number] | undefined)[] = [];

  constructor(core: SessionCore, keeps: boolean, note: (block: MarketBlock) => void) {
    this.#core = core;
    this.#keeps = keeps;
    this.#note = note;
    this.#kept = new KeptMarket(core.engine.feeds.length);
  }

  /** Channels beside the bars that a session listens to: what fills its orders, or what a real exchange's are compared with. */
  channelsOf(feed: MarketFeed): readonly FeedChannel[] {
    const { drivenBy, remote } = this.#core.config;
    if (drivenBy === 'trades') return ['trades'];
    return remote && this.#keeps ? EVIDENCE.filter((channel) => feed.channels.includes(channel)) : [];
  }

  trade(feed: number, id: number, timeMs: TimeMs, price: number, quantity: number): void {
    if (!this.#keeps) return;
    this.#kept.trade(feed, id, timeMs, price, quantity);
    if (this.#kept.isFull) this.write();
  }

  /** Quotes are kept while an order is on its way, to tell afterwards what of its price was spread. */
  quote(feed: number, timeMs: TimeMs, bid: number, ask: number): void {
    const last = this.#quotes[feed];
    if (last?.[1] === bid && last[2] === ask) return;
    this.#quotes[feed] = [timeMs, bid, ask];
    if (this.#hasOrders(feed)) this.#kept.quote(feed, timeMs, bid, ask);
    if (this.#kept.isFull) this.write();
  }

  /** After an instant: orders of it meet the quotes that stand. */
  decided(): void {
    for (const [feed, quote] of this.#quotes.entries())
      if (quote !== undefined && this.#hasOrders(feed)) this.#kept.quote(feed, ...quote);
  }

  /** Before the next input, so that a journal has all of it in the order in which it came. */
  write(): void {
    const block = this.#kept.takeBlock();
    if (block !== null) this.#note(block);
  }

  /** Whether an order of the feed's instrument is open, here or at a real exchange. */
  #hasOrders(feed: number): boolean {
    const { seats, feeds, state, desk } = this.#core.engine;
    const { instrument } = feeds[feed]!;
    return seats.some(({ index }) => desk.rowsOf(index * state.instruments.length + instrument).length > 0);
  }
}
