import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { choice } from './choice.ts';
import { RollingVariance } from './rolling-variance.ts';

const SAMPLE_ABOUT = "0 or 'population' divides by n, 1 or 'sample' by n − 1";

class Variance implements Kernel {
  readonly #window: RollingVariance;
  readonly #divisor: number;

  constructor(n: number, sample: number) {
    this.#window = new RollingVariance(n);
    // One value has no spread around its own mean: 0 for a sample of one, instead of 0/0.
    this.#divisor = Math.max(1, n - sample);
  }

  next(x: number): number {
    return this.#window.next(x) / this.#divisor;
  }

  rebase(): void {
    this.#window.rebase();
  }
}

class Deviation implements Kernel {
  readonly #variance: Variance;

  constructor(n: number, sample: number) {
    this.#variance = new Variance(n, sample);
  }

  next(x: number): number {
    return Math.sqrt(this.#variance.next(x));
  }

  rebase(): void {
    this.#variance.rebase();
  }
}

/** Variance of the last n values; of the population (TA-Lib, Tulip) or of a sample. A sample of one value has variance 0. */
export const variance = defineIndicator({
  name: 'variance',
  title: 'Variance',
  group: 'volatility',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), sample: choice(0, 1, SAMPLE_ABOUT) },
  unit: 'input²',
  formula: 'Σ(x − mean)² / n, or / (n − 1)',
  source: 'population as TA-Lib VAR; sample as Excel VAR.S',
  warmup: (p) => p.length - 1,
  create: (p) => new Variance(p.length, p.sample),
});

/** Standard deviation of the last n values; of the population (TA-Lib, Tulip, Skender) or of a sample. */
export const stddev = defineIndicator({
  name: 'stddev',
  title: 'Standard deviation',
  group: 'volatility',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), sample: choice(0, 1, SAMPLE_ABOUT) },
  unit: 'input',
  formula: '√(Σ(x − mean)² / n), or / (n − 1)',
  source: 'population as TA-Lib STDDEV; sample as Excel STDEV.S',
  warmup: (p) => p.length - 1,
  create: (p) => new Deviation(p.length, p.sample),
});
