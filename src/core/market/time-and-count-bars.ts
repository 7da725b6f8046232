import type { Bar, TradeColumns } from '../vocabulary/market-data.ts';
import {
  barClose,
  barOpen,
  type Timeframe,
  type TimeframeSpec,
  type TimeMs,
  timeframe as timeframeSpec,
} from '../vocabulary/time.ts';
import type { BarBuffer } from './bar-buffer.ts';

/** Bars by the clock; see `trade-bars.ts`. A bar closes with the first trade after its time. */
export class TimeBars {
  readonly closed: BarBuffer;
  readonly #spec: TimeframeSpec;
  readonly #offsetMs: number;
  #trades = 0;
  #openMs = 0;
  #closeMs = Number.NEGATIVE_INFINITY;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;

  constructor(timeframe: Timeframe, offsetMs: number, closed: BarBuffer) {
    this.#spec = timeframeSpec(timeframe);
    this.#offsetMs = offsetMs;
    this.closed = closed;
  }

  next(timeMs: TimeMs, price: number, quantity: number): number {
    const index = this.#trades++;
    if (timeMs < this.#closeMs) {
      if (price > this.#high) this.#high = price;
      if (price < this.#low) this.#low = price;
      this.#close = price;
      this.#volume += quantity;
      return 0;
    }
    const full = this.#closeMs !== Number.NEGATIVE_INFINITY;
    if (full) {
      const { closed } = this;
      closed.push(this.#openMs, this.#open, this.#high, this.#low, this.#close, this.#volume, timeMs, index);
    }
    this.#openMs = barOpen(this.#spec, timeMs, this.#offsetMs);
    this.#closeMs = barClose(this.#spec, this.#openMs, this.#offsetMs);
    this.#open = price;
    this.#high = price;
    this.#low = price;
    this.#close = price;
    this.#volume = quantity;
    return full ? 1 : 0;
  }

  nextAll(trades: TradeColumns): void {
    const { timeMs, price, quantity } = trades;
    for (let i = 0; i < timeMs.length; i++) this.next(timeMs[i]!, price[i]!, quantity[i]!);
  }

  forming(): Bar | null {
    if (this.#closeMs === Number.NEGATIVE_INFINITY) return null;
    const [open, high, low, close, volume] = [this.#open, this.#high, this.#low, this.#close, this.#volume];
    return { openTimeMs: this.#openMs, open, high, low, close, volume };
  }
}

/** Bars by number of trades, volume or money turned over; see `trade-bars.ts`. */
export class CountBars {
  readonly closed: BarBuffer;
  readonly #by: 'ticks' | 'volume' | 'dollars';
  readonly #size: number;
  #trades = 0;
  #inBar = 0;
  #amount = 0;
  #openMs = 0;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;

  constructor(by: 'ticks' | 'volume' | 'dollars', size: number, closed: BarBuffer) {
    this.#by = by;
    this.#size = size;
    this.closed = closed;
  }

  next(timeMs: TimeMs, price: number, quantity: number): number {
    const index = this.#trades++;
    if (this.#inBar++ === 0) {
      this.#openMs = timeMs;
      this.#open = price;
      this.#high = price;
      this.#low = price;
      this.#volume = 0;
      this.#amount = 0;
    } else {
      if (price > this.#high) this.#high = price;
      if (price < this.#low) this.#low = price;
    }
    this.#close = price;
    this.#volume += quantity;
    this.#amount += this.#by === 'ticks' ? 1 : this.#by === 'volume' ? quantity : price * quantity;
    // Ten times 0.1 is a hair below 1 in doubles: a sum counts as reached where it lacks no more than its additions can have lost.
    if (this.#amount < this.#size * (1 - this.#inBar * Number.EPSILON)) return 0;
    this.closed.push(this.#openMs, this.#open, this.#high, this.#low, this.#close, this.#volume, timeMs, index);
    this.#inBar = 0;
    return 1;
  }

  nextAll(trades: TradeColumns): void {
    const { timeMs, price, quantity } = trades;
    for (let i = 0; i < timeMs.length; i++) this.next(timeMs[i]!, price[i]!, quantity[i]!);
  }

  forming(): Bar | null {
    if (this.#inBar === 0) return null;
    const [open, high, low, close, volume] = [this.#open, this.#high, this.#low, this.#close, this.#volume];
    return { openTimeMs: this.#openMs, open, high, low, close, volume };
  }
}
