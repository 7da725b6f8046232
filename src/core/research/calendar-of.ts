import { ALWAYS_OPEN, exchangeSessions, type ReportCalendar } from '../report/calendar.ts';
import { DAY_MS, isWeekend } from '../vocabulary/time.ts';
import type { BacktestFeed } from './backtest.ts';

/** Days of bars from which the absence of weekends means something. */
const ENOUGH_DAYS = 20;

/**
 * The calendar on which a run's returns are sampled: trading sessions where no feed has a bar on a Saturday or Sunday (252 a
 * year, a US exchange's count), else every day. Mixed portfolios are sampled every day. It is printed with every annualised figure.
 */
export function calendarOf(feeds: readonly BacktestFeed[]): ReportCalendar {
  for (const feed of feeds) {
    const { openTimeMs } = feed.bars;
    let days = 0;
    let last = Number.NaN;
    for (let i = 0; i < openTimeMs.length; i++) {
      const day = Math.floor(openTimeMs[i]! / DAY_MS);
      if (day === last) continue;
      if (isWeekend(day)) return ALWAYS_OPEN;
      last = day;
      days++;
    }
    if (days < ENOUGH_DAYS) return ALWAYS_OPEN;
  }
  return exchangeSessions();
}
