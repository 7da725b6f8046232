import { timestampUnit, toMilliseconds } from '../../core/market/timestamp-unit.ts';
import { parseTime } from '../../core/vocabulary/time.ts';

/** A time as it stands in a file: a UTC time, or seconds or finer since 1970. Milliseconds; null for what is none. */
export function timeOfCell(cell: string): number | null {
  if (cell === '') return null;
  const value = Number(cell);
  return Number.isNaN(value) ? parseTime(cell) : toMilliseconds(value, timestampUnit(value));
}
