import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Timeframe } from '../../core/vocabulary/time.ts';
import type { ConnectionHealth, FeedChannel, FeedRequest, SubscriptionHealth } from '../../ports/market-feed.ts';
import { VenueError, type VenueErrorCode } from '../../ports/venue-error.ts';

/** What the thread of a feed must be started with, as part of its `workerData`. */
export interface FeedThreadData {
  readonly queue: SharedArrayBuffer;
}

/** What a feed's thread is asked. Other messages over the same port are none of its business. */
export type FeedQuestion =
  | { readonly feed: 'subscribe'; readonly id: number; readonly request: FeedRequest }
  | { readonly feed: 'unsubscribe'; readonly id: number }
  | { readonly feed: 'instruments'; readonly call: number; readonly symbols: readonly string[] | undefined }
  | { readonly feed: 'close' };

/** What it answers outside of the queue. */
export type FeedAnswer =
  | {
      readonly feed: 'ready';
      readonly venue: string;
      readonly channels: readonly FeedChannel[];
      readonly timeframes: readonly Timeframe[] | null;
    }
  | { readonly feed: 'instruments'; readonly call: number; readonly all: readonly InstrumentDefinition[] }
  | { readonly feed: 'failed'; readonly call: number; readonly failure: ToldFailure };

/** Health as it comes through the queue. */
export interface ToldHealth {
  /** `ageMs` is null before the first data: JSON has no infinity. */
  readonly subscriptions: readonly (Omit<SubscriptionHealth, 'ageMs' | 'request'> & {
    readonly ageMs: number | null;
  })[];
  readonly connections: readonly (Omit<ConnectionHealth, 'lastFrameAgeMs'> & {
    readonly lastFrameAgeMs: number | null;
  })[];
  readonly clockSkewMs: number | null;
}

/** An error that can leave its thread. `venue` is null of what was no {@link VenueError}. */
interface ToldFailure {
  readonly venue: string | null;
  readonly code: string;
  readonly message: string;
  readonly venueCode: string | null;
  readonly retryAfterMs: number | null;
}

export function toldFailure(error: unknown): ToldFailure {
  if (error instanceof VenueError) {
    const { venue, code, message, venueCode, retryAfterMs } = error;
    return { venue, code, message, venueCode, retryAfterMs };
  }
  const message = error instanceof Error ? String(error.stack) : String(error);
  return { venue: null, code: 'unexpected', message, venueCode: null, retryAfterMs: null };
}

export function failureOf({ venue, code, message, venueCode, retryAfterMs }: ToldFailure): Error {
  if (venue === null) return new Error(message);
  return new VenueError(code as VenueErrorCode, venue, message, {
    ...(venueCode === null ? {} : { venueCode }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}
