import { grownFloats, grownInts } from './price-ladder.ts';

/** What a command did to a book, in order. */
export const BOOK_EVENTS = ['trade', 'canceled', 'decremented', 'prevented'] as const;
export type BookEventKind = (typeof BOOK_EVENTS)[number];
export const BOOK_EVENT = Object.fromEntries(BOOK_EVENTS.map((kind, i) => [kind, i])) as {
  readonly [K in BookEventKind]: number;
};

/**
 * The events of one command, in columns that are reused: read them before the next command.
 *
 * | kind | order | other | ticks | lots | orderLeft | otherLeft |
 * |---|---|---|---|---|---|---|
 * | trade | maker | taker | price | traded | maker's rest | taker's rest |
 * | canceled | the order | −1 | its price | taken off the book | 0 | 0 |
 * | decremented | the order | −1 | its price | taken off | its rest | 0 |
 * | prevented | maker | taker | maker's price | kept from trading | of these, the maker's | of these, the taker's |
 *
 * `prevented` says why the events after it came: self-trade prevention took those lots off the maker, the taker, or both.
 */
export class BookEvents {
  count = 0;
  kind = new Int32Array(16);
  order = new Float64Array(16);
  other = new Float64Array(16);
  ticks = new Float64Array(16);
  lots = new Float64Array(16);
  orderLeft = new Float64Array(16);
  otherLeft = new Float64Array(16);

  clear(): void {
    this.count = 0;
  }

  add(
    kind: number,
    order: number,
    other: number,
    ticks: number,
    lots: number,
    orderLeft: number,
    otherLeft: number,
  ): void {
    const row = this.count++;
    if (row === this.kind.length) this.#grow(row * 2);
    this.kind[row] = kind;
    this.order[row] = order;
    this.other[row] = other;
    this.ticks[row] = ticks;
    this.lots[row] = lots;
    this.orderLeft[row] = orderLeft;
    this.otherLeft[row] = otherLeft;
  }

  #grow(size: number): void {
    this.kind = grownInts(this.kind, size);
    this.order = grownFloats(this.order, size);
    this.other = grownFloats(this.other, size);
    this.ticks = grownFloats(this.ticks, size);
    this.lots = grownFloats(this.lots, size);
    this.orderLeft = grownFloats(this.orderLeft, size);
    this.otherLeft = grownFloats(this.otherLeft, size);
  }
}
