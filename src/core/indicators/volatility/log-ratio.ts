import { factor } from '../indicator.ts';

/** ln(a / b); 0 where a price is not positive, because such a step has no logarithm and must not poison the window. */
export function logRatio(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.log(a / b) : 0;
}

/** Bars in a year, by whose root a volatility of bars is scaled to one of years. */
export const PERIODS_PER_YEAR = factor(
  252,
  1,
  31_536_000,
  'bars in a year: 252 for daily bars of a stock exchange, 365 for daily bars of a market that never closes',
);
