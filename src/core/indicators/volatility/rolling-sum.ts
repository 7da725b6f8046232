/** A sum that fell below this part of the largest one since the last recount has lost too many digits to be trusted. */
const TRUST = 1e-6;

/**
 * Sum of the last n values. It is recounted from the window when most of it was cancelled (a spike left, or the values went to
 * zero), so that a window of zeros sums to exactly zero.
 */
export class RollingSum {
  readonly #n: number;
  readonly #window: Float64Array;
  /** [0] the sum, [1] the largest |sum| since the last recount. */
  readonly #state = new Float64Array(2);
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#n = n;
    this.#window = new Float64Array(n);
  }

  /** Takes a value, returns the sum of the last n; NaN while there are fewer. */
  next(x: number): number {
    const state = this.#state;
    const at = this.#at;
    const sum = state[0]! + (x - this.#window[at]!);
    this.#window[at] = x;
    this.#at = at + 1 === this.#n ? 0 : at + 1;
    state[0] = sum;
    const size = Math.abs(sum);
    if (size > state[1]!) state[1] = size;
    else if (size < state[1]! * TRUST) this.rebase();
    if (this.#seen < this.#n && ++this.#seen < this.#n) return Number.NaN;
    return state[0]!;
  }

  rebase(): void {
    let sum = 0;
    const n = this.#n;
    for (let k = this.#at; k < n; k++) sum += this.#window[k]!;
    for (let k = 0; k < this.#at; k++) sum += this.#window[k]!;
    this.#state[0] = sum;
    this.#state[1] = Math.abs(sum);
  }
}
