import { InvariantError } from '../core/vocabulary/assert.ts';
import type { Random } from '../core/vocabulary/random.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Outcome } from '../ports/exchange-gateway.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, TransportError } from '../ports/transport.ts';
import { VENUE_ERRORS, VenueError, type VenueErrorCode } from '../ports/venue-error.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { RateLane, RateLimiter } from './rate-limiter.ts';
import type { RateCosts } from './rate-window.ts';
import { type ReadRetryOptions, retryRead } from './read-retry.ts';
import { redactor } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';
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
  /** For the answer; 10 s by default. */
  readonly timeoutMs?: number;
  /** For room within the rate limits; 30 s by default for reads, 5 s for cancels, 1 s for the rest. */
  readonly longestWaitMs?: number;
  /** True where {@link text} signs the venue's time. Without it `text` is given our own clock's. */
  readonly isSigned?: boolean;
  /**
   * By the clock of {@link text}: refused as not sent after this, however long it waited for its turn. What signs a window in which the venue
   * takes it ends the window here, see {@link windowMs}.
   */
  readonly validUntilMs?: TimeMs;
  text(timeMs: TimeMs): RestText;
}

/** How long after its time stamp a venue may take a request: the whole window, or what is left of the request's own time; 1 ms at least. */
export function windowMs(longestMs: number, stampMs: TimeMs, validUntilMs = Number.POSITIVE_INFINITY): number {
  return Math.max(1, Math.min(longestMs, Math.floor(validUntilMs - stampMs)));
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
  readonly observe?: (answer: HttpAnswer, limiter: RateLimiter, request: RestRequest, sentTimeMs: TimeMs) => void;
  /** What a 429 or 418 blocks; the scope of the first meter of the request by default. */
  readonly blockedScope?: (answer: HttpAnswer, request: RestRequest) => string;
  /** For how long, where a 429 or 418 has no Retry-After: 1 and 2 minutes by default. */
  readonly blockMs?: (answer: HttpAnswer) => number | null;
  /** Never shown in any message: API keys, secrets, listen keys. Signatures are found by their name. */
  readonly secrets?: readonly string[];
  readonly retry?: Omit<ReadRetryOptions, 'clock' | 'random'>;
}

const LONGEST_WAIT_MS: Readonly<Record<RateLane, number>> = { cancel: 5_000, order: 1_000, read: 30_000 };

/** What a venue's REST client is made of: limits, breaker, clock, retries of reads, and a truthful outcome of everything else. */
export class RestCaller {
  readonly #options: RestCallerOptions;
  readonly #redact: (text: string) => string;
  /** Origin that reads go to at present. */
  #origin = 0;

  constructor(options: RestCallerOptions) {
    if (options.origins.length === 0) throw new RangeError('expected at least one origin, found none');
    this.#options = options;
    this.#redact = redactor(options.secrets);
  }

  /** Rejects with {@link VenueError}, after retries where they can help. `decode` that throws is `answer-unreadable`. */
  read<T>(request: RestRequest, decode: (answer: HttpAnswer) => T): Promise<T> {
    const { clock, random, retry } = this.#options;
    return retryRead(() => this.#exchange(request, request.lane ?? 'read', true, decode), { clock, random, ...retry });
  }

  /**
   * Sends at most once and never rejects (but for a broken invariant of ours). `decode` that throws is an unknown outcome: the venue did
   * say yes.
   */
  async send<T>(request: RestRequest, decode: (answer: HttpAnswer) => T): Promise<Outcome<T>> {
    try {
      return { outcome: 'accepted', value: await this.#exchange(request, request.lane ?? 'order', false, decode) };
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      const { code, message } = error;
      return error.isProof
        ? { outcome: 'rejected', code, message, venueCode: error.venueCode }
        : { outcome: 'unknown', code, message };
    }
  }

  async #exchange<T>(
    request: RestRequest,
    lane: RateLane,
    isRead: boolean,
    decode: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const { clock, limiter, breaker, venueClock, observe } = this.#options;
    const room = await limiter.take(request.costs, lane, request.longestWaitMs ?? LONGEST_WAIT_MS[lane]);
    if (!room.taken) throw this.#error('not-sent', request, room.reason, room.retryInMs ?? undefined);
    const http = this.#httpRequest(request, isRead);
    // A cancel goes even where nothing else does: what reduces risk is worth a try.
    const probeInMs = lane === 'cancel' ? 0 : (breaker?.admit() ?? 0);
    if (probeInMs > 0) {
      throw this.#error('not-sent', request, 'the venue did not answer several times in a row', probeInMs);
    }
    const sentTimeMs = clock.nowMs();
    let answer: HttpAnswer;
    try {
      answer = await this.#options.http.send(http);
    } catch (error) {
      breaker?.failed();
      if (isRead) this.#origin = (this.#origin + 1) % this.#options.origins.length;
      throw this.#transportError(error, request);
    }
    observe?.(answer, limiter, request, sentTimeMs);
    const blockedMs = this.#block(answer, request);
    const failure = this.#failureOf(answer, request);
    // A 5xx by which the venue says that it refused, as one that throttles does, is an answer like any other: what it exempts must get through.
    if (answer.status >= 500 && (failure === null || !VENUE_ERRORS[failure.code].proof)) breaker?.failed();
    else breaker?.succeeded();
    if (failure !== null) {
      const venueError = this.#error(failure.code, request, failure.message, blockedMs ?? undefined, failure.venueCode);
      // Measured anew before a read is tried again; that it failed stands in the clock's own `fault`.
      const measured = failure.code === 'clock-skewed' && venueClock?.measure().catch(() => undefined);
      if (isRead) await measured;
      throw venueError;
    }
    try {
      return decode(answer);
    } catch (error) {
      if (error instanceof InvariantError || error instanceof VenueError) throw error;
      throw this.#error('answer-unreadable', request, `${String(error)} in the answer ${excerptOf(answer)}`);
    }
  }

  /** What is certainly not sent is refused with proof, whatever goes wrong here. */
  #httpRequest(request: RestRequest, isRead: boolean): HttpRequest {
    const { clock, venueClock, origins, headers } = this.#options;
    const timeMs = request.isSigned === true ? this.#stampMs(venueClock, request) : clock.nowMs();
    if (timeMs > (request.validUntilMs ?? Number.POSITIVE_INFINITY))
      throw this.#error('not-sent', request, 'its time was over before it could be sent');
    let text: RestText;
    try {
      text = request.text(timeMs);
    } catch (error) {
      if (error instanceof InvariantError || error instanceof VenueError) throw error;
      throw this.#error('request-invalid', request, String(error));
    }
    return {
      method: request.method,
      url: `${origins[isRead ? this.#origin : 0]!}${text.target}`,
      headers: { ...headers, ...text.headers },
      timeoutMs: request.timeoutMs ?? 10_000,
      ...(text.body === undefined ? {} : { body: text.body }),
    };
  }

