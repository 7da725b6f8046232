import { civilDate, civilToMs, DAY_MS } from '../vocabulary/time.ts';
import type { DailyReturns } from './equity-curve.ts';
import type { Figure } from './metric.ts';
import { aggregateReturns, type PeriodReturn, type ReturnPeriod, totalReturn } from './returns.ts';

/** A year of the monthly heat map: twelve months (null where the curve has none) and the whole year. */
export interface YearOfReturns {
  readonly year: number;
  readonly months: readonly (number | null)[];
  readonly total: number;
}

/** Monthly returns as a table, one row a year, oldest first. */
export function monthlyTable(daily: DailyReturns): YearOfReturns[] {
  const months = aggregateReturns(daily.dayMs, daily.returns, 'month');
  return aggregateReturns(daily.dayMs, daily.returns, 'year').map(({ startMs, value }) => {
    const [year] = civilDate(startMs);
    const cells = Array.from({ length: 12 }, (_, m) => months.find((x) => x.startMs === civilToMs(year, m + 1, 1)));
    return { year, months: cells.map((cell) => cell?.value ?? null), total: value };
  });
}

/** The best and the worst calendar period; null of an empty curve. Periods cut by the curve's ends count as they are. */
export function bestAndWorst(
  daily: DailyReturns,
  period: ReturnPeriod,
): { readonly best: PeriodReturn; readonly worst: PeriodReturn } | null {
  const all = aggregateReturns(daily.dayMs, daily.returns, period);
  const first = all[0];
  if (first === undefined) return null;
  let best = first;
  let worst = first;
  for (const one of all) {
    if (one.value > best.value) best = one;
    if (one.value < worst.value) worst = one;
  }
  return { best, worst };
}

export type TrailingPeriod = 'MTD' | '3M' | '6M' | 'YTD' | '1Y';

/** First day counted by a trailing window that ends with `lastDayMs`: `3M` to 31 May begins on 1 March (the day after 28/29 Feb). */
function trailingStart(lastDayMs: number, period: TrailingPeriod): number {
  const [year, month, day] = civilDate(lastDayMs);
  if (period === 'MTD') return civilToMs(year, month, 1);
  if (period === 'YTD') return civilToMs(year, 1, 1);
  const back = period === '3M' ? 3 : period === '6M' ? 6 : 12;
  const index = year * 12 + month - 1 - back;
  const y = Math.floor(index / 12);
  const m = index - y * 12 + 1;
  const daysInMonth = (civilToMs(m === 12 ? y + 1 : y, m === 12 ? 1 : m + 1, 1) - civilToMs(y, m, 1)) / DAY_MS;
  return civilToMs(y, m, Math.min(day, daysInMonth)) + DAY_MS;
}

/**
 * Return of the window that ends with the curve's last day; `'too-short'` where the curve begins later than a 3M, 6M or 1Y window. A month
 * or year to date that the curve begins in counts from there.
 */
export function trailingReturn(daily: DailyReturns, period: TrailingPeriod): Figure {
  const { dayMs, returns } = daily;
  const last = dayMs[dayMs.length - 1];
  if (last === undefined) return 'no-data';
  const start = trailingStart(last, period) + daily.calendar.dayOffsetMs;
  let i = dayMs.length;
  while (i > 0 && dayMs[i - 1]! >= start) i--;
  // A session calendar may have no session on the window's first days; a week covers the longest usual closure.
  const closed = daily.calendar.days === 'sessions' ? 7 * DAY_MS : 0;
  if (period !== 'MTD' && period !== 'YTD' && i === 0 && dayMs[0]! > start + closed) return 'too-short';
  return totalReturn(returns.subarray(i));
}
