import { assert } from '../vocabulary/assert.ts';
import type { Reason } from './metric.ts';

export interface OverfittingEstimate {
  /** Share of splits in which the best trial in the sample was at or below the median out of it. */
  readonly probability: number;
  /** One logit of the relative rank out of the sample per split; ≤ 0 is a failure. */
  readonly logits: Float64Array;
  /** Share of splits in which the chosen trial lost money out of the sample. */
  readonly probabilityOfLoss: number;
  readonly splits: number;
}

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu,
 * "The probability of backtest overfitting", Journal of Computational Finance 2016). `trials` is one return column per trial, all of
 * one length, on the same days; they are cut into `blocks` (even) runs of days, every half of which once is the sample. Performance
 * is the Sharpe ratio; days beyond a multiple of `blocks` are left out at the start. `'no-data'` below two trials.
 */
export function probabilityOfOverfitting(trials: readonly Float64Array[], blocks = 16): OverfittingEstimate | Reason {
  assert(blocks >= 2 && blocks % 2 === 0, `an even number of blocks, found ${blocks}`);
  const n = trials[0]?.length ?? 0;
  assert(
    trials.every((trial) => trial.length === n),
    'trials of one length',
  );
  if (trials.length < 2) return 'no-data';
  const size = Math.floor(n / blocks);
  if (size < 2) return 'too-short';
  const sums = trials.map((trial) => blockSums(trial, blocks, size));
  const logits: number[] = [];
  let failures = 0;
  let losses = 0;
  const inSample = new Float64Array(trials.length);
  const outSample = new Float64Array(trials.length);
  for (const chosen of halves(blocks)) {
    let best = 0;
    let bestTotal = 0;
    sums.forEach((sum, t) => {
      const inside = ratioOver(sum, chosen, true, size);
      const outside = ratioOver(sum, chosen, false, size);
      inSample[t] = inside.ratio;
      outSample[t] = outside.ratio;
      if (t === 0 || inside.ratio > inSample[best]!) {
        best = t;
        bestTotal = outside.total;
      }
    });
    const relative = midRank(outSample, best) / (trials.length + 1);
    const logit = Math.log(relative / (1 - relative));
    logits.push(logit);
    if (logit <= 0) failures++;
    if (bestTotal < 0) losses++;
  }
  return {
    probability: failures / logits.length,
    logits: Float64Array.from(logits),
    probabilityOfLoss: losses / logits.length,
    splits: logits.length,
  };
}

interface BlockSums {
  readonly total: Float64Array;
  readonly squares: Float64Array;
}

function blockSums(trial: Float64Array, blocks: number, size: number): BlockSums {
  const total = new Float64Array(blocks);
  const squares = new Float64Array(blocks);
  const skipped = trial.length - blocks * size;
  for (let i = 0; i < blocks * size; i++) {
    const block = Math.floor(i / size);
    const r = trial[skipped + i]!;
    total[block]! += r;
    squares[block]! += r * r;
  }
  return { total, squares };
}

/** Sharpe ratio per period over the chosen blocks, or over the others. Returns that do not vary rank by their sign only. */
function ratioOver(sums: BlockSums, chosen: number, inside: boolean, size: number): { ratio: number; total: number } {
  let total = 0;
  let squares = 0;
  let n = 0;
  for (let block = 0; block < sums.total.length; block++) {
    if (((chosen >>> block) & 1) === (inside ? 1 : 0)) {
      total += sums.total[block]!;
      squares += sums.squares[block]!;
      n += size;
    }
  }
  const centre = total / n;
  const variance = (squares - n * centre * centre) / (n - 1);
  return { ratio: variance > 0 ? centre / Math.sqrt(variance) : Math.sign(centre), total };
}

/** Rank from 1 (worst) of one value; equals share the middle of their ranks. */
function midRank(values: Float64Array, at: number): number {
  let below = 0;
  let equal = 0;
  for (const value of values) {
    if (value < values[at]!) below++;
    else if (value === values[at]!) equal++;
  }
  return below + (equal + 1) / 2;
}

/** Every choice of half of `blocks` bits, ascending. */
function* halves(blocks: number): Generator<number> {
  for (let mask = 0; mask < 1 << blocks; mask++) {
    let bits = 0;
    for (let rest = mask; rest !== 0; rest &= rest - 1) bits++;
    if (bits === blocks / 2) yield mask;
  }
}
