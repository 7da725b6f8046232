import { allocateBars, type BarColumns } from '../vocabulary/market-data.ts';

/**
 * Heikin-Ashi (Valcu 2004, "Using the Heikin-Ashi Technique", Stocks & Commodities 22:2): close = (o + h + l + c) / 4, open = the middle
 * of the previous Heikin-Ashi body (of the bar's own body at first), high and low stretched to hold both. A way of looking at bars:
 * its prices never traded, so orders and fills must not use them.
 */
export class HeikinAshi {
  #open = Number.NaN;
  #close = Number.NaN;

  /** Row `from` of the bars, written to row `to` of `out` (which may be the same columns). */
  next(bars: BarColumns, from: number, out: BarColumns, to: number): void {
    const open = bars.open[from]!;
    const high = bars.high[from]!;
    const low = bars.low[from]!;
    const close = bars.close[from]!;
    const middle = Number.isNaN(this.#open) ? (open + close) / 2 : (this.#open + this.#close) / 2;
    const average = (open + high + low + close) / 4;
    this.#open = middle;
    this.#close = average;
    out.openTimeMs[to] = bars.openTimeMs[from]!;
    out.open[to] = middle;
    out.high[to] = Math.max(high, middle, average);
    out.low[to] = Math.min(low, middle, average);
    out.close[to] = average;
    out.volume[to] = bars.volume[from]!;
  }
}

/** Heikin-Ashi bars of a whole set, in new columns. */
export function toHeikinAshi(bars: BarColumns): BarColumns {
  const out = allocateBars(bars.openTimeMs.length);
  const view = new HeikinAshi();
  for (let i = 0; i < bars.openTimeMs.length; i++) view.next(bars, i, out, i);
  return out;
}
