import type { Random } from '../core/vocabulary/random.ts';
import type { Clock } from '../ports/clock.ts';
import type { Backoff } from './backoff.ts';

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

/**
 * Repeats a read that failed with a retryable {@link VenueError}, with full jitter or after as long as the venue asked for. Only for
 * what changes nothing: orders are never repeated.
 */
export declare function retryRead<T>(read: () => Promise<T>, options: ReadRetryOptions): Promise<T>;
