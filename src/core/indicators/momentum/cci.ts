import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { ROUNDING } from '../volume/price-direction.ts';

class Cci implements Kernel {
  readonly #window: Float64Array;
  readonly #constant: number;
  #at = 0;
  #seen = 0;

  constructor(n: number, constant: number) {
    this.#window = new Float64Array(n);
    this.#constant = constant;
  }

  next(high: number, low: number, close: number): number {
    const window = this.#window;
    const n = window.length;
    const x = (high + low + close) / 3;
    window[this.#at] = x;
    this.#at = this.#at + 1 === n ? 0 : this.#at + 1;
    if (this.#seen < n && ++this.#seen < n) return Number.NaN;
    // Distances from the newest value: exact zeros in a flat window, and nothing lost to a large price.
    let sum = 0;
    for (let k = 0; k < n; k++) sum += window[k]! - x;
    const mean = sum / n;
    let deviation = 0;
    for (let k = 0; k < n; k++) deviation += Math.abs(window[k]! - x - mean);
    // Decimal prices that add up to the same differ in their last bits, which the ratio would blow up to ±67 and more.
    return deviation <= ROUNDING * Math.abs(x) * n ? 0 : (-mean * n) / (this.#constant * deviation);
  }
}

/** Commodity channel index of the typical price. 0 where the window is flat: the price is at its mean. */
export const cci = defineIndicator({
  name: 'cci',
  title: 'Commodity channel index',
  group: 'momentum',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: {
    length: length(20),
    constant: factor(0.015, 0.0001, 100, "scale: Lambert's 0.015 keeps most values within ±100"),
  },
  unit: 'ratio',
  formula: '(t − mean t) / (0.015 · mean |t − mean t|), t = (high + low + close)/3',
  source: 'Lambert, Commodities, October 1980',
  warmup: (p) => p.length - 1,
  create: (p) => new Cci(p.length, p.constant),
});
