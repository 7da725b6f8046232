import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { SEED, seedLength } from './seed.ts';

/** Exponential smoothing seeded with the simple mean of the first `n` values; also the core of Wilder's smoothing. */
export class Smoothing implements Kernel {
  readonly #n: number;
  /** [0] the average, or the sum while seeding. */
  readonly #state = new Float64Array(1);
  readonly #alpha: number;
  #seen = 0;

  constructor(n: number, alpha: number) {
    this.#n = n;
    this.#alpha = alpha;
  }

  next(x: number): number {
    const state = this.#state;
    if (this.#seen >= this.#n) {
      const y = state[0]! + this.#alpha * (x - state[0]!);
      state[0] = y;
      return y;
    }
    const sum = state[0]! + x;
    state[0] = sum;
    if (++this.#seen < this.#n) return Number.NaN;
    const mean = sum / this.#n;
    state[0] = mean;
    return mean;
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    let i = from;
    for (; i < to && this.#seen < this.#n; i++) out[i] = this.next(x[i]!);
    let y = this.#state[0]!;
    const alpha = this.#alpha;
    for (; i < to; i++) {
      y += alpha * (x[i]! - y);
      out[i] = y;
    }
    this.#state[0] = y;
  }
}

/**
 * Exponential moving average, by default seeded with the simple mean of the first n values, as TA-Lib and most charting packages
 * do; Tulip and pandas seed with the first value (`seed` 2), so their first few hundred values differ.
 */
export const ema = defineIndicator({
  name: 'ema',
  title: 'Exponential moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), seed: SEED },
  unit: 'input',
  formula: 'y += 2/(n+1) · (x − y); first y = mean of n values',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999, ch. 9; seed as TA-Lib EMA (classic)',
  warmup: (p) => seedLength(p.length, p.seed) - 1,
  settle: (p) => seedLength(p.length, p.seed) - 1 + settleBars(2 / (p.length + 1)),
  create: (p) => new Smoothing(seedLength(p.length, p.seed), 2 / (p.length + 1)),
});
