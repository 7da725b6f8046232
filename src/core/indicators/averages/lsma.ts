import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { WeightedMean } from './wma.ts';

/** End of the least-squares line; the line's end is 3·WMA − 2·SMA, so no regression has to be solved. */
class EndPoint implements Kernel {
  readonly #means: WeightedMean;

  constructor(n: number) {
    this.#means = new WeightedMean(n);
  }

  next(x: number): number {
    const weighted = this.#means.next(x);
    return weighted + 2 * (weighted - this.#means.mean);
  }

  rebase(): void {
    this.#means.rebase();
  }
}

/**
 * Least-squares moving average: where the regression line through the last n values ends. Also called end-point moving average
 * (EPMA), linear regression (TA-Lib LINEARREG) or time-series moving average.
 */
export const lsma = defineIndicator({
  name: 'lsma',
  title: 'Least-squares moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(25) },
  unit: 'input',
  formula: '3·WMA(n) − 2·SMA(n), the last point of the regression line',
  source: 'TA-Lib LINEARREG; Skender EPMA',
  warmup: (p) => p.length - 1,
  create: (p) => new EndPoint(p.length),
});
