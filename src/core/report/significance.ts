import { type Figure, settle } from './metric.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { sharpe } from './ratios.ts';
import { rawKurtosis, skewness, standardDeviation } from './statistics.ts';

/** Euler–Mascheroni constant. */
const EULER = 0.5772156649015329;

/** What the sampling error of a Sharpe ratio depends on; every figure per period, not per year. */
export interface SharpeSample {
  readonly sharpe: number;
  readonly n: number;
  /** γ₃. */
  readonly skewness: number;
  /** γ₄, raw: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/** Measures a return column; the figure's reason where its Sharpe ratio has none. `riskFree` per period. */
export function sharpeSample(returns: ArrayLike<number>, riskFree = 0): SharpeSample | Exclude<Figure, number> {
  const ratio = sharpe(returns, 1, riskFree);
  const third = skewness(returns);
  const fourth = rawKurtosis(returns);
  if (typeof ratio !== 'number') return ratio;
  if (typeof third !== 'number') return third;
  if (typeof fourth !== 'number') return fourth;
  return { sharpe: ratio, n: returns.length, skewness: third, kurtosis: fourth };
}

/** 1 − γ₃·SR + (γ₄ − 1)/4·SR²: the asymptotic variance of √n·SR. Never negative for moments of real data (γ₄ ≥ 1 + γ₃²). */
function varianceFactor({ sharpe: ratio, skewness: third, kurtosis: fourth }: SharpeSample): number {
  return 1 - third * ratio + ((fourth - 1) / 4) * ratio * ratio;
}

/**
 * Standard error of a per-period Sharpe ratio: √((1 − γ₃SR + (γ₄−1)/4·SR²)/(n − 1)) (Lo 2002; Mertens 2002 for skew and kurtosis).
 * Times √N it is the error of the annualised ratio.
 */
export function sharpeStandardError(sample: SharpeSample): Figure {
  if (sample.n < 2) return 'too-short';
  const factor = varianceFactor(sample);
  return factor > 0 ? settle(Math.sqrt(factor / (sample.n - 1))) : 'zero-variance';
}

/**
 * Probabilistic Sharpe ratio: the probability that the true ratio exceeds `threshold` (per period)
 * (Bailey & López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 2012, eq. 11).
 */
export function probabilisticSharpe(sample: SharpeSample, threshold = 0): Figure {
  const error = sharpeStandardError(sample);
  return typeof error === 'number' ? normalCdf((sample.sharpe - threshold) / error) : error;
}

/**
 * Expected largest Sharpe ratio among `tries` independent tries without skill, whose ratios vary by `variance`
 * (Bailey & López de Prado, "The deflated Sharpe ratio", JPM 2014, eq. 1). 0 for a single try.
 */
export function expectedMaximumSharpe(tries: number, variance: number): number {
  if (tries <= 1) return 0;
  const z = (1 - EULER) * normalQuantile(1 - 1 / tries) + EULER * normalQuantile(1 - 1 / (tries * Math.E));
  return Math.sqrt(variance) * z;
}

/** How many strategies, parameters or ideas were tried, this one included. */
export interface Tries {
  readonly count: number;
  /** Per-period Sharpe ratios of the others, as far as they have one. */
  readonly otherSharpes?: readonly number[];
}

/**
 * Sample variance of the per-period Sharpe ratios of all tries, this one's among them, so that a run asked for again is deflated by the
 * same. With no other ratio to compare: that of no-skill ratios of this length, 1/(n − 1).
 */
export function sharpeVarianceOf(sample: SharpeSample, { otherSharpes = [] }: Tries): number {
  const deviation = standardDeviation([...otherSharpes, sample.sharpe]);
  return typeof deviation === 'number' ? deviation * deviation : 1 / (sample.n - 1);
}

/**
 * Deflated Sharpe ratio: {@link probabilisticSharpe} against what the best of `tries` reaches by luck, whose per-period ratios vary by
 * `variance`.
 */
export function deflatedSharpe(sample: SharpeSample, tries: number, variance: number): Figure {
  if (sample.n < 2) return 'too-short';
  return probabilisticSharpe(sample, expectedMaximumSharpe(tries, variance));
}

/**
 * Minimum track record length in periods: how many returns like these it takes until the ratio exceeds `threshold` with `confidence`
 * (Bailey & López de Prado 2012, eq. 13). `'no-profit'` where the measured ratio does not exceed it.
 */
export function minimumTrackRecord(sample: SharpeSample, threshold = 0, confidence = 0.95): Figure {
  const edge = sample.sharpe - threshold;
  if (!(edge > 0)) return 'no-profit';
  const z = normalQuantile(confidence) / edge;
  return settle(1 + varianceFactor(sample) * z * z);
}
