import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Window } from './window.ts';

/** Deviations of two series in one window: squares of each, and their product. */
class PairWindow {
  readonly a: Window;
  readonly b: Window;
  /** Sums of (a − ā)², (b − b̄)², (a − ā)(b − b̄). */
  readonly sums = new Float64Array(3);

  constructor(n: number) {
    this.a = new Window(n);
    this.b = new Window(n);
  }

  push(x: number, y: number): boolean {
    this.a.push(x);
    return this.b.push(y);
  }

  measure(): void {
    const { a, b } = this;
    const aMean = a.mean();
    const bMean = b.mean();
    let aa = 0;
    let bb = 0;
    let ab = 0;
    for (let k = 0; k < a.length; k++) {
      const d = a.values[a.start + k]! - aMean;
      const e = b.values[b.start + k]! - bMean;
      aa += d * d;
      bb += e * e;
      ab += d * e;
    }
    this.sums[0] = aa;
    this.sums[1] = bb;
    this.sums[2] = ab;
  }
}

class Correlation implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #pair: PairWindow;

  constructor(n: number) {
    this.#pair = new PairWindow(n);
  }

  next(x: number, y: number): number {
    if (!this.#pair.push(x, y)) return Number.NaN;
    this.#pair.measure();
    const sums = this.#pair.sums;
    const scale = Math.sqrt(sums[0]!) * Math.sqrt(sums[1]!);
    const r = scale > 0 ? Math.max(-1, Math.min(1, sums[2]! / scale)) : 0;
    this.out[0] = r;
    this.out[1] = r * r;
    return r;
  }
}

/** Pearson's correlation of two series, and its square. 0 where either did not move, as TA-Lib: there is nothing to relate. */
export const correlation = defineIndicator({
  name: 'correlation',
  title: 'Correlation coefficient',
  group: 'statistics',
  inputs: ['value', 'other'],
  outputs: ['value', 'rSquared'],
  params: { length: length(20, 2) },
  unit: 'ratio',
  formula: 'Σ(a − ā)(b − b̄) / √(Σ(a − ā)² Σ(b − b̄)²)',
  source: 'Pearson, 1895; TA-Lib CORREL',
  warmup: (p) => p.length - 1,
  create: (p) => new Correlation(p.length),
});

class Covariance implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #pair: PairWindow;
  readonly #divisor: number;

  constructor(n: number, sample: number) {
    this.#pair = new PairWindow(n);
    this.#divisor = n - sample;
  }

  next(x: number, y: number): number {
    if (!this.#pair.push(x, y)) return Number.NaN;
    this.#pair.measure();
    const sums = this.#pair.sums;
    const covariance = sums[2]! / this.#divisor;
    this.out[0] = covariance;
    this.out[1] = sums[0]! / this.#divisor;
    this.out[2] = sums[1]! / this.#divisor;
    return covariance;
  }
}

/** Covariance of two series with the variance of each; of the population unless `sample` is 1. */
export const covariance = defineIndicator({
  name: 'covariance',
  title: 'Covariance',
  group: 'statistics',
  inputs: ['value', 'other'],
  outputs: ['value', 'variance', 'otherVariance'],
  params: {
    length: length(20, 2),
    sample: { default: 0, min: 0, max: 1, integer: true, about: '0 divides by n, 1 by n − 1' },
  },
  unit: 'product of the inputs',
  formula: 'Σ(a − ā)(b − b̄) / (n − sample)',
  source: 'Skender.Stock.Indicators, Correlation (population)',
  warmup: (p) => p.length - 1,
  create: (p) => new Covariance(p.length, p.sample),
});

class Beta implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #pair: PairWindow;
  readonly #previous = new Float64Array(2).fill(Number.NaN);

  constructor(n: number) {
    this.#pair = new PairWindow(n);
  }

  next(x: number, market: number): number {
    const previous = this.#previous;
    const first = Number.isNaN(previous[0]!);
    const assetReturn = previous[0]! !== 0 ? x / previous[0]! - 1 : 0;
    const marketReturn = previous[1]! !== 0 ? market / previous[1]! - 1 : 0;
    previous[0] = x;
    previous[1] = market;
    if (first) return Number.NaN;
    this.out[1] = assetReturn;
    this.out[2] = marketReturn;
    if (!this.#pair.push(assetReturn, marketReturn)) return Number.NaN;
    this.#pair.measure();
    const sums = this.#pair.sums;
    const beta = sums[1]! > 0 ? sums[2]! / sums[1]! : 0;
    this.out[0] = beta;
    return beta;
  }
}

/**
 * Beta of `value` to the market `other`, from simple returns of single bars, and those returns. 0 where the market did not move.
 * TA-Lib BETA is the same with the two series exchanged: its first input is the market.
 */
export const beta = defineIndicator({
  name: 'beta',
  title: 'Beta coefficient',
  group: 'statistics',
  inputs: ['value', 'other'],
  outputs: ['value', 'returns', 'marketReturns'],
  params: { length: length(20, 2, 'returns in the window') },
  unit: 'ratio',
  formula: 'covariance of both returns / variance of the market’s returns',
  source: 'Skender.Stock.Indicators, Beta; TA-Lib BETA',
  warmup: (p) => [p.length, 1, 1],
  create: (p) => new Beta(p.length),
});
