import { sma } from '../averages/sma.ts';
import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Lag } from './changes.ts';

const backOf = (n: number): number => Math.floor(n / 2) + 1;

class Detrended implements Kernel {
  readonly #mean: Kernel;
  readonly #lag: Lag;

  constructor(n: number) {
    this.#mean = sma.create({ length: n });
    this.#lag = new Lag(backOf(n));
  }

  next(x: number): number {
    return this.#lag.next(x) - this.#mean.next(x, 0, 0, 0, 0);
  }

  rebase(): void {
    this.#mean.rebase?.();
  }
}

/**
 * Detrended price oscillator: the value of half a window ago against the mean of the window now. Charts often draw it ⌊n/2⌋ + 1 bars
 * further left, where it would look into the future; here it stands at the bar at which it is known.
 */
export const dpo = defineIndicator({
  name: 'dpo',
  title: 'Detrended price oscillator',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'x[⌊n/2⌋ + 1 bars ago] − SMA(n)',
  source: 'Achelis, Technical Analysis from A to Z, 2000',
  warmup: (p) => Math.max(p.length - 1, backOf(p.length)),
  create: (p) => new Detrended(p.length),
});
