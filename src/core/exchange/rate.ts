import { InvariantError } from '../vocabulary/assert.ts';
import { multiplyDivide, safe } from '../vocabulary/integer.ts';

/** Rates (fees, margins, caps) are integers in units of 1e-8: 0.1 % is 100,000. */
export const RATE_SCALE = 100_000_000;
/** The same, for here: what a module exports is looked up at every use. */
const SCALE = RATE_SCALE;

/** Up to this rate the low part's product stays below 2^53, whatever the value. */
const SPLIT_LIMIT = 90_000_000;

/** The rate nearest to a fraction: `toRate(0.001)` is 100,000. Finer digits than 1e-8 are rounded away. */
export function toRate(fraction: number): number {
  const rate = Math.round(fraction * RATE_SCALE);
  if (!Number.isSafeInteger(rate)) throw new InvariantError(`no rate: ${fraction}`);
  return rate;
}

/**
 * `value × rate / 1e8`, exact, rounded up (towards +∞): a fee is never too small, a rebate (negative rate) never too large.
 * `value` is in quanta, not negative.
 */
export function rateUp(value: number, rate: number): number {
  // A quotient of two integers below 2^53 and 2^27 is never rounded onto an integer that it is not, so floor and ceil are exact.
  const product = value * rate;
  if (product <= Number.MAX_SAFE_INTEGER && product >= -Number.MAX_SAFE_INTEGER) return Math.ceil(product / SCALE) + 0;
  if (rate > SPLIT_LIMIT || rate < -SPLIT_LIMIT) return multiplyDivide(value, rate, SCALE, 'ceil');
  const high = Math.floor(value / SCALE);
  const low = value - high * SCALE;
  return safe(high * rate + Math.ceil((low * rate) / SCALE), 'value × rate') + 0;
}

/** `value × rate / 1e8`, exact, rounded down (towards −∞); see {@link rateUp}. */
export function rateDown(value: number, rate: number): number {
  return -rateUp(value, -rate) + 0;
}
