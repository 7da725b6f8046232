import type { BookView, FeedGap, FeedSink } from '../src/ports/market-feed.ts';

export interface SeenTrade {
  readonly id: number;
  readonly timeMs: number;
  readonly price: number;
  readonly quantity: number;
  readonly takerSide: number;
}

export interface SeenBar {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface SeenBook {
  readonly updateId: number;
  readonly bids: readonly (readonly [price: number, quantity: number])[];
  readonly asks: readonly (readonly [price: number, quantity: number])[];
}

/** Keeps whatever a feed tells, with the order in which trades, closed bars and gaps came. */
export class RecordingMarketSink implements FeedSink {
  readonly ids = new Set<number>();
  readonly trades: SeenTrade[] = [];
  readonly quotes: { readonly updateId: number; readonly bid: number; readonly ask: number }[] = [];
  readonly closedBars: SeenBar[] = [];
  formingBars = 0;
  books = 0;
  book: SeenBook = { updateId: -1, bids: [], asks: [] };
  crossedBooks = 0;
  readonly marks: { readonly timeMs: number; readonly mark: number; readonly fundingRate: number }[] = [];
  readonly gaps: FeedGap[] = [];
  readonly anomalies: (readonly [code: string, detail: string])[] = [];
  /** Calls of any kind. */
  calls = 0;

  trade(
    id: number,
    timeMs: number,
    _received: number,
    tradeId: number,
    price: number,
    quantity: number,
    takerSide: number,
  ): void {
    this.#called(id);
    this.trades.push({ id: tradeId, timeMs, price, quantity, takerSide });
  }

  quote(id: number, _timeMs: number, _received: number, updateId: number, bid: number, _b: number, ask: number): void {
    this.#called(id);
    this.quotes.push({ updateId, bid, ask });
  }

  bar(
    id: number,
    _eventMs: number,
    _receivedMs: number,
    openMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    this.#called(id);
    if (isClosed) this.closedBars.push({ openMs, open, high, low, close, volume });
    else this.formingBars++;
  }

  depth(id: number, _eventMs: number, _receivedMs: number, { bids, asks, updateId }: BookView): void {
    this.#called(id);
    this.books++;
    const rows = (side: BookView['bids']) =>
      Array.from({ length: side.count }, (_, i) => [side.price[i]!, side.quantity[i]!] as const);
    this.book = { updateId, bids: rows(bids), asks: rows(asks) };
    if (bids.price[0]! >= asks.price[0]!) this.crossedBooks++;
  }

  mark(id: number, timeMs: number, _receivedMs: number, mark: number, _index: number, fundingRate: number): void {
    this.#called(id);
    this.marks.push({ timeMs, mark, fundingRate });
  }

  gap(id: number, gap: FeedGap): void {
    this.#called(id);
    this.gaps.push(gap);
  }

  anomaly(id: number, code: string, detail: string): void {
    this.#called(id);
    this.anomalies.push([code, detail]);
  }

  #called(id: number): void {
    this.calls++;
    this.ids.add(id);
  }
}
