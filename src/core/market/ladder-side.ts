import type { BookSide } from './book-side.ts';
import { SortedSide } from './sorted-side.ts';
import { GRID_TOLERANCE, MOST_TICKS, type TickGrid, ticksOf } from './tick-grid.ts';

/** A constant of this module is known to the compiler; what is imported is looked up each time. */
const TOLERANCE = GRID_TOLERANCE;

/**
 * A side of a book as a window of consecutive ticks: a quantity per tick, and one bit per tick that says whether there is any, so that
 * the next best price is found 32 ticks at a time.
 *
 * Ticks are kept as keys that grow with goodness (ticks for bids, −ticks for asks). Levels below the window wait in sorted columns;
 * all of them are worse than all levels inside. The window moves so that the best price lies at three quarters of it, or as near to
 * that as the first tick allows,
 * - when a level comes that is better than its top,
 * - when its last level goes and others wait below,
 * - when a level comes below its bottom while the best price has sunk into its lowest quarter.
 * So the price must travel a quarter of the window at least between two moves, unless its levels vanish.
 */
export class LadderSide implements BookSide {
  // Declared and no `#` fields: those are undefined before they have a value, and V8 then looks each time whether they are a number.
  declare readonly sign: number;
  declare private readonly grid: TickGrid;
  declare private readonly perUnit: number;
  declare private readonly width: number;
  declare private readonly quantities: Float64Array;
  declare private readonly words: Int32Array;
  declare private readonly far: SortedSide;
  /** Key of the window's first tick. The window holds keys of positive ticks only. */
  declare private base: number;
  /** Place of the best level in the window; −1 where the side is empty. */
  #best = -1;
  /** Made when the best level changes, as it is read more often than that. */
  #bestPrice = Number.NaN;
  #inside = 0;

  /** `width` is the number of ticks in the window, a multiple of 32 and at least 64. */
  constructor(sign: number, grid: TickGrid, width: number) {
    if (!(width >= 64 && width % 32 === 0 && width <= MOST_TICKS)) {
      throw new RangeError(`expected a window of a multiple of 32 ticks, at least 64, found ${width}`);
    }
    this.sign = sign;
    this.grid = grid;
    this.perUnit = grid.perUnit;
    this.width = width;
    this.quantities = new Float64Array(width);
    this.words = new Int32Array(width >> 5);
    this.far = new SortedSide(sign);
    this.base = sign > 0 ? 1 : -width;
  }

  get count(): number {
    return this.#inside + this.far.count;
  }

  get bestPrice(): number {
    return this.#bestPrice;
  }

  get bestQuantity(): number {
    return this.#best < 0 ? 0 : this.quantities[this.#best]!;
  }

  set(price: number, quantity: number): boolean {
    // As ticksOf, without a branch for the side; ticks out of range lie outside the window. This is the hot path.
    const x = price * this.perUnit;
    const ticks = (x + 0.5) | 0;
    if (!(Math.abs(x - ticks) <= TOLERANCE)) return false;
    const key = Math.imul(ticks, this.sign);
    const at = (key - this.base) | 0;
    if (at >>> 0 < this.width) {
      this.#setInside(at, quantity);
      return true;
    }
    if (ticks < 1 || ticks > MOST_TICKS) return false;
    this.#setOutside(key, quantity);
    return true;
  }

