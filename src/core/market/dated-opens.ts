import { DAY_MS, isWeekend, type Timeframe, timeframe } from '../vocabulary/time.ts';
import { commonSpacing } from './spacing.ts';

/**
 * Opens of daily and coarser bars that a file stamps with midnight in the exchange's zone (`2024-01-02 00:00:00-05:00`), as the dates that
 * they name: midnight UTC of the same day, which is how dated bars stand here. Taken for instants they would be 05:00 and 04:00 in New
 * York, and in Tokyo 15:00 of the day before, so that a Monday fell into the week before it.
 *
 * Daily bars count as an exchange's only where no local day is a Saturday or Sunday: of a market that never closes, midnight in a zone is
 * a real open. Null where the opens are to stay as they are.
 *
 * @param openTimeMs the opens as instants
 * @param localTimesMs gives the same as times of the local clock, or null where the zone is not known; asked only for daily bars and coarser
 * @param said the timeframe where it was said, as for the one bar of a day that is added to others; else told by the spacing
 */
export function datedOpens(
  openTimeMs: Float64Array,
  localTimesMs: () => Float64Array | null,
  said?: Timeframe,
): Float64Array | null {
  const spacingOf = (times: Float64Array): number => (said === undefined ? commonSpacing(times) : daysOf(said));
  if (spacingOf(openTimeMs) < DAY_MS) return null;
  const local = localTimesMs();
  if (local === null || local.every((t, i) => t === openTimeMs[i])) return null;
  if (local.some((t) => t % DAY_MS !== 0)) return null;
  return spacingOf(local) === DAY_MS && local.some((t) => isWeekend(t / DAY_MS)) ? null : local;
}

/** Length of a timeframe's bars, at least; 0 where they are finer than a day. */
function daysOf(said: Timeframe): number {
  const { unit, count } = timeframe(said);
  return unit === 'd' ? count * DAY_MS : unit === 'w' || unit === 'mo' ? count * 7 * DAY_MS : 0;
}
