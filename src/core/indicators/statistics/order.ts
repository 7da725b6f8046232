import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { Window } from './window.ts';

/** The last `n` values in rising order: one insertion and one removal a step, by binary search. */
class SortedWindow {
  readonly sorted: Float64Array;
  readonly #window: Window;
  #count = 0;

  constructor(n: number) {
    this.sorted = new Float64Array(n);
    this.#window = new Window(n);
  }

  push(x: number): boolean {
    const { sorted } = this;
    const n = sorted.length;
    if (this.#count === n) {
      const gone = this.#rank(this.#window.at(n - 1));
      sorted.copyWithin(gone, gone + 1, this.#count--);
    }
    const at = this.#rank(x);
    sorted.copyWithin(at + 1, at, this.#count++);
    sorted[at] = x;
    return this.#window.push(x);
  }

  /** How many values are less than `x`. */
  #rank(x: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sorted[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class Quantile implements Kernel {
  readonly #sorted: SortedWindow;
  readonly #below: number;
  readonly #above: number;
  readonly #weight: number;

  constructor(n: number, q: number) {
    this.#sorted = new SortedWindow(n);
    const position = q * (n - 1);
    this.#below = Math.floor(position);
    this.#above = Math.ceil(position);
    this.#weight = position - this.#below;
  }

  next(x: number): number {
    if (!this.#sorted.push(x)) return Number.NaN;
    const low = this.#sorted.sorted[this.#below]!;
    return low + this.#weight * (this.#sorted.sorted[this.#above]! - low);
  }
}

/** Value below which a share `q` of the window lies, interpolated between neighbours (type 7: numpy, Excel PERCENTILE.INC). */
export const quantile = defineIndicator({
  name: 'quantile',
  title: 'Quantile',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), q: factor(0.5, 0, 1, 'share of the values below') },
  unit: 'input',
  formula: 'sorted window at q · (n − 1), linear between neighbours',
  source: 'Hyndman & Fan, Sample Quantiles in Statistical Packages, 1996, type 7',
  warmup: (p) => p.length - 1,
  create: (p) => new Quantile(p.length, p.q),
});

/** Middle value of the window; the mean of the two middle ones where their number is even. */
export const median = defineIndicator({
  name: 'median',
  title: 'Median',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'sorted window at (n − 1)/2',
  source: 'Hyndman & Fan, Sample Quantiles in Statistical Packages, 1996, type 7',
  warmup: (p) => p.length - 1,
  create: (p) => new Quantile(p.length, 0.5),
});

class PercentileRank implements Kernel {
  readonly #previous: Window;
  readonly #strict: boolean;
  #ready = false;

  constructor(n: number, strict: number) {
    this.#previous = new Window(n);
    this.#strict = strict === 1;
  }

  next(x: number): number {
    const { values, start, length: n } = this.#previous;
    let count = 0;
    if (this.#strict) for (let i = start; i < start + n; i++) count += values[i]! < x ? 1 : 0;
    else for (let i = start; i < start + n; i++) count += values[i]! <= x ? 1 : 0;
    const ready = this.#ready;
    this.#ready = this.#previous.push(x);
    return ready ? (100 * count) / n : Number.NaN;
  }
}

/**
 * Percent of the n values before this one that are less than or equal to it (TradingView); with `strict` 1 only those that are
 * less, as Connors RSI has it.
 */
export const percentileRank = defineIndicator({
  name: 'percentile-rank',
  title: 'Percentile rank',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    length: length(100, 1, 'earlier values compared'),
    strict: { default: 0, min: 0, max: 1, integer: true, about: '1 counts only values that are less' },
  },
  unit: 'percent',
  formula: '100 · count(x[k] ≤ x, k the n bars before) / n',
  source: 'TradingView Pine Script ta.percentrank; strict: Connors & Alvarez, 2012',
  warmup: (p) => p.length,
  create: (p) => new PercentileRank(p.length, p.strict),
});
