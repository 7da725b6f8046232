import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { sma } from './sma.ts';

class Triangular implements Kernel {
  readonly #first: Kernel;
  readonly #second: Kernel;

  constructor(n: number) {
    this.#first = sma.create({ length: Math.ceil(n / 2) });
    this.#second = sma.create({ length: Math.floor(n / 2) + 1 });
  }

  next(x: number): number {
    const mean = this.#first.next(x, 0, 0, 0, 0);
    return Number.isNaN(mean) ? Number.NaN : this.#second.next(mean, 0, 0, 0, 0);
  }

  rebase(): void {
    this.#first.rebase?.();
    this.#second.rebase?.();
  }
}

/** Triangular moving average: a simple average of a simple average, so that the middle of the window weighs most. */
export const trima = defineIndicator({
  name: 'trima',
  title: 'Triangular moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'SMA(⌊n/2⌋ + 1) of SMA(⌈n/2⌉)',
  source: 'Achelis, Technical Analysis from A to Z, 2000; TA-Lib TRIMA',
  warmup: (p) => p.length - 1,
  create: (p) => new Triangular(p.length),
});
