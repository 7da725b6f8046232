import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';

/** Standard deviation (of the population) of the last n values, by Welford's update for a sliding window. */
class Deviation {
  readonly #window: Float64Array;
  /** [0] mean, [1] sum of squared distances from it. */
  readonly #moments = new Float64Array(2);
  #at = 0;
  #seen = 0;
  /** Values equal to the newest one, up to n: the deviation of a flat window is exactly 0. */
  #run = 0;

  constructor(n: number) {
    this.#window = new Float64Array(n);
  }

  next(x: number): number {
    const window = this.#window;
    const moments = this.#moments;
    const n = window.length;
    const at = this.#at;
    const newest = window[at === 0 ? n - 1 : at - 1]!;
    const old = window[at]!;
    window[at] = x;
    this.#at = at + 1 === n ? 0 : at + 1;
    this.#run = this.#seen > 0 && x === newest ? Math.min(n, this.#run + 1) : 1;
    const mean = moments[0]!;
    if (this.#seen < n) {
      const moved = mean + (x - mean) / ++this.#seen;
      moments[0] = moved;
      moments[1] = moments[1]! + (x - mean) * (x - moved);
    } else {
      const moved = mean + (x - old) / n;
      moments[0] = moved;
      moments[1] = moments[1]! + (x - old) * (x - moved + (old - mean));
    }
    if (this.#seen < n) return Number.NaN;
    return this.#run >= n ? 0 : Math.sqrt(Math.max(0, moments[1]! / n));
  }

  rebase(): void {
    const window = this.#window;
    const seen = this.#seen;
    const first = seen < window.length ? 0 : this.#at;
    let mean = 0;
    let squares = 0;
    for (let k = 0; k < seen; k++) {
      const x = window[(first + k) % window.length]!;
      const moved = mean + (x - mean) / (k + 1);
      squares += (x - mean) * (x - moved);
      mean = moved;
    }
    this.#moments[0] = mean;
    this.#moments[1] = squares;
  }
}

class Vidya implements Kernel {
  readonly #short: Deviation;
  readonly #long: Deviation;
  readonly #alpha: number;
  readonly #start: number;
  /** [0] the average. */
  readonly #state = new Float64Array(1);
  #seen = 0;

  constructor(short: number, long: number, alpha: number) {
    this.#short = new Deviation(short);
    this.#long = new Deviation(long);
    this.#alpha = alpha;
    this.#start = Math.max(1, long - 1);
  }

  next(x: number): number {
    const short = this.#short.next(x);
    const long = this.#long.next(x);
    const state = this.#state;
    if (this.#seen < this.#start) {
      state[0] = x;
      return ++this.#seen < this.#start ? Number.NaN : x;
    }
    const factorNow = long === 0 ? 0 : Math.min(1, (this.#alpha * short) / long);
    const y = state[0]! + factorNow * (x - state[0]!);
    state[0] = y;
    return y;
  }

  rebase(): void {
    this.#short.rebase();
    this.#long.rebase();
  }
}

/**
 * Variable index dynamic average, Chande's first version: an EMA whose factor grows with short-term against long-term deviation.
 * It stands still in a flat window, and its factor is never above 1.
 */
export const vidya = defineIndicator({
  name: 'vidya',
  title: 'Variable index dynamic average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    // One value alone never deviates from its mean: the average would stand still for ever.
    short: length(9, 2, 'bars of the short deviation'),
    long: length(30, 2, 'bars of the long deviation'),
    alpha: factor(0.2, 0.001, 1, 'smoothing factor where both deviations are equal'),
  },
  unit: 'input',
  formula: 'y += α·(σ short / σ long)·(x − y)',
  source: 'Chande, Stocks & Commodities 10:3, 1992; start as Tulip Indicators',
  warmup: (p) => p.long - 2,
  settle: (p) => p.long - 2 + 3 * settleBars(p.alpha),
  invalid: (p) => (p.short <= p.long ? null : `short must not be longer than long, found ${p.short} and ${p.long}`),
  create: (p) => new Vidya(p.short, p.long, p.alpha),
});
