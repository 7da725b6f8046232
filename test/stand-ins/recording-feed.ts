import type { BookView, FeedGap, FeedSink } from '../../src/ports/market-feed.ts';

/** Keeps whatever a feed tells, by kind. */
export class RecordingFeed implements FeedSink {
  readonly trades: { id: number; timeMs: number; tradeId: number; price: number; quantity: number; side: number }[] =
    [];
  readonly quotes: { id: number; updateId: number; bid: number; ask: number }[] = [];
  readonly bars: { id: number; openTimeMs: number; close: number; volume: number; isClosed: boolean }[] = [];
  readonly books: { bids: [number, number][]; asks: [number, number][]; updateId: number }[] = [];
  readonly gaps: FeedGap[] = [];
  readonly anomalies: (readonly [code: string, detail: string])[] = [];

  trade(
    id: number,
    timeMs: number,
    _received: number,
    tradeId: number,
    price: number,
    quantity: number,
    side: number,
  ): void {
    this.trades.push({ id, timeMs, tradeId, price, quantity, side });
  }

  quote(
    id: number,
    _event: number,
    _received: number,
    updateId: number,
    bid: number,
    _bidQuantity: number,
    ask: number,
  ): void {
    this.quotes.push({ id, updateId, bid, ask });
  }

  bar(
    id: number,
    _event: number,
    _received: number,
    openTimeMs: number,
    _open: number,
    _high: number,
    _low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    this.bars.push({ id, openTimeMs, close, volume, isClosed });
  }

  depth(_id: number, _event: number, _received: number, book: BookView): void {
    const rows = (side: BookView['bids']): [number, number][] =>
      Array.from({ length: side.count }, (_, i) => [side.price[i]!, side.quantity[i]!]);
    this.books.push({ bids: rows(book.bids), asks: rows(book.asks), updateId: book.updateId });
  }

  mark(): void {}

  gap(_id: number, gap: FeedGap): void {
    this.gaps.push(gap);
  }

  anomaly(_id: number, code: string, detail: string): void {
    this.anomalies.push([code, detail]);
  }
}
