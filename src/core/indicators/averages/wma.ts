import { defineIndicator, type Kernel, length } from '../indicator.ts';

/** Linearly weighted and simple mean of one window, each kept up by one addition and one subtraction a step. */
export class WeightedMean implements Kernel {
  readonly #window: Float64Array;
  /** [0] sum, [1] sum weighted 1 (oldest) to n (newest). */
  readonly #sums = new Float64Array(2);
  readonly #n: number;
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#n = n;
    this.#window = new Float64Array(n);
  }

  /** Weighted mean; NaN until the window is full. */
  next(x: number): number {
    const n = this.#n;
    const window = this.#window;
    const sums = this.#sums;
    const at = this.#at;
    const sum = sums[0]!;
    const oldest = window[at]!;
    window[at] = x;
    this.#at = at + 1 === n ? 0 : at + 1;
    if (this.#seen < n) {
      sums[0] = sum + x;
      sums[1] = sums[1]! + ++this.#seen * x;
      return this.#seen < n ? Number.NaN : sums[1]! / (0.5 * n * (n + 1));
    }
    const weighted = sums[1]! + (n * x - sum);
    sums[1] = weighted;
    sums[0] = sum + (x - oldest);
    return weighted / (0.5 * n * (n + 1));
  }

  /** Simple mean of the same window; valid once {@link next} gave a number. */
  get mean(): number {
    return this.#sums[0]! / this.#n;
  }

  rebase(): void {
    const n = this.#n;
    let sum = 0;
    let weighted = 0;
    const seen = this.#seen;
    const first = seen < n ? 0 : this.#at;
    for (let k = 0; k < seen; k++) {
      const x = this.#window[(first + k) % n]!;
      sum += x;
      weighted += (k + 1) * x;
    }
    this.#sums[0] = sum;
    this.#sums[1] = weighted;
  }
}

/** Weighted moving average: weights fall linearly from n for the newest value to 1 for the oldest. */
export const wma = defineIndicator({
  name: 'wma',
  title: 'Weighted moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'input',
  formula: '(n·x₀ + (n−1)·x₁ + … + 1·xₙ₋₁) / (n(n+1)/2)',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999, ch. 9',
  warmup: (p) => p.length - 1,
  create: (p) => new WeightedMean(p.length),
});
