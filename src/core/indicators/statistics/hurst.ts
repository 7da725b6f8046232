import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Window } from './window.ts';

const LARGEST_SPLIT = 32;
const SMALLEST_CHUNK = 8;

/** Expected rescaled range of `size` independent normal values (Anis & Lloyd 1976), without Peters' small-sample factor. */
function expectedRescaledRange(size: number): number {
  // Γ((n − 1)/2) / Γ(n/2): √π at n = 2, and the product of two neighbours is 2/(n − 1).
  let gammas = Math.sqrt(Math.PI);
  for (let n = 2; n < size; n++) gammas = 2 / ((n - 1) * gammas);
  let sum = 0;
  for (let r = 1; r < size; r++) sum += Math.sqrt((size - r) / r);
  return (gammas / Math.sqrt(Math.PI)) * sum;
}

/** Least-squares slope of y on x. */
function slope(x: Float64Array, y: Float64Array): number {
  let xMean = 0;
  let yMean = 0;
  for (let k = 0; k < x.length; k++) {
    xMean += x[k]! / x.length;
    yMean += y[k]! / x.length;
  }
  let xy = 0;
  let xx = 0;
  for (let k = 0; k < x.length; k++) {
    xy += (x[k]! - xMean) * (y[k]! - yMean);
    xx += (x[k]! - xMean) * (x[k]! - xMean);
  }
  return xy / xx;
}

class Hurst implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #returns: Window;
  /** Values per chunk when the window is cut in 1, 2, 4 … equal chunks; a remainder at the oldest end is left out. */
  readonly #sizes: readonly number[];
  readonly #logSizes: Float64Array;
  readonly #logRanges: Float64Array;
  readonly #logCorrected: Float64Array;
  /** Added to a rescaled range: asymptotic less exact expectation without memory. */
  readonly #corrections: Float64Array;
  readonly #previous = new Float64Array(1).fill(Number.NaN);

  constructor(n: number) {
    this.#returns = new Window(n);
    const sizes: number[] = [];
    for (let chunks = 1; chunks <= LARGEST_SPLIT && Math.floor(n / chunks) >= SMALLEST_CHUNK; chunks *= 2)
      sizes.push(Math.floor(n / chunks));
    this.#sizes = sizes;
    this.#logSizes = Float64Array.from(sizes, (s) => Math.log10(s));
    this.#logRanges = new Float64Array(sizes.length);
    this.#logCorrected = new Float64Array(sizes.length);
    this.#corrections = Float64Array.from(sizes, (s) => Math.sqrt((Math.PI * s) / 2) - expectedRescaledRange(s));
  }

  next(x: number): number {
    const previous = this.#previous[0]!;
    this.#previous[0] = x;
    if (Number.isNaN(previous)) return Number.NaN;
    const step = x > 0 && previous > 0 ? Math.log(x / previous) : 0;
    if (!this.#returns.push(step)) return Number.NaN;
    for (let k = 0; k < this.#sizes.length; k++) {
      const range = this.#meanRescaledRange(this.#sizes[k]!);
      this.#logRanges[k] = Math.log10(range);
      this.#logCorrected[k] = Math.log10(range + this.#corrections[k]!);
    }
    const plain = slope(this.#logSizes, this.#logRanges);
    const corrected = slope(this.#logSizes, this.#logCorrected);
    this.out[0] = Number.isFinite(plain) ? plain : 0.5;
    this.out[1] = Number.isFinite(corrected) && Number.isFinite(plain) ? corrected : 0.5;
    return this.out[0]!;
  }

  #meanRescaledRange(size: number): number {
    const { values, start, length: n } = this.#returns;
    const chunks = Math.floor(n / size);
    let from = start + n - size * chunks;
    let total = 0;
    for (let chunk = 0; chunk < chunks; chunk++, from += size) {
      let sum = 0;
      for (let i = from; i < from + size; i++) sum += values[i]!;
      const mean = sum / size;
      let path = 0;
      let low = values[from]! - mean;
      let high = low;
      let squares = 0;
      for (let i = from; i < from + size; i++) {
        const d = values[i]! - mean;
        path += d;
        low = Math.min(low, path);
        high = Math.max(high, path);
        squares += d * d;
      }
      if (squares > 0) total += (high - low) / Math.sqrt(squares / size);
    }
    return total / chunks;
  }
}

/**
 * Hurst exponent by rescaled range. The last n logarithmic returns are cut into 1, 2, 4 … up to 32 equal chunks of at least 8
 * values (a remainder at the oldest end is left out); the exponent is the slope of log(mean R/S) on log(chunk size), R being
 * the range of the cumulative deviations from the chunk's mean and S its population deviation. Near 0.5 without memory, above
 * where moves persist, below where they revert. Small windows read too high; `corrected` takes Anis & Lloyd's expectation into
 * account. Both are 0.5 where the window does not move, and steps from or to prices not above 0 count as no move.
 */
export const hurst = defineIndicator({
  name: 'hurst-exponent',
  title: 'Hurst exponent',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value', 'corrected'],
  params: { length: length(100, 20, 'returns in the window') },
  unit: 'ratio',
  formula: 'slope of log(R/S) on log(chunk size); corrected: of log(R/S − E[R/S] + √(πn/2))',
  source: 'Hurst, 1951; Anis & Lloyd, 1976; chunks as Skender.Stock.Indicators, Hurst',
  warmup: (p) => p.length,
  create: (p) => new Hurst(p.length),
});
