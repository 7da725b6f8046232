import type { EquityTrack } from '../core/portfolio/equity-track.ts';
import { DAY_MS } from '../core/vocabulary/time.ts';

/**
 * Equity with which the UTC day of the track's last instant began: what the day before ended with, or `capital` where the session is no older.
 * Risk counts from elsewhere once a person has re-armed it; what the day has won or lost stays what it is.
 */
export function dayStartOf({ count, timeMs, equity }: EquityTrack, capital: number): number {
  if (count === 0) return capital;
  const midnightMs = Math.floor(timeMs[count - 1]! / DAY_MS) * DAY_MS;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeMs[middle]! < midnightMs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? capital : equity[low - 1]!;
}
