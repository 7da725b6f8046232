import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { choice } from './choice.ts';
import { RollingSum } from './rolling-sum.ts';

class MaEnvelope implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #n: number;
  readonly #sum: RollingSum;
  readonly #smoothing: Smoothing | null;
  readonly #offset: number;

  constructor(n: number, percent: number, average: number) {
    this.#n = n;
    this.#sum = new RollingSum(n);
    this.#smoothing = average === 0 ? null : new Smoothing(n, average === 1 ? 2 / (n + 1) : 1 / n);
    this.#offset = percent / 100;
  }

  next(x: number): number {
    const middle = this.#smoothing ? this.#smoothing.next(x) : this.#sum.next(x) / this.#n;
    this.out[0] = middle;
    this.out[1] = middle + middle * this.#offset;
    this.out[2] = middle - middle * this.#offset;
    return middle;
  }

  rebase(): void {
    this.#sum.rebase();
  }
}

/** Moving average with lines a fixed percentage above and below it. */
export const maEnvelope = defineIndicator({
  name: 'ma-envelope',
  title: 'Moving average envelope',
  group: 'volatility',
  inputs: ['value'],
  outputs: ['middle', 'upper', 'lower'],
  params: {
    length: length(20),
    percent: factor(2.5, 0, 1000, 'distance of the lines in percent of the average'),
    average: choice(0, 2, "0 or 'simple', 1 or 'exponential', 2 or 'smoothed' (Wilder)"),
  },
  unit: 'input',
  formula: 'MA · (1 ± percent/100)',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999, ch. 9',
  warmup: (p) => p.length - 1,
  settle: (p) => p.length - 1 + (p.average === 0 ? 0 : settleBars(p.average === 1 ? 2 / (p.length + 1) : 1 / p.length)),
  create: (p) => new MaEnvelope(p.length, p.percent, p.average),
});
