/** A spread that fell below this part of the largest sum of squares since the last recount has lost too many digits. */
export const TRUSTED_SHARE = 1e-6;

/** What is made of each row of {@link RollingVariance.fill}. */
export interface SpreadRows {
  /** One row by itself: its value, the sum of squared distances to the mean (NaN where the window is not full) and the mean. */
  write(row: number, x: number, spread: number, mean: number): void;
  /**
   * Rows from `from` on with the sums in `state` (reference, sum of distances, of their squares, largest of these), as {@link RollingVariance.next}
   * takes them; leaves the new sums behind. Ends before the first row whose spread is below {@link TRUSTED_SHARE} of the largest, and answers it, or
   * `to`. The loop must call nothing that is not made part of it: around a call all its numbers would be written to memory and read again, which takes
   * as long as the rest.
   */
  slide(x: Float64Array, state: Float64Array, n: number, from: number, to: number): number;
}

/**
 * Mean and spread of the last n values, from running sums of the distances to a reference value, so that a price of 50,000
 * with a deviation of 1 keeps its digits. The reference is the oldest value of the window, chosen anew at every rebase and
 * whenever the spread has become small against what was summed; a constant window has exactly zero variance.
 */
export class RollingVariance {
  readonly #n: number;
  readonly #inverse: number;
  readonly #window: Float64Array;
  /** [0] reference, [1] sum of distances, [2] sum of their squares, [3] largest [2] since the last rebase. */
  readonly #state = new Float64Array(4);
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#n = n;
    this.#inverse = 1 / n;
    this.#window = new Float64Array(n);
  }

  /** Takes a value, returns the sum of squared distances to the mean of the last n; NaN while there are fewer. */
  next(x: number): number {
    const state = this.#state;
    const window = this.#window;
    const n = this.#n;
    const at = this.#at;
    this.#at = at + 1 === n ? 0 : at + 1;
    if (this.#seen < n) {
      window[at] = x;
      if (++this.#seen < n) return Number.NaN;
      this.rebase();
    } else {
      const entering = x - state[0]!;
      const leaving = window[at]! - state[0]!;
      window[at] = x;
      state[1] = state[1]! + (entering - leaving);
      const squares = state[2]! + (entering * entering - leaving * leaving);
      state[2] = squares;
      if (squares > state[3]!) state[3] = squares;
    }
    const spread = state[2]! - state[1]! * state[1]! * this.#inverse;
    if (spread >= state[3]! * TRUSTED_SHARE) return spread;
    this.rebase();
    return Math.max(0, state[2]! - state[1]! * state[1]! * this.#inverse);
  }

  /** Mean of the last n values; meaningful once {@link next} gave a number. */
  get mean(): number {
    return this.#state[0]! + this.#state[1]! * this.#inverse;
  }

  /** {@link next} and {@link mean} for rows [from, to) of a column at once, with the same bits. */
  fill(x: Float64Array, rows: SpreadRows, from: number, to: number): void {
    const n = this.#n;
    let i = from;
    // The window is in the column itself once n values of it were seen; before that, and for the hand-over, step.
    for (const head = Math.min(to, from + n); i < head; i++) {
      const spread = this.next(x[i]!);
      rows.write(i, x[i]!, spread, Number.isNaN(spread) ? Number.NaN : this.mean);
    }
    if (i === to) return;
    const state = this.#state;
    while (i < to) {
      i = rows.slide(x, state, n, i, to);
      if (i === to) break;
      this.#adopt(x, i + 1);
      this.rebase();
      rows.write(i, x[i]!, Math.max(0, state[2]! - state[1]! * state[1]! * this.#inverse), this.mean);
      i++;
    }
    this.#adopt(x, to);
  }

  #adopt(x: Float64Array, end: number): void {
    this.#window.set(x.subarray(end - this.#n, end));
    this.#at = 0;
  }

  rebase(): void {
    const n = this.#n;
    const window = this.#window;
    if (this.#seen < n) return;
    const reference = window[this.#at]!;
    let sum = 0;
    let squares = 0;
    for (let k = this.#at, left = n; left > 0; left--, k = k + 1 === n ? 0 : k + 1) {
      const distance = window[k]! - reference;
      sum += distance;
      squares += distance * distance;
    }
    const state = this.#state;
    state[0] = reference;
    state[1] = sum;
    state[2] = squares;
    state[3] = squares;
  }
}
