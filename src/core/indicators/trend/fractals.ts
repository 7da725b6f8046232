import { defineIndicator, type Kernel, length } from '../indicator.ts';

class Fractals implements Kernel {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #size: number;
  readonly #right: number;
  readonly #highs: Float64Array;
  readonly #lows: Float64Array;
  /** [0] highest high and [1] lowest low so far, which stand in until a fractal is confirmed; then the last fractal's. */
  readonly #last = Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  #highAge = -1;
  #lowAge = -1;
  #at = 0;
  #seen = 0;

  constructor(left: number, right: number) {
    this.#size = left + right + 1;
    this.#right = right;
    this.#highs = new Float64Array(this.#size);
    this.#lows = new Float64Array(this.#size);
  }

  next(high: number, low: number): number {
    const size = this.#size;
    this.#highs[this.#at] = high;
    this.#lows[this.#at] = low;
    const middle = (this.#at - this.#right + size) % size;
    this.#at = this.#at + 1 === size ? 0 : this.#at + 1;
    const last = this.#last;
    if (this.#highAge >= 0) this.#highAge++;
    else if (high > last[0]!) last[0] = high;
    if (this.#lowAge >= 0) this.#lowAge++;
    else if (low < last[1]!) last[1] = low;
    if (this.#seen < size && ++this.#seen < size) return Number.NaN;
    if (isPeak(this.#highs, middle, 1)) {
      last[0] = this.#highs[middle]!;
      this.#highAge = this.#right;
    }
    if (isPeak(this.#lows, middle, -1)) {
      last[1] = this.#lows[middle]!;
      this.#lowAge = this.#right;
    }
    const out = this.out;
    out[0] = last[0]!;
    out[1] = last[1]!;
    out[2] = this.#highAge;
    out[3] = this.#lowAge;
    return out[0]!;
  }
}

/** Whether the value at `middle` is strictly beyond all others, upwards (side 1) or downwards (side −1). */
function isPeak(values: Float64Array, middle: number, side: number): boolean {
  const candidate = values[middle]! * side;
  for (let k = 0; k < values.length; k++) if (k !== middle && values[k]! * side >= candidate) return false;
  return true;
}

/**
 * Williams fractals: a high strictly above its `left` neighbours before and `right` after (and the mirror image for lows). It is
 * known, and emitted, `right` bars after it happened, and never changes. `high` and `low` are the prices of the last confirmed
 * ones (the fractal chaos bands), `highAge` and `lowAge` the bars since they happened: equal to `right` on the bar that
 * confirms. Until the first is confirmed the age is −1 and the price the highest high (lowest low) seen.
 */
export const fractals = defineIndicator({
  name: 'fractals',
  title: 'Williams fractals',
  group: 'trend',
  inputs: ['high', 'low'],
  outputs: ['high', 'low', 'highAge', 'lowAge'],
  params: {
    left: length(2, 1, 'bars before that must be lower'),
    right: length(2, 1, 'bars after that must be lower'),
  },
  unit: 'price; highAge and lowAge bars',
  formula: 'high(i) > high(j) for all j from i − left to i + right, j ≠ i',
  source: 'Williams, Trading Chaos, 1995; strictness as Skender Stock Indicators',
  warmup: (p) => p.left + p.right,
  // When the last fractal happened no number of bars can promise; in a random walk one is rarely older than a dozen windows.
  settle: (p) => 12 * (p.left + p.right + 1),
  create: (p) => new Fractals(p.left, p.right),
});