  quantityOf(price: number): number {
    const ticks = ticksOf(this.grid, price);
    if (ticks < 0) return 0;
    const at = this.sign * ticks - this.base;
    return at >= 0 && at < this.width ? this.quantities[at]! : this.far.quantityOf(this.#price(this.sign * ticks));
  }

  clear(): void {
    const quantities = this.quantities;
    for (let at = this.#best; at >= 0; at = this.#below(at)) quantities[at] = 0;
    this.words.fill(0);
    this.far.clear();
    this.#best = -1;
    this.#bestPrice = Number.NaN;
    this.#inside = 0;
  }

  first(): number {
    return this.#best;
  }

  after(cursor: number): number {
    const width = this.width;
    if (cursor < width) {
      const at = this.#below(cursor);
      if (at >= 0) return at;
      return this.far.count > 0 ? width : -1;
    }
    const far = this.far.after(cursor - width);
    return far < 0 ? -1 : far + width;
  }

  priceAt(cursor: number): number {
    return cursor < this.width ? this.#price(this.base + cursor) : this.far.priceAt(cursor - this.width);
  }

  quantityAt(cursor: number): number {
    return cursor < this.width ? this.quantities[cursor]! : this.far.quantityAt(cursor - this.width);
  }

  #price(key: number): number {
    return (Math.imul(key, this.sign) * this.grid.numerator) / this.grid.denominator;
  }

  #setInside(at: number, quantity: number): void {
    const quantities = this.quantities;
    const words = this.words;
    const had = quantities[at]!;
    quantities[at] = quantity;
    if (quantity !== 0) {
      if (had !== 0) return;
      words[at >> 5]! |= 1 << (at & 31);
      this.#inside++;
      if (at > this.#best) this.#rise(at);
    } else if (had !== 0) {
      const bits = words[at >> 5]! & ~(1 << (at & 31));
      words[at >> 5] = bits;
      this.#inside--;
      if (at !== this.#best) return;
      // No bit above the best is set, so those left in its word are below it.
      if (bits !== 0) this.#rise((at | 31) - Math.clz32(bits));
      else this.#sink(at);
    }
  }

  #rise(at: number): void {
    this.#best = at;
    this.#bestPrice = this.#price(this.base + at);
  }

  /** The best level at `at` has gone, and no other is in its word. */
  #sink(at: number): void {
    if (this.#inside > 0) {
      this.#rise(this.#below(at));
      return;
    }
    this.#best = -1;
    this.#bestPrice = Number.NaN;
    if (this.far.count > 0) this.#move(this.sign * ticksOf(this.grid, this.far.bestPrice));
  }

  #setOutside(key: number, quantity: number): void {
    const isBelow = key < this.base;
    if (this.#best < 0 || !isBelow) {
      if (quantity === 0) return;
      this.#move(key);
      this.#setInside(key - this.base, quantity);
      return;
    }
    if (this.#best < this.width >> 2) this.#move(this.base + this.#best);
    const at = key - this.base;
    if (at >= 0) this.#setInside(at, quantity);
    // The grid's own price: what the feed wrote may differ from it in the last bit.
    else this.far.set(this.#price(key), quantity);
  }

  /** Place of the next level below `at`, or −1. */
  #below(at: number): number {
    const words = this.words;
    let word = at >> 5;
    let bits = words[word]! & ((1 << (at & 31)) - 1);
    while (bits === 0) {
      if (--word < 0) return -1;
      bits = words[word]!;
    }
    return (word << 5) + 31 - Math.clz32(bits);
  }

  /** Lays the window so that `key` is at three quarters of it. No level is better than `key`. */
  #move(key: number): void {
    const quantities = this.quantities;
    const words = this.words;
    const far = this.far;
    for (let word = 0; word < words.length; word++) {
      for (let bits = words[word]!; bits !== 0; bits &= bits - 1) {
        const at = (word << 5) + 31 - Math.clz32(bits & -bits);
        far.set(this.#price(this.base + at), quantities[at]!);
        quantities[at] = 0;
      }
      words[word] = 0;
    }
    const base = key - this.width + (this.width >> 2);
    this.base = this.sign > 0 ? Math.max(base, 1) : Math.min(base, -this.width);
    this.#best = -1;
    this.#inside = 0;
    while (far.count > 0) {
      const at = this.sign * ticksOf(this.grid, far.bestPrice) - this.base;
      if (at < 0) return;
      this.#setInside(at, far.bestQuantity);
      far.dropBest();
    }
  }
}
