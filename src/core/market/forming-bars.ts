import { allocateBars, type Bar, type BarColumns } from '../vocabulary/market-data.ts';
import type { TimeMs } from '../vocabulary/time.ts';

/**
 * Bars under way as columns, a row each: the one mechanism behind bars from trades and the roll-up of bars. Which row a price belongs
 * to, and when a bar opens and closes, is for the caller to know.
 */
export class FormingBars {
  readonly bars: BarColumns;
  /** First instant no longer in the row's bar; −∞ where none is under way. */
  readonly closeMs: Float64Array;
  /** Close time of the last bar of the row that closed: nothing later can go back behind it. −∞ before the first. */
  readonly endMs: Float64Array;

  constructor(rows: number) {
    this.bars = allocateBars(rows);
    this.closeMs = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
    this.endMs = this.closeMs.slice();
  }

  /** Bytes that the columns take. */
  get byteLength(): number {
    return 8 * this.closeMs.byteLength;
  }

  begin(
    row: number,
    openTimeMs: TimeMs,
    closeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const { bars } = this;
    this.closeMs[row] = closeMs;
    bars.openTimeMs[row] = openTimeMs;
    bars.open[row] = open;
    bars.high[row] = high;
    bars.low[row] = low;
    bars.close[row] = close;
    // A sum begins at 0, and −0 is none.
    bars.volume[row] = 0 + volume;
  }

  extend(row: number, high: number, low: number, close: number, volume: number): void {
    const { bars } = this;
    if (high > bars.high[row]!) bars.high[row] = high;
    if (low < bars.low[row]!) bars.low[row] = low;
    bars.close[row] = close;
    bars.volume[row]! += volume;
  }

  /** Ends the row's bar and writes it to row `at` of `to`. */
  close(row: number, to: BarColumns, at: number): void {
    copyBar(this.bars, row, to, at);
    this.endMs[row] = this.closeMs[row]!;
    this.closeMs[row] = Number.NEGATIVE_INFINITY;
  }

  /** The row's bar as it stands; null where none is under way. */
  read(row: number): Bar | null {
    return this.closeMs[row] === Number.NEGATIVE_INFINITY ? null : barAt(this.bars, row);
  }
}

/** Copies a row of columns to a row of others. */
export function copyBar(from: BarColumns, row: number, to: BarColumns, at: number): void {
  to.openTimeMs[at] = from.openTimeMs[row]!;
  to.open[at] = from.open[row]!;
  to.high[at] = from.high[row]!;
  to.low[at] = from.low[row]!;
  to.close[at] = from.close[row]!;
  to.volume[at] = from.volume[row]!;
}

/** A row of columns as an object. */
export function barAt(bars: BarColumns, row: number): Bar {
  return {
    openTimeMs: bars.openTimeMs[row]!,
    open: bars.open[row]!,
    high: bars.high[row]!,
    low: bars.low[row]!,
    close: bars.close[row]!,
    volume: bars.volume[row]!,
  };
}
