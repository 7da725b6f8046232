import { allocateBars, BAR_FIELDS, type BarColumns, sliceBars } from '../vocabulary/market-data.ts';

/** Two bars may start with trades of one millisecond; bars are keyed by open time, so the later one moves on by a microsecond. */
const MICROSECOND_MS = 0.001;

/** Bars of a builder as they close. Grows by halves and keeps its memory when cleared. */
export class BarBuffer {
  count = 0;
  bars: BarColumns;
  /** Time of the trade with which each bar closed. */
  closedMs: Float64Array;
  /** Index, among all trades given, of that trade. */
  closedBy: Int32Array;
  #lastKeyMs = Number.NEGATIVE_INFINITY;

  constructor(capacity = 8) {
    this.bars = allocateBars(capacity);
    this.closedMs = new Float64Array(capacity);
    this.closedBy = new Int32Array(capacity);
  }

  /** The bars so far, on memory of this buffer. */
  get filled(): BarColumns {
    return sliceBars(this.bars, 0, this.count);
  }

  /** Forgets the bars; the memory is used again. */
  clear(): void {
    this.count = 0;
  }

  push(
    openTimeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    closedMs: number,
    closedBy: number,
  ): void {
    if (this.count === this.closedMs.length) this.#grow();
    const i = this.count++;
    const bars = this.bars;
    const key = openTimeMs > this.#lastKeyMs ? openTimeMs : this.#lastKeyMs + MICROSECOND_MS;
    this.#lastKeyMs = key;
    bars.openTimeMs[i] = key;
    bars.open[i] = open;
    bars.high[i] = high;
    bars.low[i] = low;
    bars.close[i] = close;
    bars.volume[i] = volume;
    this.closedMs[i] = closedMs;
    this.closedBy[i] = closedBy;
  }

  #grow(): void {
    const capacity = Math.ceil(this.count * 1.5) + 8;
    const bars = allocateBars(capacity);
    for (const field of BAR_FIELDS) bars[field].set(this.bars[field]);
    this.bars = bars;
    const closedMs = new Float64Array(capacity);
    closedMs.set(this.closedMs);
    this.closedMs = closedMs;
    const closedBy = new Int32Array(capacity);
    closedBy.set(this.closedBy);
    this.closedBy = closedBy;
  }
}
