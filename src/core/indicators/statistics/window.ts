/**
 * The last `n` values in one contiguous stretch, so that a loop over them needs no wrap-around: every value is written twice,
 * once in each half of a buffer of 2n.
 *
 * Indicators that sum over it do so anew at each step, oldest first. That costs a loop over the window and buys values that do
 * not drift, do not depend on where the series began, and are exactly zero where the input is.
 */
export class Window {
  readonly values: Float64Array;
  readonly length: number;
  /** Index of the oldest value in {@link values}; the window is [start, start + length). */
  start = 0;
  #missing: number;

  constructor(n: number) {
    this.length = n;
    this.values = new Float64Array(2 * n);
    this.#missing = n;
  }

  /** Adds a value in place of the oldest; false until there are `n`. */
  push(x: number): boolean {
    const n = this.length;
    const at = this.start;
    this.values[at] = x;
    this.values[at + n] = x;
    this.start = at + 1 === n ? 0 : at + 1;
    if (this.#missing > 0) this.#missing--;
    return this.#missing === 0;
  }

  /** Value `ago` steps before the newest; 0 where nothing was pushed yet. */
  at(ago: number): number {
    return this.values[this.start + this.length - 1 - ago]!;
  }

  sum(): number {
    const { values, start } = this;
    let sum = 0;
    for (let i = start, end = start + this.length; i < end; i++) sum += values[i]!;
    return sum;
  }

  /** Exactly the value where all are equal: the deviations from it must then be exactly 0. */
  mean(): number {
    const first = this.values[this.start]!;
    const { values, start } = this;
    let sum = 0;
    for (let i = start, end = start + this.length; i < end; i++) sum += values[i]! - first;
    return first + sum / this.length;
  }

  /** Sum of squared deviations from `mean`. */
  squares(mean: number): number {
    const { values, start } = this;
    let sum = 0;
    for (let i = start, end = start + this.length; i < end; i++) {
      const d = values[i]! - mean;
      sum += d * d;
    }
    return sum;
  }
}
