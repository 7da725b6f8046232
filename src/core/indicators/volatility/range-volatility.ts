import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { logRatio, PERIODS_PER_YEAR } from './log-ratio.ts';
import { RollingSum } from './rolling-sum.ts';
import { RollingVariance } from './rolling-variance.ts';

const params = { length: length(20), periodsPerYear: PERIODS_PER_YEAR };

/** A bar's own estimate of its variance, from the indicator's inputs in declared order. */
type Estimate = (a: number, b: number, c: number, d: number) => number;

/** Annualised root of the mean of a per-bar variance estimate. */
class RangeVolatility implements Kernel {
  readonly #estimate: Estimate;
  readonly #sum: RollingSum;
  readonly #scale: number;

  constructor(n: number, periodsPerYear: number, estimate: Estimate) {
    this.#estimate = estimate;
    this.#sum = new RollingSum(n);
    this.#scale = periodsPerYear / n;
  }

  next(a: number, b: number, c: number, d: number): number {
    const sum = this.#sum.next(this.#estimate(a, b, c, d));
    return Math.sqrt(Math.max(0, sum) * this.#scale);
  }

  rebase(): void {
    this.#sum.rebase();
  }
}

const FOUR_LN_2 = 4 * Math.LN2;

function parkinsonEstimate(high: number, low: number): number {
  const range = logRatio(high, low);
  return (range * range) / FOUR_LN_2;
}

function garmanKlassEstimate(open: number, high: number, low: number, close: number): number {
  const range = logRatio(high, low);
  const body = logRatio(close, open);
  return 0.5 * range * range - (2 * Math.LN2 - 1) * body * body;
}

function rogersSatchellEstimate(open: number, high: number, low: number, close: number): number {
  return logRatio(high, close) * logRatio(high, open) + logRatio(low, close) * logRatio(low, open);
}

/** Parkinson's volatility from highs and lows; annualised, a ratio. Assumes no drift and no gaps. */
export const parkinson = defineIndicator({
  name: 'parkinson-volatility',
  title: 'Parkinson volatility',
  group: 'volatility',
  inputs: ['high', 'low'],
  outputs: ['value'],
  params,
  unit: 'ratio',
  formula: '√(periods · mean of ln(high/low)² / (4 ln 2))',
  source: 'Parkinson, The extreme value method for estimating the variance of the rate of return, 1980',
  warmup: (p) => p.length - 1,
  create: (p) => new RangeVolatility(p.length, p.periodsPerYear, parkinsonEstimate),
});

/** Garman and Klass's volatility from open, high, low and close; annualised, a ratio. Assumes no drift and no gaps. */
export const garmanKlass = defineIndicator({
  name: 'garman-klass-volatility',
  title: 'Garman–Klass volatility',
  group: 'volatility',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params,
  unit: 'ratio',
  formula: '√(periods · mean of (½ ln(high/low)² − (2 ln 2 − 1) ln(close/open)²))',
  source: 'Garman and Klass, On the estimation of security price volatilities from historical data, 1980',
  warmup: (p) => p.length - 1,
  create: (p) => new RangeVolatility(p.length, p.periodsPerYear, garmanKlassEstimate),
});

/** Rogers and Satchell's volatility, right under a drift as well; annualised, a ratio. Assumes no gaps. */
export const rogersSatchell = defineIndicator({
  name: 'rogers-satchell-volatility',
  title: 'Rogers–Satchell volatility',
  group: 'volatility',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params,
  unit: 'ratio',
  formula: '√(periods · mean of (ln(high/close)·ln(high/open) + ln(low/close)·ln(low/open)))',
  source: 'Rogers and Satchell, Estimating variance from high, low and closing prices, 1991',
  warmup: (p) => p.length - 1,
  create: (p) => new RangeVolatility(p.length, p.periodsPerYear, rogersSatchellEstimate),
});

class YangZhang implements Kernel {
  readonly #n: number;
  readonly #gaps: RollingVariance;
  readonly #bodies: RollingVariance;
  readonly #ranges: RollingSum;
  readonly #periodsPerYear: number;
  readonly #weight: number;
  readonly #previousClose = new Float64Array(1).fill(Number.NaN);

  constructor(n: number, periodsPerYear: number) {
    this.#n = n;
    this.#gaps = new RollingVariance(n);
    this.#bodies = new RollingVariance(n);
    this.#ranges = new RollingSum(n);
    this.#periodsPerYear = periodsPerYear;
    this.#weight = 0.34 / (1.34 + (n + 1) / (n - 1));
  }

  next(open: number, high: number, low: number, close: number): number {
    const previous = this.#previousClose[0]!;
    this.#previousClose[0] = close;
    if (Number.isNaN(previous)) return Number.NaN;
    const n = this.#n;
    const gap = this.#gaps.next(logRatio(open, previous)) / (n - 1);
    const body = this.#bodies.next(logRatio(close, open)) / (n - 1);
    const range = this.#ranges.next(rogersSatchellEstimate(open, high, low, close)) / n;
    const k = this.#weight;
    return Math.sqrt(this.#periodsPerYear * (gap + k * body + (1 - k) * Math.max(0, range)));
  }

  rebase(): void {
    this.#gaps.rebase();
    this.#bodies.rebase();
    this.#ranges.rebase();
  }
}

/** Yang and Zhang's volatility, right under drift and gaps; annualised, a ratio. */
export const yangZhang = defineIndicator({
  name: 'yang-zhang-volatility',
  title: 'Yang–Zhang volatility',
  group: 'volatility',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params: { length: length(20, 2), periodsPerYear: PERIODS_PER_YEAR },
  unit: 'ratio',
  formula:
    '√(periods · (s²(ln open/previous close) + k·s²(ln close/open) + (1 − k)·Rogers–Satchell)), k = 0.34/(1.34 + (n + 1)/(n − 1))',
  source: 'Yang and Zhang, Drift-independent volatility estimation based on high, low, open, and close prices, 2000',
  warmup: (p) => p.length,
  create: (p) => new YangZhang(p.length, p.periodsPerYear),
});
