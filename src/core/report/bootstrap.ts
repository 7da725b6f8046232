import { Random } from '../vocabulary/random.ts';
import type { Figure, Reason } from './metric.ts';
import { quantileOfSorted, standardDeviation } from './statistics.ts';

export interface BootstrapOptions {
  readonly periodsPerYear: number;
  readonly seed: number;
  /** Rate per period. */
  readonly riskFree?: number;
  readonly resamples?: number;
  /** Blocks keep the dependence between days. `'stationary'`: geometric lengths of this mean; `'circular'`: all of this length. */
  readonly blocks?: 'stationary' | 'circular';
  /** Default n^(1/3), the rate at which the best block length grows. */
  readonly blockLength?: number;
  /** Share of resamples inside the interval. */
  readonly level?: number;
}

export interface SharpeInterval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** Share of resamples whose Sharpe ratio is positive. */
  readonly probabilityPositive: number;
  readonly resamples: number;
  readonly blockLength: number;
}

/**
 * Percentile interval of the annualised Sharpe ratio by block bootstrap: stationary (Politis & Romano, JASA 1994) or circular
 * (Politis & Romano 1992). Same seed, same interval. `'too-short'` below 10 returns.
 */
export function bootstrapSharpe(returns: Float64Array, options: BootstrapOptions): SharpeInterval | Reason {
  const n = returns.length;
  if (n < 10) return 'too-short';
  const deviation: Figure = standardDeviation(returns);
  if (deviation === 0) return 'zero-variance';
  const { resamples = 1000, level = 0.95, riskFree = 0, blocks = 'stationary' } = options;
  const blockLength = options.blockLength ?? Math.max(1, Math.round(Math.cbrt(n)));
  const random = new Random(options.seed);
  const scale = Math.sqrt(options.periodsPerYear);
  const ratios = new Float64Array(resamples);
  let positive = 0;
  for (let b = 0; b < resamples; b++) {
    let total = 0;
    let squares = 0;
    let at = 0;
    let left = 0;
    for (let i = 0; i < n; i++) {
      const jump = blocks === 'circular' ? left === 0 : i === 0 || random.uniform() * blockLength < 1;
      if (jump) {
        at = random.integer(n);
        left = blockLength;
      } else if (++at === n) at = 0;
      left--;
      const excess = returns[at]! - riskFree;
      total += excess;
      squares += excess * excess;
    }
    const centre = total / n;
    const variance = (squares - n * centre * centre) / (n - 1);
    // A resample of equal returns has no ratio; it counts as none.
    const ratio = variance > 0 ? (centre / Math.sqrt(variance)) * scale : 0;
    ratios[b] = ratio;
    if (ratio > 0) positive++;
  }
  ratios.sort();
  const low = quantileOfSorted(ratios, (1 - level) / 2);
  const high = quantileOfSorted(ratios, (1 + level) / 2);
  if (typeof low !== 'number' || typeof high !== 'number') return 'no-data';
  return { low, high, level, probabilityPositive: positive / resamples, resamples, blockLength };
}
