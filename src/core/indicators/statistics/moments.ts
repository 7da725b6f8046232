import { defineIndicator, type Kernel, length, type ParameterRange } from '../indicator.ts';
import { Window } from './window.ts';

const sample: ParameterRange = {
  default: 0,
  min: 0,
  max: 1,
  integer: true,
  about: '0 for the population (divide by n), 1 for a sample (n − 1)',
};

class Windowed implements Kernel {
  readonly #window: Window;
  readonly #measure: (window: Window) => number;

  constructor(n: number, measure: (window: Window) => number) {
    this.#window = new Window(n);
    this.#measure = measure;
  }

  next(x: number): number {
    return this.#window.push(x) ? this.#measure(this.#window) : Number.NaN;
  }
}

/** Standard error of the mean of the window: standard deviation / √n. */
export const standardError = defineIndicator({
  name: 'standard-error',
  title: 'Standard error of the mean',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20, 2), sample },
  unit: 'input',
  formula: 'standard deviation / √n; that of a regression is `linear-regression`, output standardError',
  source: 'Tulip stderr (population)',
  warmup: (p) => p.length - 1,
  create: (p) =>
    new Windowed(p.length, (w) => Math.sqrt(w.squares(w.mean()) / (p.length - p.sample)) / Math.sqrt(p.length)),
});

/** Standard deviations from the mean of the window; 0 where the window is flat, because the value is then the mean. */
export const zScore = defineIndicator({
  name: 'z-score',
  title: 'Z-score',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20, 2), sample },
  unit: 'standard deviations',
  formula: '(x − mean) / standard deviation, both of the last n values with x',
  source: 'Skender.Stock.Indicators, StdDev (population)',
  warmup: (p) => p.length - 1,
  create: (p) =>
    new Windowed(p.length, (w) => {
      const mean = w.mean();
      const deviation = Math.sqrt(w.squares(mean) / (p.length - p.sample));
      return deviation > 0 ? (w.at(0) - mean) / deviation : 0;
    }),
});

/**
 * Skewness of a sample, adjusted (G1 of Joanes & Gill, as Excel SKEW and pandas). 0 where the window is flat.
 */
export const skewness = defineIndicator({
  name: 'skewness',
  title: 'Skewness',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20, 3) },
  unit: 'ratio',
  formula: '√(n(n − 1)) / (n − 2) · m3 / m2^1.5, m central moments of the population',
  source: 'Joanes & Gill, Comparing measures of sample skewness and kurtosis, 1998',
  warmup: (p) => p.length - 1,
  create: (p) =>
    new Windowed(p.length, (w) => {
      const n = w.length;
      const mean = w.mean();
      const m2 = w.squares(mean) / n;
      if (!(m2 > 0)) return 0;
      const deviation = Math.sqrt(m2);
      let cubes = 0;
      for (let i = w.start; i < w.start + n; i++) {
        const z = (w.values[i]! - mean) / deviation;
        cubes += z * z * z;
      }
      return (Math.sqrt(n * (n - 1)) / (n - 2)) * (cubes / n);
    }),
});

/**
 * Excess kurtosis of a sample, adjusted (G2 of Joanes & Gill, as Excel KURT and pandas): 0 for a normal distribution. 0 where
 * the window is flat.
 */
export const kurtosis = defineIndicator({
  name: 'kurtosis',
  title: 'Excess kurtosis',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20, 4) },
  unit: 'ratio',
  formula: '(n − 1)/((n − 2)(n − 3)) · ((n + 1)(m4 / m2² − 3) + 6), m central moments of the population',
  source: 'Joanes & Gill, Comparing measures of sample skewness and kurtosis, 1998',
  warmup: (p) => p.length - 1,
  create: (p) =>
    new Windowed(p.length, (w) => {
      const n = w.length;
      const mean = w.mean();
      const m2 = w.squares(mean) / n;
      if (!(m2 > 0)) return 0;
      const deviation = Math.sqrt(m2);
      let fourths = 0;
      for (let i = w.start; i < w.start + n; i++) {
        const z = (w.values[i]! - mean) / deviation;
        fourths += z * z * z * z;
      }
      return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (fourths / n - 3) + 6);
    }),
});

