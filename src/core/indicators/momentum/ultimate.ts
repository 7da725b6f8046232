import { defineIndicator, type Kernel, length } from '../indicator.ts';

/** Buying pressure over true range, summed over the last bars; ½ where the range is 0 throughout. */
class Pressure {
  readonly #pressures: Float64Array;
  readonly #ranges: Float64Array;
  /** [0] Σ pressure, [1] Σ range. */
  readonly #sums = new Float64Array(2);
  #at = 0;
  #moving = 0;

  constructor(n: number) {
    this.#pressures = new Float64Array(n);
    this.#ranges = new Float64Array(n);
  }

  next(pressure: number, range: number): number {
    const sums = this.#sums;
    const at = this.#at;
    const [oldPressure, oldRange] = [this.#pressures[at]!, this.#ranges[at]!];
    sums[0] = sums[0]! + (pressure - oldPressure);
    sums[1] = sums[1]! + (range - oldRange);
    this.#moving += (range === 0 ? 0 : 1) - (oldRange === 0 ? 0 : 1);
    this.#pressures[at] = pressure;
    this.#ranges[at] = range;
    this.#at = at + 1 === this.#ranges.length ? 0 : at + 1;
    return this.#moving === 0 ? 0.5 : sums[0]! / sums[1]!;
  }

  rebase(): void {
    const sums = this.#sums.fill(0);
    const n = this.#ranges.length;
    for (let k = 0; k < n; k++) {
      const j = (this.#at + k) % n;
      sums[0] = sums[0]! + this.#pressures[j]!;
      sums[1] = sums[1]! + this.#ranges[j]!;
    }
  }
}

class Ultimate implements Kernel {
  readonly #short: Pressure;
  readonly #middle: Pressure;
  readonly #long: Pressure;
  readonly #warmup: number;
  /** [0] previous close. */
  readonly #last = new Float64Array(1);
  #seen = 0;

  constructor(lengths: readonly number[]) {
    const [short, middle, long] = lengths.toSorted((a, b) => a - b) as [number, number, number];
    this.#short = new Pressure(short);
    this.#middle = new Pressure(middle);
    this.#long = new Pressure(long);
    this.#warmup = long;
  }

  next(high: number, low: number, close: number): number {
    const last = this.#last[0]!;
    this.#last[0] = close;
    if (this.#seen === 0) {
      this.#seen = 1;
      return Number.NaN;
    }
    const bottom = Math.min(low, last);
    const pressure = close - bottom;
    const range = Math.max(high, last) - bottom;
    const short = this.#short.next(pressure, range);
    const middle = this.#middle.next(pressure, range);
    const long = this.#long.next(pressure, range);
    if (this.#seen <= this.#warmup && ++this.#seen <= this.#warmup) return Number.NaN;
    return (100 * (4 * short + 2 * middle + long)) / 7;
  }

  rebase(): void {
    this.#short.rebase();
    this.#middle.rebase();
    this.#long.rebase();
  }
}

/**
 * Ultimate oscillator, 0 to 100: buying pressure over three periods, the shortest weighing most, in whatever order they are given
 * (as TA-Lib). 50 where nothing moved.
 */
export const ultimate = defineIndicator({
  name: 'ultimate-oscillator',
  title: 'Ultimate oscillator',
  group: 'momentum',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: {
    short: length(7, 1, 'bars of the short period'),
    middle: length(14, 1, 'bars of the middle period'),
    long: length(28, 1, 'bars of the long period'),
  },
  unit: 'percent',
  formula: '100 · (4·A(short) + 2·A(middle) + A(long)) / 7, A = Σ (close − true low) / Σ true range',
  source: 'Williams, Stocks & Commodities 3:4, 1985',
  warmup: (p) => Math.max(p.short, p.middle, p.long),
  create: (p) => new Ultimate([p.short, p.middle, p.long]),
});
