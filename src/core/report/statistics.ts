import type { Figure } from './metric.ts';

/** Dispersion below this share of the largest value is rounding noise of float64, not variance. */
const NOISE = 1e-12;

/** Sum in the order given. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; `'no-data'` of nothing. */
export function mean(values: ArrayLike<number>): Figure {
  return values.length === 0 ? 'no-data' : sum(values) / values.length;
}

/**
 * Standard deviation, two passes, divided by `n − ddof`: 1 (default) for a sample, 0 for a population. Exactly 0 where the
 * spread is rounding noise (1e-12 of the largest value). `'too-short'` where `n ≤ ddof`.
 */
export function standardDeviation(values: ArrayLike<number>, ddof: 0 | 1 = 1): Figure {
  const n = values.length;
  if (n <= ddof) return 'too-short';
  const centre = sum(values) / n;
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const x = values[i]!;
    squares += (x - centre) * (x - centre);
    if (Math.abs(x) > largest) largest = Math.abs(x);
  }
  const deviation = Math.sqrt(squares / (n - ddof));
  return deviation <= NOISE * largest ? 0 : deviation;
}

/** Third or fourth standardised moment of the population: Σ(x−x̄)^k / n / σ^k. */
function standardisedMoment(values: ArrayLike<number>, order: 3 | 4): Figure {
  const deviation = standardDeviation(values, 0);
  if (typeof deviation !== 'number') return deviation;
  if (deviation === 0) return 'zero-variance';
  const centre = sum(values) / values.length;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const z = (values[i]! - centre) / deviation;
    total += order === 3 ? z * z * z : z * z * z * z;
  }
  return total / values.length;
}

/** Skewness γ₃ of the population (scipy's default, no small-sample correction). */
export function skewness(values: ArrayLike<number>): Figure {
  return standardisedMoment(values, 3);
}

/** Raw kurtosis γ₄ of the population: 3 for a normal distribution. The *excess* kurtosis is this less 3. */
export function rawKurtosis(values: ArrayLike<number>): Figure {
  return standardisedMoment(values, 4);
}

/** An ascending copy. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * Quantile of an ascending column, linear between ranks at (n − 1)·q: Hyndman & Fan type 7, as numpy and Excel do.
 * `q` from 0 to 1.
 */
export function quantileOfSorted(ascending: ArrayLike<number>, q: number): Figure {
  const n = ascending.length;
  if (n === 0) return 'no-data';
  const rank = (n - 1) * q;
  const low = Math.floor(rank);
  const a = ascending[low]!;
  const b = ascending[Math.min(low + 1, n - 1)]!;
  return a + (b - a) * (rank - low);
}

/** Quantile of an unordered column; see {@link quantileOfSorted}. */
export function quantile(values: ArrayLike<number>, q: number): Figure {
  return quantileOfSorted(sorted(values), q);
}

/** Middle value. */
export function median(values: ArrayLike<number>): Figure {
  return quantile(values, 0.5);
}

/** Population covariance and variances of two columns of one length, in one object. */
export function covariance(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { readonly xy: number; readonly xx: number; readonly yy: number } {
  const n = x.length;
  const mx = sum(x) / n;
  const my = sum(y) / n;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - mx;
    const dy = y[i]! - my;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return { xy: xy / n, xx: xx / n, yy: yy / n };
}
