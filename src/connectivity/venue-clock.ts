import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Clock } from '../ports/clock.ts';

export interface VenueClockOptions {
  readonly venue: string;
  readonly clock: Clock;
  /** Asks the venue for its time. Rejects with {@link VenueError}. */
  readonly ask: () => Promise<TimeMs>;
  /** Questions per measurement; 5 by default. */
  readonly samples?: number;
  /** Larger uncertainty refuses to stamp; 500 ms by default. */
  readonly largestUncertaintyMs?: number;
  /** Between measurements; 10 minutes by default. */
  readonly everyMs?: number;
}

export interface ClockSkew {
  /** Venue's clock minus ours. */
  readonly skewMs: number;
  readonly uncertaintyMs: number;
}

/**
 * A venue's clock, measured from the midpoint of question and answer. It runs on the clock that never jumps, so that a step of the wall
 * clock does not spoil a time stamp; a measurement ages, and its uncertainty grows with age.
 */
export declare class VenueClock {
  constructor(options: VenueClockOptions);
  /** Measures, and goes on measuring until {@link close}. Rejects with {@link VenueError} where the first one fails. */
  start(): Promise<void>;
  /** Measures now, for instance after the venue complained of a time stamp. Calls while one runs share it. */
  measure(): Promise<void>;
  /** Null before the first measurement. */
  readonly skew: ClockSkew | null;
  /** The venue's time for a signature, whole milliseconds. Throws {@link VenueError} `clock-skewed` where it is not known well enough. */
  stampMs(): TimeMs;
  close(): void;
}
