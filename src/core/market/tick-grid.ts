import { decimal, decimalPlaces, toUnits } from '../vocabulary/decimal.ts';
import { powerOfTen } from '../vocabulary/integer.ts';

/** Prices up to this many ticks have a place on the grid; differences of two still fit 32 bits. */
export const MOST_TICKS = 0x3fff_ffff;

/**
 * Farthest that price × ticks-per-unit may lie from a whole number. Three roundings of 2^-53 each make at most 3 × 2^-23 of error
 * below 2^30 ticks; a price that is truly off the grid lies farther away than this unless it has seven more digits than the tick.
 */
export const GRID_TOLERANCE = 3 / 0x80_0000;

/** A price step as a fraction of whole numbers, so that a tick's price is rounded once only. */
export interface TickGrid {
  readonly numerator: number;
  readonly denominator: number;
  /** Ticks per unit of price, rounded: for finding the tick, not for making a price. */
  readonly perUnit: number;
}

/** The grid of a tick such as `'0.05'`. Throws RangeError unless it is a positive decimal. */
export function tickGrid(tick: string): TickGrid {
  const value = decimal(tick);
  if (value <= 0n) throw new RangeError(`expected a tick above 0, found ${tick}`);
  const scale = decimalPlaces(value);
  const numerator = Number(toUnits(value, scale, 'floor'));
  const denominator = powerOfTen(scale);
  return { numerator, denominator, perUnit: denominator / numerator };
}

/** The tick of a price, or −1 where it lies on none that {@link MOST_TICKS} allows. */
export function ticksOf(grid: TickGrid, price: number): number {
  const x = price * grid.perUnit;
  const ticks = (x + 0.5) | 0;
  return Math.abs(x - ticks) <= GRID_TOLERANCE && ticks > 0 && ticks <= MOST_TICKS ? ticks : -1;
}
