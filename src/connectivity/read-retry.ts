import type { Random } from '../core/vocabulary/random.ts';
import type { Clock } from '../ports/clock.ts';
import { VenueError } from '../ports/venue-error.ts';
import { type Backoff, backoffMs } from './backoff.ts';

export interface ReadRetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Attempts in all; 4 by default. */
  readonly attempts?: number;
  /** 250 ms doubling to 5 s by default. */
  readonly backoff?: Backoff;
  /** A venue that asks for a longer wait than this gets none of ours: the error is passed on. 10 s by default. */
  readonly longestWaitMs?: number;
}

const READ_BACKOFF: Backoff = { firstMs: 250, longestMs: 5_000 };

/**
 * Repeats a read that failed with a retryable {@link VenueError}, with full jitter or after as long as the venue asked for. Only for
 * what changes nothing: orders are never repeated.
 */
export async function retryRead<T>(read: () => Promise<T>, options: ReadRetryOptions): Promise<T> {
  const attempts = options.attempts ?? 4;
  for (let failures = 1; ; failures++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof VenueError) || !error.isRetryable || failures >= attempts) throw error;
      const waitMs = error.retryAfterMs ?? backoffMs(failures, options.backoff ?? READ_BACKOFF, options.random);
      if (waitMs > (options.longestWaitMs ?? 10_000)) throw error;
      await pause(waitMs, options.clock);
    }
  }
}

function pause(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
