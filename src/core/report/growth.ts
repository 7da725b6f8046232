import { type Figure, settle } from './metric.ts';

/** Days of a year in elapsed time; the law for CAGR whatever the calendar of the returns. */
export const DAYS_PER_YEAR = 365.25;

/** `base ^ exponent` for a positive base, by exp and log. `'ruined'` where nothing is left to grow. */
export function power(base: number, exponent: number): Figure {
  return base > 0 ? settle(Math.exp(exponent * Math.log(base))) : 'ruined';
}

/** Growth per year, less one: `growth^(1/years) − 1`. `growth` is last ÷ first. */
export function annualGrowth(growth: number, years: number): Figure {
  if (!(years > 0)) return 'too-short';
  return growth > 0 ? settle(Math.expm1(Math.log(growth) / years)) : 'ruined';
}

/** CAGR over elapsed days of 365.25-day years. */
export function cagr(growth: number, days: number): Figure {
  return annualGrowth(growth, days / DAYS_PER_YEAR);
}

/** The rate of one period that compounds to `annualRate` in `periodsPerYear` periods. */
export function perPeriodRate(annualRate: number, periodsPerYear: number): number {
  return Math.expm1(Math.log1p(annualRate) / periodsPerYear);
}
