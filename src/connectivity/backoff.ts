import { assert } from '../core/vocabulary/assert.ts';
import type { Random } from '../core/vocabulary/random.ts';

/** Bounds of exponential backoff. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const RECONNECT_BACKOFF: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/**
 * Wait before attempt `failures + 1`, with full jitter: uniform in [0, min(longest, first · 2^(failures − 1))), 0 before the first
 * failure. M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: of the variants the one with the least work.
 */
export function backoffMs(failures: number, backoff: Backoff, random: Random): number {
  assert(Number.isInteger(failures) && failures >= 0, `failures are counted from 0, found ${failures}`);
  return failures === 0 ? 0 : random.uniform() * backoffCeilingMs(failures, backoff);
}

/** The longest wait that {@link backoffMs} can give. */
export function backoffCeilingMs(failures: number, backoff: Backoff): number {
  let ceiling = backoff.firstMs;
  for (let k = 1; k < failures && ceiling < backoff.longestMs; k++) ceiling *= 2;
  return Math.min(ceiling, backoff.longestMs);
}
