import type { TimeMs } from '../core/vocabulary/time.ts';

/** Numbers of a trade in a block: feed, by how much its id is above the feed's last one in the block, milliseconds since the block began, price, quantity. */
const TRADE = 5;
/** Numbers of a quote: feed, milliseconds since the block began, bid, ask. */
const QUOTE = 4;
/** Rows of one block. */
const BLOCK = 500;

/**
 * What the market did that was no input, kept so that orders which were never sent can be tried on it. Flat lists of numbers, in the order in
 * which they came: trades of five, quotes of four.
 */
export interface MarketBlock {
  readonly type: 'market';
  readonly fromMs: TimeMs;
  readonly trades: readonly number[];
  readonly quotes: readonly number[];
}

/** Collects trades and quotes until there is a block of them. */
export class KeptMarket {
  #fromMs = Number.NaN;
  #trades: number[] = [];
  #quotes: number[] = [];
  readonly #lastId: Float64Array;
  /** What ids are counted from in this block. */
  readonly #baseId: Float64Array;

  constructor(feeds: number) {
    this.#lastId = new Float64Array(feeds).fill(-1);
    this.#baseId = new Float64Array(feeds);
  }

  get isFull(): boolean {
    return this.#trades.length >= BLOCK * TRADE || this.#quotes.length >= BLOCK * QUOTE;
  }

  trade(feed: number, id: number, timeMs: TimeMs, price: number, quantity: number): void {
    if (id <= this.#lastId[feed]!) return;
    this.#lastId[feed] = id;
    this.#trades.push(feed, id - this.#baseId[feed]!, this.#since(timeMs), price, quantity);
    this.#baseId[feed] = id;
  }

  quote(feed: number, timeMs: TimeMs, bid: number, ask: number): void {
    this.#quotes.push(feed, this.#since(timeMs), bid, ask);
  }

  #since(timeMs: TimeMs): number {
    if (Number.isNaN(this.#fromMs)) this.#fromMs = timeMs;
    return timeMs - this.#fromMs;
  }

  /** What there is, once; null for nothing. */
  takeBlock(): MarketBlock | null {
    if (Number.isNaN(this.#fromMs)) return null;
    const block: MarketBlock = { type: 'market', fromMs: this.#fromMs, trades: this.#trades, quotes: this.#quotes };
    this.#fromMs = Number.NaN;
    this.#trades = [];
    this.#quotes = [];
    this.#baseId.fill(0);
    return block;
  }
}

/** Hands over the rows of a block. */
export function readBlock(
  { fromMs, trades, quotes }: MarketBlock,
  trade: (feed: number, id: number, timeMs: TimeMs, price: number, quantity: number) => void,
  quote: (feed: number, timeMs: TimeMs, bid: number, ask: number) => void,
): void {
  const ids = new Map<number, number>();
  for (let k = 0; k + TRADE <= trades.length; k += TRADE) {
    const feed = trades[k]!;
    const id = (ids.get(feed) ?? 0) + trades[k + 1]!;
    ids.set(feed, id);
    trade(feed, id, fromMs + trades[k + 2]!, trades[k + 3]!, trades[k + 4]!);
  }
  for (let k = 0; k + QUOTE <= quotes.length; k += QUOTE)
    quote(quotes[k]!, fromMs + quotes[k + 1]!, quotes[k + 2]!, quotes[k + 3]!);
}
