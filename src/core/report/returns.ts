import { civilDate, civilToMs, DAY_MS, formatDay, WEEK_MS } from '../vocabulary/time.ts';
import { annualGrowth } from './growth.ts';
import { type Figure, settle } from './metric.ts';

/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Simple returns `p[i] / p[i−1] − 1`, one fewer than prices. After a price ≤ 0 (ruin) the return is 0: nothing is left to move. */
export function simpleReturns(prices: ArrayLike<number>): Float64Array {
  const out = new Float64Array(Math.max(0, prices.length - 1));
  for (let i = 0; i < out.length; i++) {
    const before = prices[i]!;
    out[i] = before > 0 ? prices[i + 1]! / before - 1 : 0;
  }
  return out;
}

/** Growth of one unit of money after each return: Π(1 + r). */
export function growthOf(returns: ArrayLike<number>): Float64Array {
  const out = new Float64Array(returns.length);
  let growth = 1;
  for (let i = 0; i < out.length; i++) {
    growth *= 1 + returns[i]!;
    out[i] = growth;
  }
  return out;
}

/** Cumulative returns Π(1 + r) − 1 after each return. */
export function cumulativeReturns(returns: ArrayLike<number>): Float64Array {
  return growthOf(returns).map((growth) => growth - 1);
}

/** Return over the whole column: Π(1 + r) − 1. */
export function totalReturn(returns: ArrayLike<number>): Figure {
  if (returns.length === 0) return 'no-data';
  let growth = 1;
  for (let i = 0; i < returns.length; i++) growth *= 1 + returns[i]!;
  return settle(growth - 1);
}

/** Compound return per year of `returns.length / periodsPerYear` years. */
export function annualReturn(returns: ArrayLike<number>, periodsPerYear: number): Figure {
  const total = totalReturn(returns);
  return typeof total === 'number' ? annualGrowth(1 + total, returns.length / periodsPerYear) : total;
}

export type ReturnPeriod = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A compounded return of one calendar period. `startMs` is the midnight at which the period begins. */
export interface PeriodReturn {
  readonly startMs: number;
  readonly label: string;
  readonly value: number;
}

/** Midnight UTC at which the calendar period of an instant begins. Weeks begin on Monday. */
export function periodStart(timeMs: number, period: ReturnPeriod): number {
  const [year, month] = civilDate(timeMs);
  switch (period) {
    case 'day':
      return Math.floor(timeMs / DAY_MS) * DAY_MS;
    case 'week':
      return Math.floor((timeMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
    case 'month':
      return civilToMs(year, month, 1);
    case 'quarter':
      return civilToMs(year, month - ((month - 1) % 3), 1);
    case 'year':
      return civilToMs(year, 1, 1);
  }
}

/** `2024-01-31`, `2024-W05`, `2024-01`, `2024-Q1`, `2024` for the start of a period. ISO weeks belong to the year of their Thursday. */
export function periodLabel(startMs: number, period: ReturnPeriod): string {
  const [year, month] = civilDate(startMs);
  switch (period) {
    case 'day':
      return formatDay(startMs);
    case 'week': {
      const thursday = startMs + 3 * DAY_MS;
      const [weekYear] = civilDate(thursday);
      const week = Math.floor((thursday - civilToMs(weekYear, 1, 1)) / WEEK_MS) + 1;
      return `${weekYear}-W${String(week).padStart(2, '0')}`;
    }
    case 'month':
      return `${year}-${String(month).padStart(2, '0')}`;
    case 'quarter':
      return `${year}-Q${Math.ceil(month / 3)}`;
    case 'year':
      return `${year}`;
  }
}

/** Compounds dated returns by calendar period (UTC; weeks are ISO, from Monday). `dayMs` ascending, one per return. */
export function aggregateReturns(
  dayMs: ArrayLike<number>,
  returns: ArrayLike<number>,
  period: ReturnPeriod,
): PeriodReturn[] {
  const out: PeriodReturn[] = [];
  let startMs = Number.NaN;
  let growth = 1;
  for (let i = 0; i < returns.length; i++) {
    const start = periodStart(dayMs[i]!, period);
    if (start !== startMs) {
      if (i > 0) out.push({ startMs, label: periodLabel(startMs, period), value: growth - 1 });
      startMs = start;
      growth = 1;
    }
    growth *= 1 + returns[i]!;
  }
  if (returns.length > 0) out.push({ startMs, label: periodLabel(startMs, period), value: growth - 1 });
  return out;
}
