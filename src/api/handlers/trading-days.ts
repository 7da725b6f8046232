import { type BarGrid, utcGrid } from '../../core/market/bar-grid.ts';
import { gridOfCalendar } from '../../core/market/calendars.ts';
import { sessionGrid } from '../../core/market/session-calendar.ts';
import { isExtendedHours } from '../../core/market/us-equities.ts';
import type { BacktestFeed } from '../../core/research/backtest.ts';
import type { CalendarName } from '../../core/vocabulary/calendar.ts';
import { DAY_MS, timeframe } from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';

/** Monday to Friday, for exchanges whose holidays are not known here: they count as gaps. */
const WEEKDAYS = sessionGrid({
  name: 'Monday to Friday',
  sessions: [{ openMinute: 0, closeMinute: 1440 }],
  weekdays: [1, 2, 3, 4, 5],
  holidays: [],
  halfDays: {},
  utcOffsets: [],
});

/** Whether a feed is of an exchange with sessions: its calendar says so, or its daily bars of shares know no weekend. */
export function keepsWeekends(feed: BacktestFeed): boolean {
  const { instrument, bars, timeframe: text, calendar } = feed;
  if (calendar !== undefined) return calendar !== '24x7';
  if (instrument.kind !== 'equity' || timeframe(text).ms !== DAY_MS) return false;
  // Day 0, 1970-01-01, was a Thursday: days 2 and 3 of each week counted from it are Saturday and Sunday.
  return bars.openTimeMs.every((t) => {
    const day = Math.floor(t / DAY_MS) % 7;
    return day !== 2 && day !== 3;
  });
}

/** The calendar by which gaps in a feed are counted. */
export function gridOf(feed: BacktestFeed): BarGrid {
  const spec = timeframe(feed.timeframe);
  if (feed.calendar !== undefined) return gridOfCalendar(feed.calendar, spec);
  return keepsWeekends(feed) ? WEEKDAYS : utcGrid();
}

/**
 * The calendar of a feed: the one asked for; else New York's for shares in dollars whose every bar fits it; else none, which is UTC days
 * around the clock. Throws {@link Failure} where what was asked for does not fit the bars.
 */
export function calendarFor(feed: BacktestFeed, asked: CalendarName | undefined): CalendarName | undefined {
  if (asked === '24x7') return asked;
  const { instrument } = feed;
  if (asked === undefined) {
    const mayBe = instrument.kind === 'equity' && instrument.quote === 'USD';
    return mayBe && fits(feed, true) ? 'us-equities' : undefined;
  }
  if (fits(feed, false)) return asked;
  throw new Failure(
    'input-invalid',
    `calendar: the ${feed.timeframe} bars of ${instrument.id} do not fit ${asked}: none lies in a session, or they begin between its opens and cut through them`,
    {
      hint: 'Give bars that count from the session’s open (of 30 minutes or finer, say), or leave --calendar out.',
      details: { field: 'calendar', found: asked },
    },
  );
}

/** Whether bars count from the opens of New York's sessions; `strict`: and there are none at other hours of the clock. */
function fits(feed: BacktestFeed, strict: boolean): boolean {
  const spec = timeframe(feed.timeframe);
  const grid = gridOfCalendar('us-equities', spec);
  const { openTimeMs } = feed.bars;
  const isDated = grid.isDated === true;
  if (isDated && spec.ms !== DAY_MS) return !strict;
  let inside = 0;
  for (let i = 0; i < openTimeMs.length; i++) {
    const t = openTimeMs[i]!;
    if (isDated) {
      if (t % DAY_MS !== 0) return false;
      // The day before ends its gap with this one exactly where this one is a trading day.
      if (grid.next(spec, t - DAY_MS) === t) inside++;
      else if (strict) return false;
      continue;
    }
    const open = grid.open(spec, t);
    if (open === t) inside++;
    else if (!Number.isNaN(open)) return false;
    else if (strict && !isExtendedHours(t)) return false;
    // One that begins before a session and ends in it would be lost to every higher bar.
    else if (!Number.isNaN(grid.open(spec, t + spec.ms - 1))) return false;
  }
  return inside > 0;
}
