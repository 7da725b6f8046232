import type { BookSide } from './book-side.ts';
import { LadderSide } from './ladder-side.ts';
import { SortedSide } from './sorted-side.ts';
import { tickGrid } from './tick-grid.ts';

/** 65,536 ticks: half a MiB a side. 655 dollars of BTC at a cent; what is farther away costs a little more to change. */
const WINDOW_TICKS = 0x1_0000;

export interface OrderBookOptions {
  /** The instrument's price step; null where it is not known or prices do not keep to one. */
  readonly tick: string | null;
  /** Ticks a side that are found at once: a multiple of 32, at least 64. */
  readonly windowTicks?: number;
}

/**
 * A level-2 order book: quantity by price for both sides. Prices and quantities are float64 in the venue's units. Updates allocate
 * nothing, but for columns that grow.
 *
 * A book with a tick keeps each side as a ladder (`ladder-side.ts`). A price off that grid, as when a venue makes its tick finer, turns
 * the side into sorted columns for good: slower, and still right.
 */
export class OrderBook {
  /** Of the last change, in the venue's counting; who applies updates keeps it. */
  updateId = 0;
  declare private bidSide: BookSide;
  declare private askSide: BookSide;

  constructor({ tick, windowTicks = WINDOW_TICKS }: OrderBookOptions) {
    const grid = tick === null ? null : tickGrid(tick);
    this.bidSide = grid === null ? new SortedSide(1) : new LadderSide(1, grid, windowTicks);
    this.askSide = grid === null ? new SortedSide(-1) : new LadderSide(-1, grid, windowTicks);
  }

  get bids(): BookSide {
    return this.bidSide;
  }

  get asks(): BookSide {
    return this.askSide;
  }

  /** NaN where there are no bids. */
  get bestBid(): number {
    return this.bidSide.bestPrice;
  }

  /** NaN where there are no asks. */
  get bestAsk(): number {
    return this.askSide.bestPrice;
  }

  /** True where the best bid is at or above the best ask, which no working market shows. */
  get isCrossed(): boolean {
    return this.bidSide.bestPrice >= this.askSide.bestPrice;
  }

  /**
   * Gives a level its quantity; 0 removes it. `side` is 1 for bids, −1 for asks. False, and nothing changes, unless price is above 0,
   * quantity not below it, and both are finite.
   */
  set(side: number, price: number, quantity: number): boolean {
    if (!(quantity >= 0 && quantity < Number.POSITIVE_INFINITY)) return false;
    const own = side > 0 ? this.bidSide : this.askSide;
    if (own.set(price, quantity)) return true;
    return price > 0 && price < Number.POSITIVE_INFINITY && this.#resort(own).set(price, quantity);
  }

  clear(): void {
    this.bidSide.clear();
    this.askSide.clear();
  }

  /** Leaves the grid: the side's levels in sorted columns. */
  #resort(from: BookSide): BookSide {
    const to = new SortedSide(from.sign);
    for (let cursor = from.first(); cursor >= 0; cursor = from.after(cursor)) {
      to.set(from.priceAt(cursor), from.quantityAt(cursor));
    }
    if (from.sign > 0) this.bidSide = to;
    else this.askSide = to;
    return to;
  }
}
