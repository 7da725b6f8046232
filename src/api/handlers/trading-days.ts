import { type BarGrid, utcGrid } from '../../core/market/bar-grid.ts';
import { sessionGrid } from '../../core/market/session-calendar.ts';
import type { BacktestFeed } from '../../core/research/backtest.ts';
import { DAY_MS, timeframe } from '../../core/vocabulary/time.ts';

/** Monday to Friday; an exchange's holidays are not known here and count as gaps. */
const WEEKDAYS = sessionGrid({
  name: 'Monday to Friday',
  sessions: [{ openMinute: 0, closeMinute: 1440 }],
  weekdays: [1, 2, 3, 4, 5],
  holidays: [],
  halfDays: {},
  utcOffsets: [],
});

/** Whether bars are an exchange's trading days: shares, by the day, and none on a weekend. */
export function keepsWeekends({ instrument, bars, timeframe: text }: BacktestFeed): boolean {
  if (instrument.kind !== 'equity' || timeframe(text).ms !== DAY_MS) return false;
  // Day 0, 1970-01-01, was a Thursday: days 2 and 3 of each week counted from it are Saturday and Sunday.
  return bars.openTimeMs.every((t) => {
    const day = Math.floor(t / DAY_MS) % 7;
    return day !== 2 && day !== 3;
  });
}

/** The calendar by which gaps in a feed are counted. */
export function gridOf(feed: BacktestFeed): BarGrid {
  return keepsWeekends(feed) ? WEEKDAYS : utcGrid();
}
