import type { ParameterRange } from '../indicator.ts';

/**
 * How exponential averages begin, which is the whole difference between the packages that compute them:
 * 0: every stage with the mean of its first n values (TA-Lib, TradingView);
 * 1: the first stage so, the later stages with the value they meet first (Skender);
 * 2: every stage with the value it meets first (pandas `ewm(adjust=False)`, Tulip's single averages);
 * 3: the same, but a stage passes its values on only from its n-th (Achelis, Tulip's chained averages).
 */
export const CASCADE_SEED: ParameterRange = {
  default: 0,
  min: 0,
  max: 3,
  integer: true,
  about: 'start: 0 mean of n values, 1 mean in the first stage only, 2 first value, 3 first value and n bars a stage',
};

/** The same for averages that are not chained, or not of one length: there 3 would be no other than 2. */
export const SEED: ParameterRange = {
  ...CASCADE_SEED,
  max: 2,
  about: 'start of the average: 0 mean of n values, 1 mean in the first stage only, 2 first value',
};

/** Values that the given stage (0 is the first) averages before it starts to smooth. */
export function seedLength(n: number, seed: number, stage = 0): number {
  return seed === 0 || (seed === 1 && stage === 0) ? n : 1;
}

/** Bars before the last of `stages` chained averages of length n has a value. */
export function seedWarmup(n: number, seed: number, stages: number): number {
  if (seed === 3) return (stages - 1) * (n - 1);
  let bars = 0;
  for (let stage = 0; stage < stages; stage++) bars += seedLength(n, seed, stage) - 1;
  return bars;
}
