import type { Random } from '../core/vocabulary/random.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionHealth, FeedState } from '../ports/market-feed.ts';
import type { SocketDialer } from '../ports/transport.ts';
import type { Backoff } from './backoff.ts';
import type { ConnectBudget } from './connect-budget.ts';
import type { Frame, StreamListener, StreamProtocol, Topic } from './stream-protocol.ts';

export interface SupervisorOptions {
  readonly protocol: StreamProtocol;
  readonly listener: StreamListener;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  /** For the jitter of reconnects. */
  readonly random: Random;
  /** Attempts to connect that the venue allows; share one among all supervisors of a venue. 300 in five minutes by default. */
  readonly budget?: ConnectBudget;
  /** 1 s doubling to 60 s by default. */
  readonly backoff?: Backoff;
  readonly connectTimeoutMs?: number;
  readonly largestFrameBytes?: number;
}

/** How one topic does. */
export interface TopicHealth {
  readonly topic: Topic;
  readonly state: FeedState;
  /** Since the last data; infinity before the first. */
  readonly ageMs: number;
  readonly messages: number;
  /** Messages a second over the last minute. */
  readonly rate: number;
  /** As counted by {@link ConnectionSupervisor.countGap}. */
  readonly gaps: number;
  readonly interruptions: number;
  /** Why the venue refused the topic last; null where it did not, or has taken it since. */
  readonly refusal: string | null;
}

/**
 * Keeps topics subscribed over as many connections as the venue's limits ask for, and never gives up: any connection may be killed at
 * any moment. Three clocks watch each connection (keep-alive, any frame, data per topic); reconnects wait with full jitter and within
 * a budget of attempts; planned rotation overlaps.
 */
export declare class ConnectionSupervisor {
  constructor(options: SupervisorOptions);
  /**
   * Begins at once; connecting happens after the caller's turn, so that topics of one turn share connections. `silenceLimitMs` is the
   * longest time without data (20 s by default, infinity for topics that may be silent). A name that is subscribed throws RangeError.
   */
  subscribe(name: string, options?: { readonly silenceLimitMs?: number }): Topic;
  /** False where it was not subscribed. */
  unsubscribe(topicIndex: number): boolean;
  /** Sends over the connection that carries a topic; false where there is none. For venues that take requests over WebSocket. */
  send(topicIndex: number, frame: Frame): boolean;
  /** A gap in a topic's data that the adapter found. */
  countGap(topicIndex: number): void;
  topicHealth(topicIndex: number): TopicHealth;
  topics(): readonly Topic[];
  connections(): readonly ConnectionHealth[];
  /** Closes every connection in good order. Nothing is told to the listener from here on. */
  close(): Promise<void>;
}
