import { barClose, parseTimeframe, type TimeMs } from '../../core/vocabulary/time.ts';
import type { FeedRequest, FeedSink, SubscriptionHealth } from '../../ports/market-feed.ts';
import type { ToldHealth } from './messages.ts';

/**
 * One subscription as this side keeps it, over all lives of the thread: where its data stood when a thread ended, so that the next one's
 * begins behind it and what lies between is told.
 */
export class ThreadSubscription {
  readonly id: number;
  readonly request: FeedRequest;
  readonly sink: FeedSink;
  /** Whether the next data is the first of another thread. */
  isResuming = false;
  lastEventMs = Number.NEGATIVE_INFINITY;
  lastTradeId = Number.NEGATIVE_INFINITY;
  lastClosedMs = Number.NEGATIVE_INFINITY;
  #told: ToldHealth['subscriptions'][number] | null = null;
  #toldAtMs = 0;
  /** Of threads that have ended. */
  #messages = 0;
  #gaps = 0;
  #fault = '';

  constructor(id: number, request: FeedRequest, sink: FeedSink) {
    this.id = id;
    this.request = request;
    this.sink = sink;
  }

  /** Its thread has ended. */
  interrupted(fault: string): void {
    this.#fault = fault;
    this.isResuming = this.lastEventMs !== Number.NEGATIVE_INFINITY;
    this.#messages += this.#told?.messages ?? 0;
    this.#gaps += this.#told?.gaps ?? 0;
    if (this.#told) this.#told = { ...this.#told, state: 'down', messages: 0, gaps: 0, rate: 0 };
  }

  /** The first trade after a new start; false for one that was told before. Event time decides, too: a venue may begin its ids anew. */
  resumeTrade(eventTimeMs: TimeMs, tradeId: number): boolean {
    if (tradeId <= this.lastTradeId && eventTimeMs <= this.lastEventMs) return false;
    this.#resume(this.lastEventMs, eventTimeMs);
    return true;
  }

  /** The first bar after a new start; false for one that was told as closed. Nothing is missing where no close lies between. */
  resumeBar(openTimeMs: TimeMs): boolean {
    const { lastClosedMs } = this;
    if (openTimeMs <= lastClosedMs) return false;
    const spec = parseTimeframe(this.request.timeframe ?? '');
    const isNext = spec === null || lastClosedMs === Number.NEGATIVE_INFINITY;
    const nextMs = isNext ? openTimeMs : barClose(spec, lastClosedMs);
    if (nextMs < openTimeMs) this.#resume(nextMs, openTimeMs);
    else this.isResuming = false;
    return true;
  }

  /** The first of what is only ever the newest. */
  resumeNewest(eventTimeMs: TimeMs): void {
    this.#resume(this.lastEventMs, eventTimeMs);
  }

  noteHealth(told: ToldHealth['subscriptions'][number], atMs: number): void {
    this.#told = told;
    this.#toldAtMs = atMs;
  }

  /** Health now; `nowMs` of the clock that {@link noteHealth} was stamped with. */
  health(nowMs: number, isDown: boolean): SubscriptionHealth {
    const { id, request } = this;
    const told = this.#told;
    return {
      ...{ id, request },
      state: isDown ? 'down' : (told?.state ?? 'syncing'),
      ageMs: told === null || told.ageMs === null ? Number.POSITIVE_INFINITY : told.ageMs + nowMs - this.#toldAtMs,
      messages: this.#messages + (told?.messages ?? 0),
      rate: told?.rate ?? 0,
      gaps: this.#gaps + (told?.gaps ?? 0),
    };
  }

  #resume(fromMs: TimeMs, toMs: TimeMs): void {
    this.isResuming = false;
    this.#gaps++;
    const reason = `the thread of the feed was started again: ${this.#fault}`;
    this.sink.gap(this.id, { outcome: 'lost', fromMs, toMs: Math.max(fromMs, toMs), reason });
  }
}
