import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';

class Alma implements Kernel {
  readonly #weights: Float64Array;
  readonly #window: Float64Array;
  #at = 0;
  #seen = 0;

  constructor(n: number, offset: number, sigma: number, floor: number) {
    const centre = floor === 1 ? Math.floor(offset * (n - 1)) : offset * (n - 1);
    const width = n / sigma;
    const weights = Float64Array.from({ length: n }, (_, k) =>
      Math.exp((-(k - centre) * (k - centre)) / (2 * width * width)),
    );
    const total = weights.reduce((sum, w) => sum + w, 0);
    this.#weights = weights.map((w) => w / total);
    this.#window = new Float64Array(n);
  }

  next(x: number): number {
    const window = this.#window;
    const weights = this.#weights;
    const n = window.length;
    window[this.#at] = x;
    this.#at = this.#at + 1 === n ? 0 : this.#at + 1;
    if (this.#seen < n && ++this.#seen < n) return Number.NaN;
    let sum = 0;
    let k = 0;
    for (let j = this.#at; j < n; j++) sum += weights[k++]! * window[j]!;
    for (let j = 0; j < this.#at; j++) sum += weights[k++]! * window[j]!;
    return sum;
  }
}

/**
 * Arnaud Legoux moving average: Gaussian weights whose peak lies `offset` of the way from the oldest to the newest value. The
 * authors' code puts it on a whole bar (`floor` 1, as Tulip does); TradingView and Skender leave it where it falls.
 */
export const alma = defineIndicator({
  name: 'alma',
  title: 'Arnaud Legoux moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    length: length(9),
    offset: factor(0.85, 0, 1, 'where the weights peak: 0 oldest value, 1 newest'),
    sigma: factor(6, 0.1, 1000, 'how narrow the peak is: the window is this many standard deviations wide'),
    floor: { default: 0, min: 0, max: 1, integer: true, about: '1 puts the peak on a whole bar, rounding down' },
  },
  unit: 'input',
  formula: 'Σ w·x / Σ w, w = exp(−(k − offset·(n−1))² / (2(n/sigma)²))',
  source: 'Legoux and Kouzis-Loukas, 2009, arnaudlegoux.com',
  warmup: (p) => p.length - 1,
  create: (p) => new Alma(p.length, p.offset, p.sigma, p.floor),
});
