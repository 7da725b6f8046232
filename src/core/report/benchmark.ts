import { power } from './growth.ts';
import { type Figure, mapFigure, quotient } from './metric.ts';
import { annualReturn } from './returns.ts';
import { covariance, mean, standardDeviation } from './statistics.ts';

/** A benchmark whose variance is below this does not move. */
const STILL = 1e-30;

/** Two return columns of one length, period by period; benchmark in `factor`. */
export interface PairedReturns {
  readonly returns: Float64Array;
  readonly factor: Float64Array;
}

/** Periods whose benchmark return is positive (`'up'`) or negative (`'down'`). */
export function whenBenchmark(direction: 'up' | 'down', pair: PairedReturns): PairedReturns {
  const keep = (_: number, i: number): boolean => (direction === 'up' ? pair.factor[i]! > 0 : pair.factor[i]! < 0);
  return { returns: pair.returns.filter(keep), factor: pair.factor.filter(keep) };
}

/** Returns over the benchmark's, period by period. */
export function activeReturns({ returns, factor }: PairedReturns): Float64Array {
  return returns.map((r, i) => r - factor[i]!);
}

/** β = cov(r, b) / var(b). */
export function beta({ returns, factor }: PairedReturns): Figure {
  if (returns.length < 2) return 'too-short';
  const { xy, yy } = covariance(returns, factor);
  return yy < STILL ? 'zero-variance' : xy / yy;
}

/**
 * Jensen's alpha, compounded to a year: (1 + mean((r − r_f) − β(b − r_f)))^N − 1. `riskFree` per period; `knownBeta` saves a pass.
 */
export function alpha(
  pair: PairedReturns,
  periodsPerYear: number,
  riskFree = 0,
  knownBeta: Figure = beta(pair),
): Figure {
  if (pair.returns.length < 2) return 'too-short';
  return mapFigure(knownBeta, (b) => {
    const residual = pair.returns.map((r, i) => r - riskFree - b * (pair.factor[i]! - riskFree));
    return mapFigure(mean(residual), (m) => mapFigure(power(1 + m, periodsPerYear), (growth) => growth - 1));
  });
}

/** Share of the returns' variance that the benchmark explains: correlation². */
export function rSquared({ returns, factor }: PairedReturns): Figure {
  if (returns.length < 2) return 'too-short';
  const { xy, xx, yy } = covariance(returns, factor);
  return xx < STILL || yy < STILL ? 'zero-variance' : (xy * xy) / (xx * yy);
}

/** Annualised sample deviation of the active returns. */
export function trackingError(pair: PairedReturns, periodsPerYear: number): Figure {
  return mapFigure(standardDeviation(activeReturns(pair)), (deviation) => deviation * Math.sqrt(periodsPerYear));
}

/** Information ratio: mean active return ÷ its deviation × √N. With N = 1 it is the per-period ratio. */
export function informationRatio(pair: PairedReturns, periodsPerYear: number): Figure {
  if (pair.returns.length < 2) return 'too-short';
  const active = activeReturns(pair);
  return quotient(
    mapFigure(mean(active), (m) => m * Math.sqrt(periodsPerYear)),
    standardDeviation(active),
    'zero-variance',
  );
}

/** Treynor ratio: excess return per year ÷ β. */
export function treynor(growth: Figure, riskFreeAnnual: number, marketBeta: Figure): Figure {
  return quotient(
    mapFigure(growth, (g) => g - riskFreeAnnual),
    marketBeta,
    'zero-variance',
  );
}

/** Capture: annual return of the account ÷ that of the benchmark over the same periods. */
export function capture(pair: PairedReturns, periodsPerYear: number): Figure {
  return quotient(
    annualReturn(pair.returns, periodsPerYear),
    annualReturn(pair.factor, periodsPerYear),
    'zero-variance',
  );
}

/** Capture in the periods in which the benchmark rose. */
export function upCapture(pair: PairedReturns, periodsPerYear: number): Figure {
  return capture(whenBenchmark('up', pair), periodsPerYear);
}

/** Capture in the periods in which the benchmark fell. */
export function downCapture(pair: PairedReturns, periodsPerYear: number): Figure {
  return capture(whenBenchmark('down', pair), periodsPerYear);
}

/** Up capture ÷ down capture. */
export function upDownCapture(pair: PairedReturns, periodsPerYear: number): Figure {
  return quotient(upCapture(pair, periodsPerYear), downCapture(pair, periodsPerYear), 'zero-variance');
}

/** The integer nearest to a half-integer, ties to even. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** `chord`: the chord at the middle period's benchmark return; `empyrical`: its weights swapped and its middle rounded, as empyrical 0.5 has it. */
export type FragilityConvention = 'chord' | 'empyrical';

/**
 * Fragility of the returns to moves of the benchmark: chord less curve over its lowest, middle and highest period; negative means
 * that volatility of the benchmark hurts (Taleb, Canetti, Kinda, Loukoianova & Schmieder, IMF WP/12/216).
 */
export function betaFragility({ returns, factor }: PairedReturns, convention: FragilityConvention = 'chord'): Figure {
  const n = returns.length;
  if (n < 3) return 'too-short';
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => factor[a]! - factor[b]! || a - b);
  const low = order[0]!;
  const middle = order[convention === 'chord' ? Math.floor(n / 2) : roundHalfEven(n / 2)]!;
  const high = order[n - 1]!;
  const range = factor[high]! - factor[low]!;
  const upper = range === 0 ? 0.5 : (factor[middle]! - factor[low]!) / range;
  const highWeight = convention === 'chord' ? upper : 1 - upper;
  return (1 - highWeight) * returns[low]! + highWeight * returns[high]! - returns[middle]!;
}
