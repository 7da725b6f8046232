import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { Smoothing } from './ema.ts';
import { SEED, seedLength } from './seed.ts';

const lagOf = (n: number): number => Math.floor((n - 1) / 2);

class ZeroLag implements Kernel {
  readonly #past: Float64Array;
  readonly #smoothing: Smoothing;
  readonly #fromPrice: boolean;
  #at = 0;
  #seen = 0;

  constructor(n: number, seed: number) {
    this.#past = new Float64Array(lagOf(n));
    this.#smoothing = new Smoothing(seedLength(n, seed), 2 / (n + 1));
    this.#fromPrice = seed === 2;
  }

  next(x: number): number {
    const past = this.#past;
    const lag = past.length;
    if (lag === 0) return this.#smoothing.next(x);
    const at = this.#at;
    const before = past[at]!;
    past[at] = x;
    this.#at = at + 1 === lag ? 0 : at + 1;
    if (this.#seen < lag) {
      this.#seen++;
      return this.#fromPrice && this.#seen === lag ? this.#smoothing.next(x) : Number.NaN;
    }
    return this.#smoothing.next(x + (x - before));
  }
}

/** Bars before the first value. Seeded with the first value, it starts one bar before prices can be de-lagged, as Tulip does. */
const warmup = (n: number, seed: number): number =>
  seed === 2 ? Math.max(0, lagOf(n) - 1) : lagOf(n) + seedLength(n, seed) - 1;

/** Zero-lag exponential moving average: an EMA of prices moved ahead by what they changed over the EMA's lag. */
export const zlema = defineIndicator({
  name: 'zlema',
  title: 'Zero-lag exponential moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), seed: SEED },
  unit: 'input',
  formula: 'EMA(n) of x + (x − x[⌊(n−1)/2⌋ bars ago])',
  source: 'Ehlers and Way, Zero Lag (Well, Almost), Stocks & Commodities 28:12, 2010; lag as Tulip Indicators',
  warmup: (p) => warmup(p.length, p.seed),
  settle: (p) => warmup(p.length, p.seed) + settleBars(2 / (p.length + 1)),
  create: (p) => new ZeroLag(p.length, p.seed),
});
