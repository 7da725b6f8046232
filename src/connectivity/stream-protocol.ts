import type { TimeMs } from '../core/vocabulary/time.ts';

/** What leaves in one WebSocket message: text, or bytes for a binary frame. */
export type Frame = string | Uint8Array;

/** One thing that is subscribed to. `index` is small, stays for the life of the subscription and may be given out anew after it. */
export interface Topic {
  readonly index: number;
  /** In the venue adapter's own words: `btcusdt@depth@100ms`. */
  readonly name: string;
}

/** How a connection is kept from idling, and how its death is noticed. */
export type KeepAlive =
  /** A protocol ping every `intervalMs`. Without an answer within `limitMs` the connection is killed. */
  | { readonly kind: 'ping'; readonly intervalMs: number; readonly limitMs: number }
  /** A message of the venue's own, such as `ping`; {@link StreamProtocol.message} says {@link StreamConnection.ponged} to its answer. */
  | { readonly kind: 'message'; readonly intervalMs: number; readonly limitMs: number; message(): Frame }
  /** The venue speaks first, and {@link StreamProtocol.message} answers; silence of any frame is the only sign of death. */
  | { readonly kind: 'none' };

/** What a {@link StreamProtocol} may do with a connection. Valid until {@link StreamProtocol.closed}; calls after it do nothing. */
export interface StreamConnection {
  /** Rises with every connection of a supervisor and is never used again. */
  readonly id: number;
  /** Sends at once, counted against the pace of control messages, but never delayed by it. False where nothing was sent. */
  send(frame: Frame): boolean;
  /** Data of a topic came. Cheap enough for every message. Topics that this connection does not carry are ignored. */
  progressed(topicIndex: number): void;
  /** The venue confirmed the subscription, where it does. */
  confirmed(topicIndex: number): void;
  /** The venue refused the subscription: it is asked for again later, with backoff. */
  refused(topicIndex: number, detail: string): void;
  /** The answer to a keep-alive of kind `message`. */
  ponged(): void;
  /** The log-in that {@link StreamProtocol.greet} began is through: topics may be subscribed. */
  ready(): void;
  /** The venue said that it will go away, or a stream expired: a successor takes over before this one is closed. */
  retire(reason: string): void;
  /** Something is so wrong that only a new connection helps. */
  fail(reason: string): void;
}

/**
 * What differs between venues. The supervisor calls it; it decides nothing about life and death of a connection. Must not throw:
 * an error thrown by {@link message} kills the connection and stands in its health.
 */
export interface StreamProtocol {
  readonly venue: string;
  /** Where a new connection that begins with these topics goes. A rejection counts as a failed attempt. */
  url(topics: readonly Topic[]): string | Promise<string>;
  /** True where the URL names the topics, so that opening it subscribes them. Those that come later are subscribed by message. */
  readonly urlSubscribes?: boolean;
  /** The URL without what is secret in it, for health; without its query by default. */
  shownUrl?(url: string): string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly largestTopicsPerConnection: number;
  /** Topics in one call of {@link subscribe} or {@link unsubscribe}. */
  readonly largestTopicsPerMessage: number;
  /** Messages a second that the venue takes on one connection, pings included. */
  readonly messagesPerSecond: number;
  readonly keepAlive: KeepAlive;
  /** Longest silence of any kind of frame; 60 s by default. */
  readonly frameLimitMs?: number;
  /** Longest wait for {@link StreamConnection.confirmed} or data after a topic was asked for; absent where the venue confirms nothing. */
  readonly confirmLimitMs?: number;
  /** Age at which a connection is replaced, before the venue does it; infinity by default. */
  readonly rotateAfterMs?: number;
  /** What is said first, such as a log-in. Where it exists no topic is subscribed before {@link StreamConnection.ready}. */
  greet?(connection: StreamConnection): readonly Frame[];
  /** Made at the moment they may leave, so that they can be signed. Several frames are paced one by one. */
  subscribe(topics: readonly Topic[], connection: StreamConnection): readonly Frame[];
  unsubscribe(topics: readonly Topic[], connection: StreamConnection): readonly Frame[];
  /** A frame. `bytes` is the socket's: copy what must outlive the call. `receivedTimeMs` is the wall clock's. */
  message(bytes: Uint8Array, isText: boolean, receivedTimeMs: TimeMs, connection: StreamConnection): void;
  /** Takes the adapter's own secrets out of why a connection ended: the reason may be in the venue's words. */
  redact?(text: string): string;
  /** The connection is gone, for whoever keeps something per connection. */
  closed?(connection: StreamConnection): void;
}

/** What the supervisor tells about topics. Called inside {@link StreamConnection.progressed} and other calls: must be short. */
export interface StreamListener {
  /**
   * A topic is carried again (or for the first time): by its first data, or by the venue's confirmation where that comes first.
   * `sinceMs` is the wall time of the last data before the interruption, from which on data may be missing; null the first time.
   * A planned rotation interrupts nothing and is not told: both connections deliver for some seconds, and the listener drops what it
   * has, by the venue's ids. The slower connection may bring late what the faster one has skipped.
   */
  resumed(topic: Topic, sinceMs: TimeMs | null): void;
  /** A topic that was carried has lost its connection. Told once until it is resumed. */
  interrupted(topic: Topic, reason: string): void;
}
