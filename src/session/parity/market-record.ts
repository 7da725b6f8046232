import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { readBlock } from '../kept-market.ts';
import type { SessionNote } from '../replay-journal.ts';
import type { FeedBar, SessionInput } from '../session-input.ts';

/** One thing that the market did, or that somebody told the session, in the order in which the session came to know it. */
export type MarketItem =
  /** Rows of the record's trades. */
  | { readonly kind: 'trades'; readonly from: number; to: number }
  | { readonly kind: 'history'; readonly bars: readonly FeedBar[] }
  | { readonly kind: 'instant'; readonly timeMs: TimeMs; readonly bars: readonly FeedBar[] }
  /** Commands, values of sources, prices between bars, funding, what a strategy did too late, the end. */
  | { readonly kind: 'told'; readonly input: SessionInput }
  /** A price at which what is still open may fill: the record of the market ends before that of the orders. */
  | { readonly kind: 'closing'; readonly feed: number; readonly timeMs: TimeMs; readonly price: number }
  /** The account or an instrument was held back from opening, or let go again. */
  | { readonly kind: 'held'; readonly input: SessionInput };

/** Rows of numbers in columns that grow. */
class Rows<Name extends string> {
  count = 0;
  column: Readonly<Record<Name, Float64Array>>;
  readonly #names: readonly Name[];

  constructor(names: readonly Name[]) {
    this.#names = names;
    this.column = this.#columns(256);
  }

  add(...values: readonly number[]): void {
    if (this.count === this.column[this.#names[0]!].length) {
      const grown = this.#columns(this.count * 2);
      for (const name of this.#names) grown[name].set(this.column[name]);
      this.column = grown;
    }
    for (const [k, name] of this.#names.entries()) this.column[name][this.count] = values[k]!;
    this.count++;
  }

  #columns(capacity: number): Record<Name, Float64Array> {
    return Object.fromEntries(this.#names.map((name) => [name, new Float64Array(capacity)])) as never;
  }
}

export type TradeRows = Rows<'feed' | 'id' | 'timeMs' | 'price' | 'quantity'>;
export type QuoteRows = Rows<'feed' | 'timeMs' | 'bid' | 'ask'>;

/** What a session saw of the market, and nothing of what became of its orders. */
export interface MarketRecord {
  readonly items: readonly MarketItem[];
  readonly trades: TradeRows;
  readonly quotes: QuoteRows;
  /** Data that the session knew to be missing. */
  readonly gaps: number;
  /** `all`: every trade while the session ran. `while-waiting`: only those that an order waited for. */
  readonly kept: 'all' | 'while-waiting' | 'none';
}

/** Picks the market out of a journal, record by record. */
export class MarketReader {
  readonly #items: MarketItem[] = [];
  readonly #trades: TradeRows = new Rows(['feed', 'id', 'timeMs', 'price', 'quantity']);
  readonly #quotes: QuoteRows = new Rows(['feed', 'timeMs', 'bid', 'ask']);
  readonly #lastId = new Map<number, number>();
  #gaps = 0;
  #blocks = 0;

  take({ kind, payload }: Pick<JournalRecord, 'kind' | 'payload'>): void {
    if (kind === 'note') this.#note(payload as unknown as SessionNote);
    else if (kind === 'input') this.#input(payload as unknown as SessionInput);
    else if (kind === 'outcome') {
      const input = payload as unknown as SessionInput;
      if (input.type === 'readiness-changed') this.#items.push({ kind: 'held', input });
    }
  }

  get record(): MarketRecord {
    const kept = this.#blocks > 0 ? 'all' : this.#trades.count > 0 ? 'while-waiting' : 'none';
    return { items: this.#items, trades: this.#trades, quotes: this.#quotes, gaps: this.#gaps, kept };
  }

  #note(note: SessionNote): void {
    if (note.type === 'gap') this.#gaps++;
    if (note.type !== 'market') return;
    if (note.trades.length > 0) this.#blocks++;
    readBlock(
      note,
      (feed, id, timeMs, price, quantity) => this.#trade(feed, id, timeMs, price, quantity),
      (feed, timeMs, bid, ask) => this.#quotes.add(feed, timeMs, bid, ask),
    );
  }

  #input(input: SessionInput): void {
    if (input.type === 'trade-received')
      this.#trade(input.feed, input.tradeId, input.timeMs, input.price, input.quantity);
    else if (input.type === 'history-received') this.#items.push({ kind: 'history', bars: input.bars });
    else if (input.type === 'instant-ended')
      this.#items.push({ kind: 'instant', timeMs: input.timeMs, bars: input.bars });
    else if (isTold(input)) this.#items.push({ kind: 'told', input });
  }

  #trade(feed: number, id: number, timeMs: TimeMs, price: number, quantity: number): void {
    if (id <= (this.#lastId.get(feed) ?? -1)) return;
    this.#lastId.set(feed, id);
    const row = this.#trades.count;
    this.#trades.add(feed, id, timeMs, price, quantity);
    const last = this.#items.at(-1);
    if (last?.kind === 'trades') last.to = row + 1;
    else this.#items.push({ kind: 'trades', from: row, to: row + 1 });
  }
}

const TOLD: readonly SessionInput['type'][] = [
  'command-given',
  'source-received',
  'prices-marked',
  'funding-fell-due',
  'strategy-acted-late',
  'strategy-threw-late',
  'session-stopped',
];

/** What else a session may be told, what became of its orders among it, belongs to the side that is compared. */
function isTold({ type }: SessionInput): boolean {
  return TOLD.includes(type);
}
