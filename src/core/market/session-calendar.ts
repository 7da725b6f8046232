import {
  civilDate,
  civilToMs,
  DAY_MS,
  MINUTE_MS,
  parseTime,
  type TimeframeSpec,
  type TimeMs,
} from '../vocabulary/time.ts';
import type { BarGrid } from './bar-grid.ts';

/** When an exchange trades, as data. Days are written `2024-07-04`; minutes count from local midnight of the trading day. */
export interface SessionCalendar {
  readonly name: string;
  /** Sessions of an ordinary day, earliest first. A session that opens the evening before has a negative `openMinute`. */
  readonly sessions: readonly { readonly openMinute: number; readonly closeMinute: number }[];
  /** Trading days of the week, 1 = Monday … 7 = Sunday. */
  readonly weekdays: readonly number[];
  readonly holidays: readonly string[];
  /** Days that end early, with the minute at which they do. */
  readonly halfDays: Readonly<Record<string, number>>;
  /** Local time less UTC in minutes (New York in winter: −300), from the trading day named on; oldest first. */
  readonly utcOffsets: readonly { readonly from: string; readonly minutes: number }[];
}

interface Session {
  readonly openMs: TimeMs;
  readonly closeMs: TimeMs;
}

/** Days looked at on either side of a time before the calendar counts as closed for good. */
const SEARCH_DAYS = 400;
/** Day 0 (1970-01-01) was a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

function dayNumber(text: string): number {
  const timeMs = parseTime(text);
  if (timeMs === null || timeMs % DAY_MS !== 0)
    throw new RangeError(`expected a day such as 2024-07-04, found ${JSON.stringify(text)}`);
  return timeMs / DAY_MS;
}

/**
 * The {@link BarGrid} of an exchange's sessions. Intraday bars count from their session's open, the last one is cut at its close; a
 * daily bar spans its day from the first open to the last close; weekly and monthly bars span the first open to the last close of
 * the trading days in that week (from Monday) or month. Times between sessions belong to no bar (`open` is NaN).
 *
 * Only 1d, 1w and 1mo are calendar units here: other day counts throw a RangeError, as does a calendar without trading days.
 */
export function sessionGrid(calendar: SessionCalendar): BarGrid {
  const holidays = new Set(calendar.holidays.map(dayNumber));
  const halfDays = new Map(Object.entries(calendar.halfDays).map(([day, minute]) => [dayNumber(day), minute]));
  const offsets = calendar.utcOffsets.map(({ from, minutes }) => ({ day: dayNumber(from), minutes }));
  const days = new Map<number, readonly Session[]>();

  const minutesOf = new Map<number, number>();
  const offsetOf = (day: number): number => {
    let minutes = minutesOf.get(day);
    if (minutes !== undefined) return minutes;
    minutes = offsets[0]?.minutes ?? 0;
    for (const offset of offsets) if (offset.day <= day) minutes = offset.minutes;
    minutesOf.set(day, minutes);
    return minutes;
  };
  const sessionsOf = (day: number): readonly Session[] => {
    let sessions = days.get(day);
    if (sessions !== undefined) return sessions;
    const trades = calendar.weekdays.includes(weekdayOf(day)) && !holidays.has(day);
    const end = halfDays.get(day) ?? Number.POSITIVE_INFINITY;
    const midnight = day * DAY_MS - offsetOf(day) * MINUTE_MS;
    sessions = trades
      ? calendar.sessions
          .filter((session) => session.openMinute < end)
          .map((session) => ({
            openMs: midnight + session.openMinute * MINUTE_MS,
            closeMs: midnight + Math.min(session.closeMinute, end) * MINUTE_MS,
          }))
      : [];
    days.set(day, sessions);
    return sessions;
  };
  const localDay = (timeMs: TimeMs): number => {
    const day = Math.floor(timeMs / DAY_MS);
    return Math.floor((timeMs + offsetOf(day) * MINUTE_MS) / DAY_MS);
  };
  /** Trading day and session that hold the time. */
  const find = (timeMs: TimeMs): { readonly day: number; readonly session: Session } | null => {
    const around = localDay(timeMs);
    for (let day = around - 1; day <= around + 1; day++) {
      const session = sessionsOf(day).find((each) => timeMs >= each.openMs && timeMs < each.closeMs);
      if (session !== undefined) return { day, session };
    }
    return null;
  };
  const spanOf = (spec: TimeframeSpec, day: number): readonly [first: number, last: number] => {
    if (spec.count !== 1) throw new RangeError(`expected 1d, 1w or 1mo with sessions, found ${spec.text}`);
    if (spec.unit === 'd') return [day, day];
    if (spec.unit === 'w') return [day - weekdayOf(day) + 1, day - weekdayOf(day) + 7];
    return monthOf(day);
  };
  const isIntraday = (spec: TimeframeSpec): boolean => spec.unit === 's' || spec.unit === 'm' || spec.unit === 'h';
  const firstOpen = (from: number, last: number): TimeMs => {
    for (let day = from; day <= last; day++) {
      const [session] = sessionsOf(day);
      if (session !== undefined) return session.openMs;
    }
    throw new RangeError(`${calendar.name} has no session within ${last - from + 1} days`);
  };
  const lastClose = (from: number, last: number): TimeMs => {
    for (let day = last; day >= from; day--) {
      const session = sessionsOf(day).at(-1);
      if (session !== undefined) return session.closeMs;
    }
    throw new RangeError(`${calendar.name} has no session within ${last - from + 1} days`);
  };

  const grid: BarGrid = {
    utcOffsetMs: null,
    open(spec, timeMs) {
      const found = find(timeMs);
      if (found === null) return Number.NaN;
      const { day, session } = found;
      if (isIntraday(spec)) return session.openMs + Math.floor((timeMs - session.openMs) / spec.ms) * spec.ms;
      return firstOpen(...spanOf(spec, day));
    },
    close(spec, openMs) {
      const found = find(openMs);
      if (found === null) return Number.NaN;
      if (isIntraday(spec)) return Math.min(openMs + spec.ms, found.session.closeMs);
      return lastClose(...spanOf(spec, found.day));
    },
    next(spec, openMs) {
      const found = find(openMs);
      if (isIntraday(spec) && found !== null && openMs + spec.ms < found.session.closeMs) return openMs + spec.ms;
      const last = found === null || isIntraday(spec) ? localDay(openMs) - 1 : spanOf(spec, found.day)[1];
      for (let day = last + 1; day <= last + SEARCH_DAYS; day++) {
        const session = sessionsOf(day).find((each) => each.openMs > openMs);
        if (session !== undefined) return grid.open(spec, session.openMs);
      }
      throw new RangeError(`${calendar.name} has no session within ${SEARCH_DAYS} days`);
    },
    between(spec, fromOpenMs, toOpenMs) {
      let count = 0;
      for (let at = grid.next(spec, fromOpenMs); at < toOpenMs; at = grid.next(spec, at)) count++;
      // A bar that is itself off the grid stands in the last counted one's place.
      return count > 0 && Number.isNaN(grid.open(spec, toOpenMs)) ? count - 1 : count;
    },
  };
  return grid;
}

function monthOf(day: number): readonly [first: number, last: number] {
  const [year, month] = civilDate(day * DAY_MS);
  const next = month === 12 ? civilToMs(year + 1, 1, 1) : civilToMs(year, month + 1, 1);
  return [civilToMs(year, month, 1) / DAY_MS, next / DAY_MS - 1];
}
