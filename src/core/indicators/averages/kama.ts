import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';

/** Net movement over n steps as a share of all movement: 1 a straight line, 0 pure noise. A flat window counts as straight. */
class Efficiency implements Kernel {
  readonly #values: Float64Array;
  readonly #moves: Float64Array;
  /** [0] sum of the absolute moves in the window. */
  readonly #sum = new Float64Array(1);
  #at = 0;
  #seen = 0;
  /** Moves in the window that are not zero: the running sum may keep a rounding error where the true sum is 0. */
  #moving = 0;

  constructor(n: number) {
    this.#values = new Float64Array(n);
    this.#moves = new Float64Array(n);
  }

  next(x: number): number {
    const values = this.#values;
    const moves = this.#moves;
    const n = values.length;
    const at = this.#at;
    const before = values[at === 0 ? n - 1 : at - 1]!;
    const oldest = values[at]!;
    const move = this.#seen === 0 ? 0 : Math.abs(x - before);
    const sum = this.#sum[0]! + (move - moves[at]!);
    this.#sum[0] = sum;
    this.#moving += (move === 0 ? 0 : 1) - (moves[at] === 0 ? 0 : 1);
    moves[at] = move;
    values[at] = x;
    this.#at = at + 1 === n ? 0 : at + 1;
    if (this.#seen < n) {
      this.#seen++;
      return Number.NaN;
    }
    return this.#moving === 0 ? 1 : Math.min(1, Math.abs(x - oldest) / sum);
  }

  rebase(): void {
    const moves = this.#moves;
    const n = moves.length;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += moves[(this.#at + k) % n]!;
    this.#sum[0] = sum;
  }
}

class Kama implements Kernel {
  readonly #efficiency: Efficiency;
  readonly #n: number;
  readonly #fast: number;
  readonly #slow: number;
  /** [0] the average. */
  readonly #state = new Float64Array(1);
  #seen = 0;

  constructor(n: number, fast: number, slow: number) {
    this.#efficiency = new Efficiency(n);
    this.#n = n;
    this.#fast = 2 / (fast + 1);
    this.#slow = 2 / (slow + 1);
  }

  next(x: number): number {
    const efficiency = this.#efficiency.next(x);
    const state = this.#state;
    if (Number.isNaN(efficiency)) {
      state[0] = x;
      return ++this.#seen < this.#n ? Number.NaN : x;
    }
    const constant = this.#slow + efficiency * (this.#fast - this.#slow);
    const y = state[0]! + constant * constant * (x - state[0]!);
    state[0] = y;
    return y;
  }

  rebase(): void {
    this.#efficiency.rebase();
  }
}

/** Kaufman's efficiency ratio, 0 to 1. Where nothing moved at all it is 1, as TA-Lib and Tulip say. */
export const efficiencyRatio = defineIndicator({
  name: 'efficiency-ratio',
  title: "Kaufman's efficiency ratio",
  group: 'trend',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(10) },
  unit: 'ratio',
  formula: '|x − x[n bars ago]| / Σ |x − x[1 bar ago]| over n bars',
  source: 'Kaufman, Smarter Trading, 1995',
  warmup: (p) => p.length,
  create: (p) => new Efficiency(p.length),
});

/**
 * Kaufman's adaptive moving average: smooths fast in a trend and slowly in noise. The first value is the price of bar n, as in
 * Tulip and Skender; TA-Lib starts from the same value and shows it one bar later.
 */
export const kama = defineIndicator({
  name: 'kama',
  title: "Kaufman's adaptive moving average",
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    length: length(10, 1, 'bars of the efficiency ratio'),
    fast: length(2, 1, 'EMA length in a straight trend'),
    slow: length(30, 1, 'EMA length in pure noise'),
  },
  unit: 'input',
  formula: 'y += (s + ER·(f − s))² · (x − y), f = 2/(fast+1), s = 2/(slow+1)',
  source: 'Kaufman, Smarter Trading, 1995; TA-Lib KAMA',
  warmup: (p) => p.length - 1,
  settle: (p) => p.length - 1 + settleBars(4 / ((Math.max(p.slow, p.fast) + 1) * (Math.max(p.slow, p.fast) + 1))),
  create: (p) => new Kama(p.length, p.fast, p.slow),
});
