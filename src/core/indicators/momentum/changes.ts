import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, type Kernel, length, type ParameterRange, settleBars } from '../indicator.ts';

/** The value n steps ago. */
export class Lag {
  readonly #window: Float64Array;
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#window = new Float64Array(n);
  }

  /** Takes x and gives the value of n steps before it; NaN until there is one. */
  next(x: number): number {
    const window = this.#window;
    const at = this.#at;
    const before = this.#seen < window.length ? Number.NaN : window[at]!;
    if (this.#seen < window.length) this.#seen++;
    window[at] = x;
    this.#at = at + 1 === window.length ? 0 : at + 1;
    return before;
  }
}

/** Change in percent of `before`; 0 where that is 0 and no percentage exists. */
export const percentChange = (x: number, before: number): number => (before === 0 ? 0 : (100 * (x - before)) / before);

class Momentum implements Kernel {
  readonly #lag: Lag;

  constructor(n: number) {
    this.#lag = new Lag(n);
  }

  next(x: number): number {
    return x - this.#lag.next(x);
  }
}

class RateOfChange implements Kernel {
  readonly #lag: Lag;

  constructor(n: number) {
    this.#lag = new Lag(n);
  }

  next(x: number): number {
    return percentChange(x, this.#lag.next(x));
  }
}

/** Momentum: how far the value is from where it was n bars ago. */
export const mom = defineIndicator({
  name: 'mom',
  title: 'Momentum',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(10) },
  unit: 'input',
  formula: 'x − x[n bars ago]',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999, ch. 10',
  warmup: (p) => p.length,
  create: (p) => new Momentum(p.length),
});

/** Rate of change in percent (TA-Lib ROC; its ROCP is this / 100, its ROCR 1 + this / 100). 0 where the older value is 0. */
export const roc = defineIndicator({
  name: 'roc',
  title: 'Rate of change',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(12) },
  unit: 'percent',
  formula: '100 · (x − x[n bars ago]) / x[n bars ago]',
  source: 'Murphy, Technical Analysis of the Financial Markets, 1999, ch. 10',
  warmup: (p) => p.length,
  create: (p) => new RateOfChange(p.length),
});

/** Net change as a share of all changes, in percent; 0 where nothing moved. */
class Chande implements Kernel {
  readonly #changes: Float64Array;
  /** [0] sum of changes, [1] sum of absolute changes, [2] previous value. */
  readonly #state = new Float64Array(3);
  #at = 0;
  #seen = 0;
  /** Changes in the window that are not zero: the running sum may keep a rounding error where the true sum is 0. */
  #moving = 0;

  constructor(n: number) {
    this.#changes = new Float64Array(n);
  }

  next(x: number): number {
    const s = this.#state;
    const changes = this.#changes;
    const n = changes.length;
    const change = x - s[2]!;
    s[2] = x;
    if (this.#seen === 0) {
      this.#seen = 1;
      return Number.NaN;
    }
    const at = this.#at;
    const old = changes[at]!;
    s[0] = s[0]! + (change - old);
    s[1] = s[1]! + (Math.abs(change) - Math.abs(old));
    this.#moving += (change === 0 ? 0 : 1) - (old === 0 ? 0 : 1);
    changes[at] = change;
    this.#at = at + 1 === n ? 0 : at + 1;
    if (this.#seen <= n && ++this.#seen <= n) return Number.NaN;
    return this.#moving === 0 ? 0 : 100 * (s[0]! / s[1]!);
  }

  rebase(): void {
    const s = this.#state;
    const n = this.#changes.length;
    s[0] = 0;
    s[1] = 0;
    for (let k = 0; k < n; k++) {
      const change = this.#changes[(this.#at + k) % n]!;
      s[0] = s[0]! + change;
      s[1] = s[1]! + Math.abs(change);
    }
  }
}

/** The same with Wilder's smoothing instead of sums. */
class WilderChande implements Kernel {
  readonly #net: Smoothing;
  readonly #all: Smoothing;
  /** [0] previous value. */
  readonly #last = new Float64Array(1);
  #seen = false;

  constructor(n: number) {
    this.#net = new Smoothing(n, 1 / n);
    this.#all = new Smoothing(n, 1 / n);
  }

  next(x: number): number {
    const change = x - this.#last[0]!;
    this.#last[0] = x;
    if (!this.#seen) {
      this.#seen = true;
      return Number.NaN;
    }
    const net = this.#net.next(change);
    const all = this.#all.next(Math.abs(change));
    return all === 0 ? 0 : 100 * (net / all);
  }
}

const CHANDE_AVERAGE: ParameterRange = {
  default: 0,
  min: 0,
  max: 1,
  integer: true,
  about: 'how changes are added up: 0 sums of the window (Chande), 1 Wilder smoothing (TA-Lib)',
};

/** Chande momentum oscillator, −100 to 100. Sums of the window as Chande has it; TA-Lib smooths as Wilder does (`average` 1). */
export const cmo = defineIndicator({
  name: 'cmo',
  title: 'Chande momentum oscillator',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(14), average: CHANDE_AVERAGE },
  unit: 'percent',
  formula: '100 · (Σ gains − Σ losses) / (Σ gains + Σ losses) over n changes',
  source: 'Chande and Kroll, The New Technical Trader, 1994',
  warmup: (p) => p.length,
  settle: (p) => p.length + (p.average === 1 ? settleBars(1 / p.length) : 0),
  create: (p) => (p.average === 1 ? new WilderChande(p.length) : new Chande(p.length)),
});
