import { defineIndicator, type Kernel, length } from '../indicator.ts';

class UlcerIndex implements Kernel {
  readonly #n: number;
  readonly #window: Float64Array;
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#n = n;
    this.#window = new Float64Array(n);
  }

  next(x: number): number {
    const n = this.#n;
    const window = this.#window;
    window[this.#at] = x;
    this.#at = this.#at + 1 === n ? 0 : this.#at + 1;
    if (this.#seen < n && ++this.#seen < n) return Number.NaN;
    let peak = 0;
    let squares = 0;
    for (let k = this.#at, left = n; left > 0; left--, k = k + 1 === n ? 0 : k + 1) {
      const value = window[k]!;
      if (value > peak) peak = value;
      // Without a positive peak nothing can have been lost from it.
      const drawdown = peak > 0 ? (100 * (value - peak)) / peak : 0;
      squares += drawdown * drawdown;
    }
    return Math.sqrt(squares / n);
  }
}

/**
 * Ulcer index: root mean square of the percentage drawdowns from the highest value since the beginning of the window. Martin's
 * own tables take the peak of the n bars before each bar instead, which needs 2n − 1 bars and agrees with this one in its first
 * window only; the windowed form is Skender's.
 */
export const ulcerIndex = defineIndicator({
  name: 'ulcer-index',
  title: 'Ulcer index',
  group: 'volatility',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'percent',
  formula: '√(mean of (100·(x − peak in the window so far)/peak)²)',
  source: 'Martin and McCann, The Investor’s Guide to Fidelity Funds, 1989; window as Skender Stock Indicators',
  warmup: (p) => p.length - 1,
  create: (p) => new UlcerIndex(p.length),
});
