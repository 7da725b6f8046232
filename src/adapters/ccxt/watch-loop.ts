import { backoffMs, RECONNECT_BACKOFF } from '../../connectivity/backoff.ts';
import type { Timer } from '../../ports/clock.ts';
import type {
  ConnectionHealth,
  FeedRequest,
  FeedSink,
  FeedState,
  SubscriptionHealth,
} from '../../ports/market-feed.ts';
import type { CcxtExchange } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';
import { faultOf, type Watcher } from './watcher.ts';

export interface WatchLoopOptions {
  readonly id: number;
  readonly request: FeedRequest;
  readonly sink: FeedSink;
  readonly access: MarketAccess;
  readonly watcher: Watcher;
  readonly silenceLimitMs: number;
}

const MINUTE_MS = 60_000;

/** Keeps one subscription alive: opens, waits for data, and where there is an error or silence closes and opens anew, for ever. */
export class WatchLoop {
  gaps = 0;
  readonly #options: WatchLoopOptions;
  #state: FeedState = 'down';
  #isEnded = false;
  #exchange: CcxtExchange | null = null;
  #running: Promise<void> = Promise.resolve();
  #abort: ((reason: Error) => void) | null = null;
  #silence: Timer | null = null;
  #pause: { readonly timer: Timer; readonly end: () => void; readonly untilMs: number } | null = null;
  #messages = 0;
  #reconnects = 0;
  #openSinceMs: number | null = null;
  #lastDataMs = Number.NEGATIVE_INFINITY;
  #lastDataWallMs: number | null = null;
  #lastFault: string | null = null;
  /** Elapsed time of the messages of the last minute. */
  readonly #recentMs: number[] = [];

  constructor(options: WatchLoopOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#options.watcher.end();
    this.#pause?.timer.cancel();
    this.#pause?.end();
    this.#abort?.(new Error('closed'));
    await this.#running;
  }

  health(): SubscriptionHealth {
    const { id, request } = this.#options;
    const nowMs = this.#clock.elapsedMs();
    while (this.#recentMs.length > 0 && this.#recentMs[0]! < nowMs - MINUTE_MS) this.#recentMs.shift();
    const ageMs = nowMs - this.#lastDataMs;
    return {
      id,
      request,
      state: this.#state,
      ageMs,
      messages: this.#messages,
      rate: this.#recentMs.length / 60,
      gaps: this.gaps,
    };
  }

  connection(): ConnectionHealth {
    const nowMs = this.#clock.elapsedMs();
    return {
      url: `${this.#options.access.venue} through ccxt`,
      state: this.#pause !== null ? 'waiting' : this.#openSinceMs === null ? 'connecting' : 'open',
      reconnects: this.#reconnects,
      openSinceMs: this.#openSinceMs,
      lastFrameAgeMs: nowMs - this.#lastDataMs,
      retryInMs: this.#pause === null ? 0 : Math.max(0, this.#pause.untilMs - nowMs),
      lastFault: this.#lastFault,
    };
  }

  get #clock(): MarketAccess['options']['clock'] {
    return this.#options.access.options.clock;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isEnded) {
      const before = this.#messages;
      const fault = await this.#once();
      if (this.#isEnded) break;
      this.#lastFault = fault.message;
      failures = this.#messages > before ? 1 : failures + 1;
      this.#reconnects++;
      await this.#wait(backoffMs(failures, RECONNECT_BACKOFF, this.#options.access.options.random));
    }
  }

  /** One life of a connection. Answers what ended it. */
  async #once(): Promise<Error> {
    const { access, request, watcher } = this.#options;
    const aborted = Promise.withResolvers<never>();
    this.#abort = aborted.reject;
    // Whoever is not waiting when the reason comes sees it at the next wait.
    aborted.promise.catch(() => undefined);
    const sinceMs = this.#lastDataWallMs;
    let isFirst = true;
    try {
      const market = await Promise.race([access.market(request.symbol), aborted.promise]);
      const exchange = await access.openStream();
      this.#exchange = exchange;
      this.#state = 'syncing';
      this.#openSinceMs = this.#clock.nowMs();
      this.#watchSilence();
      for (;;) {
        const tell = await Promise.race([watcher.next(exchange, market), aborted.promise]);
        this.#progressed();
        if (isFirst && sinceMs !== null) await Promise.race([watcher.resumed(sinceMs, market), aborted.promise]);
        isFirst = false;
        if (!this.#isEnded) tell();
      }
    } catch (error) {
      const reason = error instanceof Silence || this.#isEnded ? (error as Error) : faultOf(error, access);
      // A frame that ccxt could not read ends its wait: it is told, and the connection made anew.
      if (reason.message.startsWith('ccxt could not read'))
        this.#options.sink.anomaly(this.#options.id, 'malformed', reason.message);
      this.#state = error instanceof Silence ? 'stale' : 'down';
      return reason;
    } finally {
      this.#silence?.cancel();
      this.#abort = null;
      this.#openSinceMs = null;
      const exchange = this.#exchange;
      this.#exchange = null;
      // What cannot be closed in good order is gone all the same.
      await exchange?.close().catch(() => undefined);
    }
  }

  #progressed(): void {
    this.#messages++;
    this.#state = 'live';
    this.#lastDataMs = this.#clock.elapsedMs();
    this.#lastDataWallMs = this.#clock.nowMs();
    this.#recentMs.push(this.#lastDataMs);
    if (this.#recentMs.length > 6_000) this.#recentMs.splice(0, 3_000);
  }

  /** One timer for a whole limit, not one for each message. */
  #watchSilence(): void {
    const { silenceLimitMs } = this.#options;
    const beganMs = this.#clock.elapsedMs();
    const look = (): void => {
      const quietMs = this.#clock.elapsedMs() - Math.max(beganMs, this.#lastDataMs);
      if (quietMs >= silenceLimitMs) this.#abort?.(new Silence(`no data for ${Math.round(quietMs)} ms`));
      else this.#silence = this.#clock.after(silenceLimitMs - quietMs, look);
    };
    this.#silence = this.#clock.after(silenceLimitMs, look);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pause = null;
        resolve();
      };
      this.#pause = { timer: this.#clock.after(ms, end), end, untilMs: this.#clock.elapsedMs() + ms };
    });
  }
}

/** Connected and without data beyond the limit. */
class Silence extends Error {}
