import type { BookSide } from './book-side.ts';
import type { OrderBook } from './order-book.ts';

/** What a taker would get from a book as it stands. Reused: copy what must be kept. */
export interface BookFill {
  /** Less than asked for where the book is too thin. */
  quantity: number;
  /** Σ price × quantity, in the quote's units; the average price is cost / quantity. */
  cost: number;
  /** Price of the last level touched; NaN where nothing could be had. */
  worstPrice: number;
  /** Levels touched. */
  levels: number;
  isComplete: boolean;
}

export function allocateBookFill(): BookFill {
  // Doubles from the start, so that the fields never change their representation.
  return { quantity: Number.NaN, cost: Number.NaN, worstPrice: Number.NaN, levels: 0, isComplete: false };
}

/** Quantity within the best `levels` of a side. */
export function depthOf(side: BookSide, levels: number): number {
  let sum = 0;
  let seen = 0;
  for (let cursor = side.first(); cursor >= 0 && seen < levels; cursor = side.after(cursor)) {
    sum += side.quantityAt(cursor);
    seen++;
  }
  return sum;
}

/**
 * (bids − asks) / (bids + asks) of the quantity within the best `levels`: from −1, only asks, to 1, only bids; NaN for an empty book.
 * Cont, Kukanov, Stoikov 2014, "The Price Impact of Order Book Events", use its changes; this is its level.
 */
export function imbalanceOf(book: OrderBook, levels: number): number {
  const bids = depthOf(book.bids, levels);
  const asks = depthOf(book.asks, levels);
  return (bids - asks) / (bids + asks);
}

/** What taking `quantity` costs or brings. `takerSide`: 1 buys from the asks, −1 sells to the bids. */
export function costToFill(book: OrderBook, takerSide: number, quantity: number, into: BookFill): void {
  const side = takerSide > 0 ? book.asks : book.bids;
  let left = quantity;
  begin(into);
  for (let cursor = side.first(); cursor >= 0 && left > 0; cursor = side.after(cursor)) {
    const there = side.quantityAt(cursor);
    const taken = there < left ? there : left;
    take(into, side.priceAt(cursor), taken);
    left -= taken;
  }
  into.isComplete = !(left > 0);
}

/** What `budget` in the quote's units buys, or must be sold to bring. `takerSide` as in {@link costToFill}. */
export function quantityForBudget(book: OrderBook, takerSide: number, budget: number, into: BookFill): void {
  const side = takerSide > 0 ? book.asks : book.bids;
  let left = budget;
  begin(into);
  for (let cursor = side.first(); cursor >= 0 && left > 0; cursor = side.after(cursor)) {
    const price = side.priceAt(cursor);
    const there = side.quantityAt(cursor);
    const isLast = price * there >= left;
    take(into, price, isLast ? left / price : there);
    left = isLast ? 0 : left - price * there;
  }
  into.isComplete = !(left > 0);
}

function begin(into: BookFill): void {
  into.quantity = 0;
  into.cost = 0;
  into.worstPrice = Number.NaN;
  into.levels = 0;
}

function take(into: BookFill, price: number, quantity: number): void {
  into.quantity += quantity;
  into.cost += price * quantity;
  into.worstPrice = price;
  into.levels++;
}
