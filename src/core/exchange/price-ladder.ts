/**
 * The price levels of one side of a book, best last, so that what happens at the best price moves nothing.
 *
 * Prices are kept as keys that grow with goodness: ticks for bids, −ticks for asks. A level's number is stable while it lives;
 * its queue of orders (first, last) and its lots are columns under that number.
 */
export class PriceLadder {
  /** 1 for bids, −1 for asks. */
  readonly side: number;
  count = 0;
  #keys = new Float64Array(64);
  #levels = new Int32Array(64);
  #free: Int32Array = Int32Array.from({ length: 64 }, (_, i) => 63 - i);
  #freeCount = 64;
  /** First and last order slot of each level, −1 where none. */
  first = new Int32Array(64).fill(-1);
  last = new Int32Array(64).fill(-1);
  /** Lots that can be seen and lots that can be had (icebergs hide the difference). */
  shownLots = new Float64Array(64);
  totalLots = new Float64Array(64);

  constructor(side: number) {
    this.side = side;
  }

  /** Price of the level at a rank, 0 being the best. */
  ticks(rank: number): number {
    return this.#keys[this.count - 1 - rank]! * this.side;
  }

  /** Number of the level at a rank, 0 being the best. */
  level(rank: number): number {
    return this.#levels[this.count - 1 - rank]!;
  }

  /** Number of the level at a price, made where there is none. */
  enter(ticks: number): number {
    const key = ticks * this.side;
    const at = this.#lowerBound(key);
    if (at < this.count && this.#keys[at] === key) return this.#levels[at]!;
    if (this.#freeCount === 0) this.#grow();
    const level = this.#free[--this.#freeCount]!;
    this.#keys.copyWithin(at + 1, at, this.count);
    this.#levels.copyWithin(at + 1, at, this.count);
    this.#keys[at] = key;
    this.#levels[at] = level;
    this.count++;
    this.first[level] = -1;
    this.last[level] = -1;
    this.shownLots[level] = 0;
    this.totalLots[level] = 0;
    return level;
  }

  /** Number of the level at a price, or −1. */
  find(ticks: number): number {
    const key = ticks * this.side;
    const at = this.#lowerBound(key);
    return at < this.count && this.#keys[at] === key ? this.#levels[at]! : -1;
  }

  /** Removes the level at a price. */
  leave(ticks: number): void {
    const at = this.#lowerBound(ticks * this.side);
    this.#free[this.#freeCount++] = this.#levels[at]!;
    this.#keys.copyWithin(at, at + 1, this.count);
    this.#levels.copyWithin(at, at + 1, this.count);
    this.count--;
  }

  /** Index of the first key that is not below `key`; most searches end near the best price, so it gallops from there. */
  #lowerBound(key: number): number {
    let high = this.count;
    let step = 1;
    while (high > 0 && this.#keys[Math.max(0, high - step)]! >= key) {
      high = Math.max(0, high - step);
      step *= 2;
    }
    let low = Math.max(0, high - step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const old = this.#keys.length;
    const size = old * 2;
    this.#keys = grownFloats(this.#keys, size);
    this.#levels = grownInts(this.#levels, size);
    this.first = grownInts(this.first, size);
    this.last = grownInts(this.last, size);
    this.shownLots = grownFloats(this.shownLots, size);
    this.totalLots = grownFloats(this.totalLots, size);
    this.#free = new Int32Array(size);
    for (let level = size - 1; level >= old; level--) this.#free[this.#freeCount++] = level;
  }
}

export function grownFloats(column: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(size);
  grown.set(column);
  return grown;
}

export function grownInts(column: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(size);
  grown.set(column);
  return grown;
}