  #stampMs(venueClock: VenueClock | undefined, request: RestRequest): TimeMs {
    if (venueClock === undefined) throw this.#error('request-invalid', request, 'signing needs the clock of the venue');
    return venueClock.stampMs();
  }

  /** Obeys 429 and 418; how long, null where the answer is neither. */
  #block(answer: HttpAnswer, request: RestRequest): number | null {
    if (answer.status !== 429 && answer.status !== 418) return null;
    const { clock, limiter, blockedScope, blockMs } = this.#options;
    const forMs =
      retryAfterMs(answer.headers['retry-after'], clock.nowMs()) ??
      blockMs?.(answer) ??
      (answer.status === 418 ? 120_000 : 60_000);
    const scope = blockedScope?.(answer, request) ?? limiter.scopeOf(Object.keys(request.costs)[0] ?? '');
    if (scope !== null) limiter.block(scope, forMs);
    return forMs;
  }

  #failureOf(answer: HttpAnswer, request: RestRequest): RestFailure | null {
    let failure: RestFailure | null;
    try {
      failure = this.#options.judge(answer, request);
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      const message = `${String(error)} in the answer ${excerptOf(answer)}`;
      return { code: 'answer-unreadable', venueCode: null, message };
    }
    if (failure !== null || (answer.status >= 200 && answer.status < 300)) return failure;
    const code =
      answer.status === 429
        ? 'rate-limited'
        : answer.status === 418
          ? 'banned'
          : answer.status >= 500
            ? 'unavailable'
            : 'answer-unreadable';
    return { code, venueCode: null, message: `status ${answer.status}, ${excerptOf(answer)}` };
  }

  #transportError(error: unknown, request: RestRequest): Error {
    if (error instanceof InvariantError) return error;
    // Nothing is known of a failure that the port does not know: the request may have arrived.
    if (!(error instanceof TransportError)) return this.#error('unavailable', request, String(error));
    const { fault } = error;
    const code = !error.mayHaveArrived
      ? 'not-sent'
      : fault === 'timeout'
        ? 'timeout'
        : fault === 'too-large' || fault === 'protocol'
          ? 'answer-unreadable'
          : 'unavailable';
    return this.#error(code, request, `${fault}: ${error.message}`);
  }

  #error(
    code: VenueErrorCode,
    request: RestRequest,
    why: string,
    retryInMs?: number,
    venueCode: string | null = null,
  ): VenueError {
    const { venue } = this.#options;
    const message = this.#redact(`${venue} ${request.method} ${request.path}: ${why}`);
    return new VenueError(code, venue, message, {
      ...(venueCode === null ? {} : { venueCode }),
      ...(retryInMs === undefined ? {} : { retryAfterMs: retryInMs }),
    });
  }
}

/** The beginning of a body, for a message. */
function excerptOf(answer: HttpAnswer): string {
  const text = new TextDecoder().decode(answer.body.subarray(0, 200)).replaceAll(/\s+/g, ' ').trim();
  return text === '' ? 'without a body' : JSON.stringify(text);
}
