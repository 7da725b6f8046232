import type { Random } from '../core/vocabulary/random.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Outcome } from '../ports/exchange-gateway.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../ports/transport.ts';
import type { VenueErrorCode } from '../ports/venue-error.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { RateLane, RateLimiter } from './rate-limiter.ts';
import type { RateCosts } from './rate-window.ts';
import type { ReadRetryOptions } from './read-retry.ts';
import type { VenueClock } from './venue-clock.ts';

/** What leaves, made at the moment it may leave: a signature's time stamp is not older than its place in the queue. */
export interface RestText {
  /** Path and query, percent-encoded: `/api/v3/order?symbol=BTCUSDT&…&signature=…`. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RestRequest {
  readonly method: HttpRequest['method'];
  /** For messages, without parameters: `/api/v3/order`. */
  readonly path: string;
  readonly costs: RateCosts;
  /** `read` by default for {@link RestCaller.read}, `order` for {@link RestCaller.send}. */
  readonly lane?: RateLane;
  /** 10 s by default. */
  readonly timeoutMs?: number;
  /** True where {@link text} signs the venue's time. Without it `text` is given our own clock's. */
  readonly isSigned?: boolean;
  text(timeMs: TimeMs): RestText;
}

/** Why an answer is no success, in the venue's words and ours. */
export interface RestFailure {
  readonly code: VenueErrorCode;
  readonly venueCode: string | null;
  readonly message: string;
}

export interface RestCallerOptions {
  readonly venue: string;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  /** `https://api.binance.com`; reads go to the next one where one cannot be reached. Mutations only ever go to the first. */
  readonly origins: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly limiter: RateLimiter;
  readonly breaker?: CircuitBreaker;
  /** Needed for signed requests. */
  readonly venueClock?: VenueClock;
  /**
   * Null where the answer is a success, whatever its status. An answer that it does not know is `unavailable` for 5xx and
   * `answer-unreadable` otherwise. The body may not be JSON.
   */
  readonly judge: (answer: HttpAnswer, request: RestRequest) => RestFailure | null;
  /** Reads used weight from headers and tells the limiter. */
  readonly observe?: (answer: HttpAnswer, limiter: RateLimiter, request: RestRequest) => void;
  /** What a 429 or 418 blocks; the scope of the first meter of the request by default. */
  readonly blockedScope?: (answer: HttpAnswer, request: RestRequest) => string;
  /** Never shown in any message: API keys, secrets, listen keys. Signatures are found by their name. */
  readonly secrets?: readonly string[];
  readonly retry?: Omit<ReadRetryOptions, 'clock' | 'random'>;
}

/** What a venue's REST client is made of: limits, breaker, clock, retries of reads, and a truthful outcome of everything else. */
export declare class RestCaller {
  constructor(options: RestCallerOptions);
  /** Rejects with {@link VenueError}, after retries where they can help. `decode` that throws is `answer-unreadable`. */
  read<T>(request: RestRequest, decode: (answer: HttpAnswer) => T): Promise<T>;
  /** Sends at most once and never rejects. `decode` that throws is an unknown outcome: the venue did say yes. */
  send<T>(request: RestRequest, decode: (answer: HttpAnswer) => T): Promise<Outcome<T>>;
}
