import { EVENT_TYPES, type EventType } from '../../core/vocabulary/events.ts';
import type { Log, LogLevel } from '../../ports/logs.ts';
import type { FeedHealth, FeedState } from '../../ports/market-feed.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { eventLineOf } from './event-lines.ts';

const LOUD: Readonly<Partial<Record<EventType, LogLevel>>> = {
  'strategy-failed': 'error',
  'position-liquidated': 'error',
  'drawdown-threshold-reached': 'error',
  'risk-limit-exceeded': 'error',
  'data-anomaly-detected': 'error',
  'alert-raised': 'warn',
  'trading-state-changed': 'warn',
  'limits-changed': 'warn',
  'order-rejected': 'warn',
};

/** Lines of a session that runs, where logs are wanted: its events once they are durable, and how its feeds do. */
export class SessionLog {
  readonly #log: Log;
  readonly #feed: Log;
  readonly #core: SessionCore;
  readonly #isWanted: boolean;
  #seen: number;
  readonly #states = new Map<number, FeedState>();

  /** Events that are there already were logged by who made them. */
  constructor(log: Log, core: SessionCore, isWanted: boolean) {
    this.#isWanted = isWanted;
    this.#log = log.of('session');
    this.#feed = log.of('feed');
    this.#core = core;
    this.#seen = core.engine.state.log.count;
  }

  look({ subscriptions }: FeedHealth): void {
    if (!this.#isWanted) return;
    const { log } = this.#core.engine.state;
    for (; this.#seen < log.count; this.#seen++) {
      const level = LOUD[EVENT_TYPES[log.column.type[this.#seen]!]!] ?? 'info';
      const { seq, type, text } = eventLineOf(this.#core, this.#seen);
      this.#log.write(level, type, { seq, text });
    }
    for (const { id, request, state, ageMs, gaps } of subscriptions) {
      if (this.#states.get(id) === state) continue;
      this.#states.set(id, state);
      const level = state === 'live' ? 'info' : 'warn';
      const age = Number.isFinite(ageMs) ? Math.round(ageMs) : null;
      this.#feed.write(level, 'feed-state-changed', { symbol: request.symbol, state, ageMs: age, gaps });
    }
  }

  ended(reason: string, fault: unknown): void {
    if (fault === null) this.#log.write('info', 'session-ended', { reason });
    else
      this.#log.write('error', 'session-failed', {
        fault: fault instanceof Error ? String(fault.stack) : 'what is no error was thrown',
      });
  }
}
