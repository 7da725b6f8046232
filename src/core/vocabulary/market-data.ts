import type { TimeMs } from './time.ts';

/** Bars as columns, one row a bar, oldest first; `openTimeMs` strictly rises. Prices and volume in the venue's units. */
export interface BarColumns {
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** One bar as an object: for edges and tests. The hot path reads {@link BarColumns}. */
export interface Bar {
  readonly openTimeMs: TimeMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Trades as columns, oldest first. `side` is the taker's: 1 buy, −1 sell, 0 unknown. */
export interface TradeColumns {
  readonly timeMs: Float64Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
  readonly side: Int8Array;
}

/** Best bid and ask at an instant. */
export interface Quote {
  readonly timeMs: TimeMs;
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

export const BAR_FIELDS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Empty columns for `count` bars. */
export function allocateBars(count: number): BarColumns {
  return {
    openTimeMs: new Float64Array(count),
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
    volume: new Float64Array(count),
  };
}

/** A view on rows [from, to) of the same memory. */
export function sliceBars(bars: BarColumns, from: number, to: number): BarColumns {
  return {
    openTimeMs: bars.openTimeMs.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}

/** One after the other in new memory; one alone as it is. */
export function joinBars(parts: readonly BarColumns[]): BarColumns {
  if (parts.length === 1) return parts[0]!;
  const joined = allocateBars(parts.reduce((sum, part) => sum + part.close.length, 0));
  let at = 0;
  for (const part of parts) {
    for (const field of BAR_FIELDS) joined[field].set(part[field], at);
    at += part.close.length;
  }
  return joined;
}

/** Columns from rows `[openTimeMs, open, high, low, close, volume]`; missing volume counts as 0. */
export function barsFromRows(rows: readonly (readonly number[])[]): BarColumns {
  const bars = allocateBars(rows.length);
  rows.forEach((row, i) => {
    for (let f = 0; f < BAR_FIELDS.length; f++) bars[BAR_FIELDS[f]!][i] = row[f] ?? 0;
  });
  return bars;
}
