import { DAY_MS } from '../vocabulary/time.ts';

/**
 * On which days an account's returns are sampled, and how many such days make a year. Both come from one place, or an
 * annualised figure is wrong: 365 on calendar days and 252 on sessions agree, 365 on sessions does not.
 */
export interface ReportCalendar {
  /** `'every-day'`: each UTC day counts, days without a bar repeat the last equity. `'sessions'`: only days that have a bar. */
  readonly days: 'every-day' | 'sessions';
  readonly periodsPerYear: number;
  /** When the account's day begins, after midnight UTC. */
  readonly dayOffsetMs: number;
}

/** Crypto and mixed portfolios: every UTC day, 365 a year. */
export const ALWAYS_OPEN: ReportCalendar = { days: 'every-day', periodsPerYear: 365, dayOffsetMs: 0 };

/** An exchange's sessions: the days that have a bar; `periodsPerYear` is that exchange's count, by default 252. */
export function exchangeSessions(periodsPerYear = 252, dayOffsetMs = 0): ReportCalendar {
  return { days: 'sessions', periodsPerYear, dayOffsetMs };
}

/** Index of the day that a close time belongs to: an instant on the boundary closes the day before it. */
export function dayIndexOfClose(closeMs: number, calendar: ReportCalendar): number {
  return Math.ceil((closeMs - calendar.dayOffsetMs) / DAY_MS) - 1;
}
