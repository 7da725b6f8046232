import type { BookSide } from './book-side.ts';
import type { OrderBook } from './order-book.ts';

/** Best levels of one side, best first, in rows 0 … count−1. */
export interface BookLevels {
  count: number;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
}

/** Best levels of a book as columns that are filled anew each time. */
export interface BookView {
  readonly bids: BookLevels;
  readonly asks: BookLevels;
  updateId: number;
}

/** An empty view with room for `levels` a side. */
export function allocateBookView(levels: number): BookView {
  const side = (): BookLevels => ({ count: 0, price: new Float64Array(levels), quantity: new Float64Array(levels) });
  return { bids: side(), asks: side(), updateId: 0 };
}

/** Fills a view with the best levels, as many as it has room for. Allocates nothing. */
export function readBook(book: OrderBook, into: BookView): void {
  readSide(book.bids, into.bids);
  readSide(book.asks, into.asks);
  into.updateId = book.updateId;
}

function readSide(side: BookSide, into: BookLevels): void {
  const room = into.price.length;
  let count = 0;
  for (let cursor = side.first(); cursor >= 0 && count < room; cursor = side.after(cursor)) {
    into.price[count] = side.priceAt(cursor);
    into.quantity[count++] = side.quantityAt(cursor);
  }
  into.count = count;
}
