import type { TimeMs } from '../vocabulary/time.ts';

const FIRST_MS = 5_000;
const FACTOR = 3;
const LONGEST_MS = 3_600_000;
/** Some six hours in all. */
export const MOST_ATTEMPTS = 12;

/**
 * When a delivery is tried again after its `attempts`-th attempt (from 1): 5 s, 15 s, 45 s … up to an hour, each shortened by up to a half, so that
 * many do not come at once, and never before the other side allows it. `chance`: in [0, 1). Null: never, it was tried often enough.
 */
export function retryAt(attempts: number, retryAfterMs: number | null, nowMs: TimeMs, chance: number): TimeMs | null {
  if (attempts >= MOST_ATTEMPTS) return null;
  let waitMs = FIRST_MS;
  for (let k = 1; k < attempts && waitMs < LONGEST_MS; k++) waitMs *= FACTOR;
  const spreadMs = Math.min(LONGEST_MS, waitMs) * (1 - chance / 2);
  return nowMs + Math.max(spreadMs, retryAfterMs ?? 0);
}
