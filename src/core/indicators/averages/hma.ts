import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { WeightedMean } from './wma.ts';

class Hull implements Kernel {
  readonly #half: WeightedMean;
  readonly #whole: WeightedMean;
  readonly #root: WeightedMean;

  constructor(n: number) {
    this.#half = new WeightedMean(Math.floor(n / 2));
    this.#whole = new WeightedMean(n);
    this.#root = new WeightedMean(Math.floor(Math.sqrt(n)));
  }

  next(x: number): number {
    const half = this.#half.next(x);
    const whole = this.#whole.next(x);
    return Number.isNaN(whole) ? Number.NaN : this.#root.next(half + (half - whole));
  }

  rebase(): void {
    this.#half.rebase();
    this.#whole.rebase();
    this.#root.rebase();
  }
}

/** Hull moving average. n/2 and √n are rounded down, as Tulip and Skender do; Hull's site rounds √n to the nearest. */
export const hma = defineIndicator({
  name: 'hma',
  title: 'Hull moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20, 2) },
  unit: 'input',
  formula: 'WMA(⌊√n⌋) of 2·WMA(⌊n/2⌋) − WMA(n)',
  source: 'Hull, 2005, alanhull.com; rounding as Tulip Indicators',
  warmup: (p) => p.length - 1 + Math.floor(Math.sqrt(p.length)) - 1,
  create: (p) => new Hull(p.length),
});
