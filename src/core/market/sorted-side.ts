import type { BookSide } from './book-side.ts';

/** From this many levels on, the call of copyWithin costs less than moving them one by one. */
const FEW = 24;

/**
 * A side of a book as two sorted columns, best last, so that changes near the best price move little. Holds any price, and finds
 * it by bisection: galloping from the best was slower on recorded books. Allocates only when it grows, by doubling.
 */
export class SortedSide implements BookSide {
  readonly sign: number;
  count = 0;
  /** sign × price, rising. */
  #keys: Float64Array;
  #quantities: Float64Array;

  constructor(sign: number, capacity = 256) {
    this.sign = sign;
    this.#keys = new Float64Array(capacity);
    this.#quantities = new Float64Array(capacity);
  }

  get bestPrice(): number {
    return this.count === 0 ? Number.NaN : this.sign * this.#keys[this.count - 1]!;
  }

  get bestQuantity(): number {
    return this.count === 0 ? 0 : this.#quantities[this.count - 1]!;
  }

  set(price: number, quantity: number): boolean {
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) return false;
    const key = this.sign * price;
    const at = this.#lowerBound(key);
    const isThere = at < this.count && this.#keys[at] === key;
    if (quantity === 0) {
      if (isThere) this.#remove(at);
    } else {
      if (!isThere) this.#insert(at, key);
      this.#quantities[at] = quantity;
    }
    return true;
  }

  quantityOf(price: number): number {
    const key = this.sign * price;
    const at = this.#lowerBound(key);
    return at < this.count && this.#keys[at] === key ? this.#quantities[at]! : 0;
  }

  clear(): void {
    this.count = 0;
  }

  first(): number {
    return this.count === 0 ? -1 : 0;
  }

  after(cursor: number): number {
    return cursor + 1 < this.count ? cursor + 1 : -1;
  }

  priceAt(cursor: number): number {
    return this.sign * this.#keys[this.count - 1 - cursor]!;
  }

  quantityAt(cursor: number): number {
    return this.#quantities[this.count - 1 - cursor]!;
  }

  /** Takes the best level off. */
  dropBest(): void {
    this.count--;
  }

  #insert(at: number, key: number): void {
    const count = this.count++;
    if (count === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const quantities = this.#quantities;
    if (count - at > FEW) {
      keys.copyWithin(at + 1, at, count);
      quantities.copyWithin(at + 1, at, count);
    } else {
      for (let i = count; i > at; i--) {
        keys[i] = keys[i - 1]!;
        quantities[i] = quantities[i - 1]!;
      }
    }
    keys[at] = key;
  }

  #remove(at: number): void {
    const count = --this.count;
    const keys = this.#keys;
    const quantities = this.#quantities;
    if (count - at > FEW) {
      keys.copyWithin(at, at + 1, count + 1);
      quantities.copyWithin(at, at + 1, count + 1);
      return;
    }
    for (let i = at; i < count; i++) {
      keys[i] = keys[i + 1]!;
      quantities[i] = quantities[i + 1]!;
    }
  }

  /** Index of the first key that is not below `key`. */
  #lowerBound(key: number): number {
    const keys = this.#keys;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const size = this.#keys.length * 2;
    const keys = new Float64Array(size);
    keys.set(this.#keys);
    this.#keys = keys;
    const quantities = new Float64Array(size);
    quantities.set(this.#quantities);
    this.#quantities = quantities;
  }
}
