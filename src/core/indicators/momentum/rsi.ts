import { SEED } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';

/** Share of gains in all movement, in percent; 50 where nothing moved. Divided first, so that gains alone are exactly 100. */
const strength = (gain: number, loss: number): number => (gain + loss === 0 ? 50 : 100 * (gain / (gain + loss)));

/** Wilder's relative strength of a series; also what StochRSI and Connors RSI are made of. */
export class Rsi implements Kernel {
  readonly #n: number;
  readonly #alpha: number;
  /** [0] average gain, [1] average loss (sums while seeding), [2] previous value. */
  readonly #state = new Float64Array(3);
  readonly #fromZero: boolean;
  #seen = 0;

  constructor(n: number, seed = 0) {
    this.#n = n;
    this.#alpha = 1 / n;
    this.#fromZero = seed === 2;
  }

  next(x: number): number {
    const s = this.#state;
    const n = this.#n;
    const change = x - s[2]!;
    s[2] = x;
    if (this.#seen === 0) {
      this.#seen = this.#fromZero ? n + 1 : 1;
      return Number.NaN;
    }
    const gain = change > 0 ? change : 0;
    const loss = change < 0 ? -change : 0;
    if (this.#seen > n) {
      s[0] = s[0]! + (gain - s[0]!) * this.#alpha;
      s[1] = s[1]! + (loss - s[1]!) * this.#alpha;
      return strength(s[0]!, s[1]!);
    }
    s[0] = s[0]! + gain;
    s[1] = s[1]! + loss;
    if (++this.#seen <= n) return Number.NaN;
    s[0] = s[0]! / n;
    s[1] = s[1]! / n;
    return strength(s[0]!, s[1]!);
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    const n = this.#n;
    const alpha = this.#alpha;
    let i = from;
    for (; i < to && this.#seen <= n; i++) out[i] = this.next(x[i]!);
    let up = this.#state[0]!;
    let down = this.#state[1]!;
    let last = this.#state[2]!;
    for (; i < to; i++) {
      const value = x[i]!;
      const change = value - last;
      last = value;
      // Without a branch, which no processor foresees on prices: halves of |c| + c and |c| − c are exactly gain and loss.
      const size = Math.abs(change);
      up += ((size + change) * 0.5 - up) * alpha;
      down += ((size - change) * 0.5 - down) * alpha;
      out[i] = strength(up, down);
    }
    this.#state[0] = up;
    this.#state[1] = down;
    this.#state[2] = last;
  }
}

/**
 * Relative strength index, 0 to 100. Where neither gain nor loss was ever seen it is 50, neither strong nor weak; packages
 * disagree there (TA-Lib 0, Skender 100, Tulip not a number). Averages start with the mean of n changes as Wilder has it; with `seed`
 * 2 they start from 0, as notebooks do with pandas `ewm(adjust=False)`.
 */
export const rsi = defineIndicator({
  name: 'rsi',
  title: 'Relative strength index',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(14), seed: SEED },
  unit: 'percent',
  formula: '100 · G / (G + L), G and L gains and losses smoothed by 1/n, first the mean of n',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978',
  warmup: (p) => (p.seed === 2 ? 1 : p.length),
  settle: (p) => p.length + settleBars(1 / p.length),
  create: (p) => new Rsi(p.length, p.seed),
});
