import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { choice } from './choice.ts';
import { logRatio, PERIODS_PER_YEAR } from './log-ratio.ts';
import { RollingVariance } from './rolling-variance.ts';

class HistoricalVolatility implements Kernel {
  readonly #returns: RollingVariance;
  readonly #simple: boolean;
  readonly #divisor: number;
  readonly #annual: number;
  readonly #previous = new Float64Array(1).fill(Number.NaN);

  constructor(n: number, periodsPerYear: number, returns: number, sample: number) {
    this.#returns = new RollingVariance(n);
    this.#simple = returns === 1;
    this.#divisor = Math.max(1, n - sample);
    this.#annual = Math.sqrt(periodsPerYear);
  }

  next(x: number): number {
    const previous = this.#previous[0]!;
    this.#previous[0] = x;
    if (Number.isNaN(previous)) return Number.NaN;
    const change = this.#simple ? (previous === 0 ? 0 : x / previous - 1) : logRatio(x, previous);
    return Math.sqrt(this.#returns.next(change) / this.#divisor) * this.#annual;
  }

  rebase(): void {
    this.#returns.rebase();
  }
}

/** Historical volatility: annualised standard deviation of returns, as a ratio (0.2 is 20 % a year). */
export const historicalVolatility = defineIndicator({
  name: 'historical-volatility',
  title: 'Historical volatility',
  group: 'volatility',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    length: length(20, 1, 'returns in the window'),
    periodsPerYear: PERIODS_PER_YEAR,
    returns: choice(0, 1, '0 logarithmic returns, 1 simple returns'),
    sample: choice(1, 1, "0 or 'population' divides by n, 1 or 'sample' by n − 1"),
  },
  unit: 'ratio',
  formula: '√periods · σ of n returns ln(x / previous x)',
  source: 'Hull, Options, Futures and Other Derivatives, ch. 15; simple returns over a population as Tulip volatility',
  warmup: (p) => p.length,
  create: (p) => new HistoricalVolatility(p.length, p.periodsPerYear, p.returns, p.sample),
});
