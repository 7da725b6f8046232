import type { BarColumns } from '../vocabulary/market-data.ts';

/** How far price went while a position was held. Shares of the entry price: `mae` ≤ 0, `mfe` ≥ 0. */
export interface Excursion {
  readonly barsHeld: number;
  readonly mae: number;
  readonly mfe: number;
}

/** Index of the bar that holds an instant: the last that opened at or before it; −1 before the first. */
export function barAt(openTimeMs: ArrayLike<number>, timeMs: number): number {
  let low = 0;
  let high = openTimeMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTimeMs[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Maximum adverse and favourable excursion from the bars between entry and exit. The bars of the entry and of the exit count whole,
 * as their inner order of prices is unknown; a bar that only opened at the exit's instant does not count. Entry and exit count too.
 */
export function excursion(
  bars: BarColumns,
  side: 1 | -1,
  entryPrice: number,
  exitPrice: number,
  entryTimeMs: number,
  exitTimeMs: number,
): Excursion {
  const first = Math.max(0, barAt(bars.openTimeMs, entryTimeMs));
  const last = barAt(bars.openTimeMs, exitTimeMs);
  let low = Math.min(entryPrice, exitPrice);
  let high = Math.max(entryPrice, exitPrice);
  for (let i = first; i <= last && (i === first || bars.openTimeMs[i]! < exitTimeMs); i++) {
    if (bars.low[i]! < low) low = bars.low[i]!;
    if (bars.high[i]! > high) high = bars.high[i]!;
  }
  const worst = side === 1 ? low : high;
  const best = side === 1 ? high : low;
  return {
    barsHeld: Math.max(0, last - first),
    mae: (side * (worst - entryPrice)) / entryPrice,
    mfe: (side * (best - entryPrice)) / entryPrice,
  };
}
