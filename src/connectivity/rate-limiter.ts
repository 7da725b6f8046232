import type { Clock } from '../ports/clock.ts';
import type { RateCosts, RateCounters, RateWindow } from './rate-window.ts';

/** Who goes first, and how much of the own use is kept free of those behind: cancels may use all of it, orders 90 %, reads 80 %. */
export const RATE_LANES = ['cancel', 'order', 'read'] as const;
export type RateLane = (typeof RATE_LANES)[number];

export interface RateLimiterOptions {
  readonly clock: Clock;
  readonly windows: readonly RateWindow[];
  /** Own part of each published limit; 0.8 by default. */
  readonly share?: number;
  /** Waiting requests; more are refused. 256 by default. */
  readonly queueLimit?: number;
  /** In this process by default. */
  readonly counters?: RateCounters;
}

/** `taken`: go. Otherwise the request must not be sent; `retryInMs` is when asking again may help, null where it never will. */
export type RateAnswer =
  | { readonly taken: true }
  | { readonly taken: false; readonly reason: string; readonly retryInMs: number | null };

/** Keeps this program's requests within a venue's limits. */
export declare class RateLimiter {
  constructor(options: RateLimiterOptions);
  /** Waits its turn, at most `longestWaitMs` (0: now or never). Never rejects. An unknown meter throws RangeError at once. */
  take(costs: RateCosts, lane: RateLane, longestWaitMs: number): Promise<RateAnswer>;
  /** The venue's own count, from an answer's headers. Windows are named by meter and length. */
  observe(meter: string, windowMs: number, used: number): void;
  /** The venue said stop: nothing of the scope leaves for so long. */
  block(scope: string, forMs: number): void;
  /** How long a scope is still blocked, as far as this process knows; 0 where it is not. */
  blockedForMs(scope: string): number;
  /** New limits from the venue, as in Binance's `rateLimits`. What is used stays counted. */
  adopt(windows: readonly RateWindow[]): void;
  readonly waiting: number;
  /** Refuses everything that waits. */
  close(): void;
}
