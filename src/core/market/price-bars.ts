import type { Bar, TradeColumns } from '../vocabulary/market-data.ts';
import type { TimeMs } from '../vocabulary/time.ts';
import type { BarBuffer } from './bar-buffer.ts';

/**
 * 100.3 − 100 is a hair below 0.3 in doubles. A distance of prices counts as reached when it lacks no more than the rounding of the two
 * prices themselves (half a unit in the last place each) and of the size and the difference can explain.
 */
const ROUNDING = 4.440892098500626e-16;

function reaches(distance: number, size: number, price: number): boolean {
  return distance >= size - Math.abs(price) * ROUNDING;
}

/** Bars of a fixed height; see `trade-bars.ts`. */
export class RangeBars {
  readonly closed: BarBuffer;
  readonly #size: number;
  #trades = 0;
  #inBar = false;
  #openMs = 0;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;

  constructor(size: number, closed: BarBuffer) {
    this.#size = size;
    this.closed = closed;
  }

  next(timeMs: TimeMs, price: number, quantity: number): number {
    const index = this.#trades++;
    if (!this.#inBar) {
      this.#inBar = true;
      this.#openMs = timeMs;
      this.#open = price;
      this.#high = price;
      this.#low = price;
      this.#volume = 0;
    }
    if (price > this.#high) this.#high = price;
    if (price < this.#low) this.#low = price;
    this.#close = price;
    this.#volume += quantity;
    if (!reaches(this.#high - this.#low, this.#size, this.#high)) return 0;
    this.closed.push(this.#openMs, this.#open, this.#high, this.#low, this.#close, this.#volume, timeMs, index);
    this.#inBar = false;
    return 1;
  }

  nextAll(trades: TradeColumns): void {
    const { timeMs, price, quantity } = trades;
    for (let i = 0; i < timeMs.length; i++) this.next(timeMs[i]!, price[i]!, quantity[i]!);
  }

  forming(): Bar | null {
    if (!this.#inBar) return null;
    const [open, high, low, close, volume] = [this.#open, this.#high, this.#low, this.#close, this.#volume];
    return { openTimeMs: this.#openMs, open, high, low, close, volume };
  }
}

/**
 * Renko bricks; see `trade-bars.ts`. The first trade's price is the first level; levels are counted, never summed, so that they do not
 * drift. Bricks have no wicks. Several bricks of one trade: the volume since the last brick goes to the first, the others have 0.
 */
export class RenkoBars {
  readonly closed: BarBuffer;
  readonly #size: number;
  #trades = 0;
  #originPrice = Number.NaN;
  /** Top and bottom of the last brick, in bricks from the origin. */
  #top = 0;
  #bottom = 0;
  #openMs = 0;
  #inBrick = false;
  #price = 0;
  #high = 0;
  #low = 0;
  #volume = 0;

  constructor(size: number, closed: BarBuffer) {
    this.#size = size;
    this.closed = closed;
  }

  next(timeMs: TimeMs, price: number, quantity: number): number {
    const index = this.#trades++;
    if (Number.isNaN(this.#originPrice)) this.#originPrice = price;
    if (!this.#inBrick) {
      this.#inBrick = true;
      this.#openMs = timeMs;
      this.#high = price;
      this.#low = price;
      this.#volume = 0;
    }
    if (price > this.#high) this.#high = price;
    if (price < this.#low) this.#low = price;
    this.#price = price;
    this.#volume += quantity;
    let bricks = 0;
    while (reaches(price - this.#level(this.#top), this.#size, price)) {
      this.#push(this.#top, this.#top + 1, timeMs, index);
      this.#bottom = this.#top++;
      bricks++;
    }
    while (reaches(this.#level(this.#bottom) - price, this.#size, price)) {
      this.#push(this.#bottom, this.#bottom - 1, timeMs, index);
      this.#top = this.#bottom--;
      bricks++;
    }
    if (bricks > 0) this.#inBrick = false;
    return bricks;
  }

  nextAll(trades: TradeColumns): void {
    const { timeMs, price, quantity } = trades;
    for (let i = 0; i < timeMs.length; i++) this.next(timeMs[i]!, price[i]!, quantity[i]!);
  }

  /** What has traded since the last brick; open is that brick's close. */
  forming(): Bar | null {
    if (!this.#inBrick) return null;
    const open = this.#level(this.#price >= this.#level(this.#top) ? this.#top : this.#bottom);
    const [openTimeMs, high, low, close, volume] = [this.#openMs, this.#high, this.#low, this.#price, this.#volume];
    return { openTimeMs, open, high, low, close, volume };
  }

  #level(bricks: number): number {
    return this.#originPrice + bricks * this.#size;
  }

  #push(from: number, to: number, timeMs: TimeMs, index: number): void {
    const open = this.#level(from);
    const close = this.#level(to);
    const low = open < close ? open : close;
    const high = open < close ? close : open;
    this.closed.push(this.#openMs, open, high, low, close, this.#volume, timeMs, index);
    this.#volume = 0;
    this.#openMs = timeMs;
  }
}