class Deviations implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #window: Window;

  constructor(n: number) {
    this.#window = new Window(n);
  }

  next(x: number): number {
    const w = this.#window;
    if (!w.push(x)) return Number.NaN;
    const n = w.length;
    const mean = w.mean();
    let absolute = 0;
    let squares = 0;
    let relative = 0;
    for (let i = w.start; i < w.start + n; i++) {
      const value = w.values[i]!;
      const d = Math.abs(value - mean);
      absolute += d;
      squares += d * d;
      if (value !== 0) relative += d / Math.abs(value);
    }
    this.out[0] = absolute / n;
    this.out[1] = squares / n;
    this.out[2] = relative / n;
    return absolute / n;
  }
}

/**
 * Mean absolute deviation of the window from its mean, with the mean square (population variance) and the mean deviation as a
 * fraction of each value, to which a value of 0 adds nothing.
 */
export const meanAbsoluteDeviation = defineIndicator({
  name: 'mean-absolute-deviation',
  title: 'Mean absolute deviation',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value', 'meanSquare', 'meanFraction'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'Σ|x − mean| / n; Σ(x − mean)² / n; Σ|x − mean|/|x| / n',
  source: 'TA-Lib AVGDEV; Tulip md; Skender.Stock.Indicators, SmaAnalysis',
  warmup: (p) => p.length - 1,
  create: (p) => new Deviations(p.length),
});

/**
 * Correlation of the series with itself `lag` bars before, by the usual estimator with one mean and one variance for the whole
 * window (Box & Jenkins). 0 where the window is flat.
 */
export const autocorrelation = defineIndicator({
  name: 'autocorrelation',
  title: 'Autocorrelation',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(50, 2), lag: length(1, 1, 'bars between the values compared') },
  unit: 'ratio',
  formula: 'Σ(x[t] − mean)(x[t − lag] − mean) / Σ(x[t] − mean)² over the last n values',
  source: 'Box & Jenkins, Time Series Analysis, 1970, ch. 2',
  warmup: (p) => p.length - 1,
  invalid: (p) => (p.lag < p.length ? null : `lag must be less than length, found ${p.lag} and ${p.length}`),
  create: (p) =>
    new Windowed(p.length, (w) => {
      const mean = w.mean();
      const squares = w.squares(mean);
      let products = 0;
      for (let i = w.start + p.lag; i < w.start + w.length; i++)
        products += (w.values[i]! - mean) * (w.values[i - p.lag]! - mean);
      return squares > 0 ? products / squares : 0;
    }),
});

/**
 * Shannon entropy of the values in the window, in bits: they are counted in `bins` equal bins from the lowest to the highest of
 * the window, the highest in the last. 0 where all are equal, at most log2(bins). On returns it says how evenly they spread.
 */
export const shannonEntropy = defineIndicator({
  name: 'shannon-entropy',
  title: 'Shannon entropy',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(50, 2), bins: length(10, 2, 'equal bins between lowest and highest') },
  unit: 'bits',
  formula: '−Σ p log2 p, p = share of the values in each bin',
  source: 'Shannon, A Mathematical Theory of Communication, 1948',
  warmup: (p) => p.length - 1,
  create: (p) => {
    const counts = new Int32Array(p.bins);
    return new Windowed(p.length, (w) => {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = w.start; i < w.start + w.length; i++) {
        low = Math.min(low, w.values[i]!);
        high = Math.max(high, w.values[i]!);
      }
      if (!(high > low)) return 0;
      counts.fill(0);
      for (let i = w.start; i < w.start + w.length; i++) {
        const bin = Math.min(p.bins - 1, Math.floor((p.bins * (w.values[i]! - low)) / (high - low)));
        counts[bin] = counts[bin]! + 1;
      }
      let entropy = 0;
      for (let k = 0; k < p.bins; k++) {
        const share = counts[k]! / w.length;
        if (share > 0) entropy -= share * Math.log2(share);
      }
      return entropy;
    });
  },
});
