import { defineIndicator, type Kernel, length } from '../indicator.ts';

class Sma implements Kernel {
  readonly #window: Float64Array;
  readonly #length: number;
  /** [0] the running sum; in an array because a double in a field is boxed at every write. */
  readonly #sum = new Float64Array(1);
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#length = n;
    this.#window = new Float64Array(n);
  }

  next(x: number): number {
    const n = this.#length;
    const window = this.#window;
    const at = this.#at;
    const sum = this.#sum[0]! + (x - window[at]!);
    this.#sum[0] = sum;
    window[at] = x;
    this.#at = at + 1 === n ? 0 : at + 1;
    if (this.#seen < n && ++this.#seen < n) return Number.NaN;
    return sum / n;
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    const n = this.#length;
    let i = from;
    // The window is in the column itself once n values of it were seen; before that, and for the hand-over, step.
    for (const head = Math.min(to, from + n); i < head; i++) out[i] = this.next(x[i]!);
    let sum = this.#sum[0]!;
    for (; i < to; i++) {
      sum += x[i]! - x[i - n]!;
      out[i] = sum / n;
    }
    this.#sum[0] = sum;
    if (to - from > n) {
      this.#window.set(x.subarray(to - n, to));
      this.#at = 0;
    }
  }

  rebase(): void {
    let sum = 0;
    const n = this.#length;
    for (let k = 0; k < n; k++) sum += this.#window[(this.#at + k) % n]!;
    this.#sum[0] = sum;
  }
}

/** Simple moving average. */
export const sma = defineIndicator({
  name: 'sma',
  title: 'Simple moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'sum of the last n values / n',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999, ch. 9',
  warmup: (p) => p.length - 1,
  create: (p) => new Sma(p.length),
});
