/** Unit of a numeric timestamp. */
export type TimestampUnit = 's' | 'ms' | 'us' | 'ns';

/** How many of the unit make a millisecond (less than one for seconds). */
export const UNITS_PER_MS: Readonly<Record<TimestampUnit, number>> = { s: 0.001, ms: 1, us: 1_000, ns: 1_000_000 };

/** Values from here up are of the next finer unit: as seconds 1e11 is the year 5138, as milliseconds 1973. */
const BOUNDS = [
  ['s', 1e11],
  ['ms', 1e14],
  ['us', 1e17],
] as const;

/** The unit that an epoch timestamp of our age has, told by its size. */
export function timestampUnit(value: number): TimestampUnit {
  const size = Math.abs(value);
  for (const [unit, bound] of BOUNDS) if (size < bound) return unit;
  return 'ns';
}

/** Milliseconds of a timestamp; microseconds stay as a fraction. */
export function toMilliseconds(value: number, unit: TimestampUnit): number {
  if (unit === 'ms') return value;
  return unit === 's' ? value * 1_000 : value / UNITS_PER_MS[unit];
}
