import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { RollingSum } from '../volatility/rolling-sum.ts';
import { trueRange } from '../volatility/true-range.ts';

class Vortex implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #plus: RollingSum;
  readonly #minus: RollingSum;
  readonly #ranges: RollingSum;
  /** High, low and close of the previous bar. */
  readonly #previous = new Float64Array(3).fill(Number.NaN);

  constructor(n: number) {
    this.#plus = new RollingSum(n);
    this.#minus = new RollingSum(n);
    this.#ranges = new RollingSum(n);
  }

  next(high: number, low: number, close: number): number {
    const previous = this.#previous;
    const plus = Math.abs(high - previous[1]!);
    const minus = Math.abs(low - previous[0]!);
    const range = trueRange(high, low, previous[2]!);
    previous[0] = high;
    previous[1] = low;
    previous[2] = close;
    if (Number.isNaN(plus)) return Number.NaN;
    const plusSum = this.#plus.next(plus);
    const minusSum = this.#minus.next(minus);
    const travelled = this.#ranges.next(range);
    this.out[0] = travelled === 0 ? 1 : plusSum / travelled;
    this.out[1] = travelled === 0 ? 1 : minusSum / travelled;
    return this.out[0]!;
  }

  rebase(): void {
    this.#plus.rebase();
    this.#minus.rebase();
    this.#ranges.rebase();
  }
}

/** Vortex indicator, VI+ and VI−. A market that did not move has 1 for both, the value around which they swing. */
export const vortex = defineIndicator({
  name: 'vortex',
  title: 'Vortex indicator',
  group: 'trend',
  inputs: ['high', 'low', 'close'],
  outputs: ['plus', 'minus'],
  params: { length: length(14) },
  unit: 'ratio',
  formula: 'Σ|high − previous low| / Σ true range; Σ|low − previous high| / Σ true range',
  source: 'Botes and Siepman, The vortex indicator, Stocks & Commodities, 2010',
  warmup: (p) => p.length,
  create: (p) => new Vortex(p.length),
});
