import { power } from './growth.ts';
import type { Figure, Reason } from './metric.ts';
import { nelderMead } from './nelder-mead.ts';

/** A tail of losses beyond `threshold`, all numbers positive losses as fractions. */
export interface ParetoTail {
  readonly threshold: number;
  readonly scale: number;
  readonly shape: number;
  readonly valueAtRisk: number;
  /** `'out-of-range'` from a shape of 1 on: such a tail has no mean. */
  readonly expectedShortfall: Figure;
}

export interface ParetoTailOptions {
  /** Share of periods beyond the value at risk. */
  readonly probability?: number;
  /** What the distribution is fitted to: losses less the threshold (the theory), or the losses themselves (as empyrical does). */
  readonly fit?: 'excesses' | 'losses';
  /** Of what `probability` is a share: all periods (the theory), or only those with a loss (as empyrical does). */
  readonly population?: 'periods' | 'losses';
}

const FIRST_THRESHOLD = 0.2;
const LAST_THRESHOLD = 1e-9;

/**
 * Value at risk and expected shortfall from a generalised Pareto distribution fitted by maximum likelihood to the tail of losses
 * (McNeil, Frey & Embrechts, *Quantitative Risk Management*, §7.2). The threshold starts at 20 % and halves until a fit has a
 * positive shape (a fat tail) and its value at risk is a loss. `'no-convergence'` where none has.
 */
export function gpdTail(returns: Float64Array, options: ParetoTailOptions = {}): ParetoTail | Reason {
  const { probability = 0.01, fit = 'excesses', population = 'periods' } = options;
  if (returns.length < 3) return 'too-short';
  const losses = returns.filter((r) => r < 0).map((r) => -r);
  if (losses.length === 0) return 'no-losses';
  const total = population === 'periods' ? returns.length : losses.length;
  for (let threshold = FIRST_THRESHOLD; threshold > LAST_THRESHOLD; threshold /= 2) {
    const beyond = losses.filter((loss) => loss >= threshold);
    if (beyond.length === 0) continue;
    const sample = fit === 'losses' ? beyond : beyond.map((loss) => loss - threshold);
    const minimum = nelderMead(([scale = 0, shape = 0]) => -logLikelihood(scale, shape, sample), [1, 1]);
    const [scale = 0, shape = 0] = minimum.at;
    if (!minimum.converged || shape <= 0) continue;
    const tailShare = power((total / beyond.length) * probability, -shape);
    if (typeof tailShare !== 'number') return tailShare;
    const valueAtRisk = threshold + (scale / shape) * (tailShare - 1);
    // A threshold that so few losses passed tells nothing of a quantile far below it: the line through it even says a profit.
    if (valueAtRisk <= 0) continue;
    const expectedShortfall = shape < 1 ? (valueAtRisk + scale - shape * threshold) / (1 - shape) : 'out-of-range';
    return { threshold, scale, shape, valueAtRisk, expectedShortfall };
  }
  return 'no-convergence';
}

/** Log-likelihood of the generalised Pareto distribution; the most negative double outside of scale > 0, shape ≥ 0. */
function logLikelihood(scale: number, shape: number, sample: Float64Array): number {
  if (!(scale > 0) || shape < 0) return -Number.MAX_VALUE;
  let total = -sample.length * Math.log(scale);
  if (shape === 0) for (const y of sample) total -= y / scale;
  else for (const y of sample) total -= (1 / shape + 1) * Math.log((shape / scale) * y + 1);
  return total;
}
