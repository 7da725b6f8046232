import { redactor } from '../../connectivity/redact.ts';
import type { Frame, StreamConnection, StreamProtocol } from '../../connectivity/stream-protocol.ts';
import { ConnectionSupervisor } from '../../connectivity/supervisor.ts';
import type { VenueClock } from '../../connectivity/venue-clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type TimeMs } from '../../core/vocabulary/time.ts';
import type { Timer } from '../../ports/clock.ts';
import type { AccountSink } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { parseExactJson } from './exact-json.ts';
import type { BinanceGatewayOptions } from './gateway-options.ts';

/** What a frame of an account stream says. */
export type AccountFrame =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'subscribed' }
  | { readonly kind: 'refused'; readonly detail: string }
  /** The venue ended the stream, though not the connection. */
  | { readonly kind: 'ended'; readonly detail: string }
  /** The venue will close the connection soon. */
  | { readonly kind: 'leaving'; readonly detail: string }
  | { readonly kind: 'nothing' };

/** How the account stream of one product is reached. */
export interface AccountRoute {
  readonly messagesPerSecond: number;
  readonly pingEveryMs: number;
  readonly frameLimitMs: number;
  url(): string | Promise<string>;
  /** The URL without what is secret in it. */
  shownUrl(url: string): string;
  /** What subscribes, signed as it leaves; absent where the URL alone does. Throws {@link VenueError}. */
  subscription?(connectionId: number): Frame;
  read(body: unknown): AccountFrame;
  /** The stream was ended or failed: what was known of it may be stale. */
  forget?(): void;
}

export interface AccountStreamOptions {
  readonly venue: string;
  readonly route: AccountRoute;
  readonly world: Pick<BinanceGatewayOptions, 'dialer' | 'clock' | 'random' | 'budget' | 'backoff' | 'eventLimitMs'>;
  readonly venueClock: VenueClock;
  /** What must not be shown: the API key, and every listen key there was. */
  readonly secrets: () => readonly string[];
  readonly sink: AccountSink;
  /** One event, as parsed. What it throws is told as an anomaly, and the account is asked for anew. */
  readonly event: (event: unknown, receivedTimeMs: TimeMs) => void;
}

/** Events may be late or out of order by so much; what is asked for after an interruption begins this much earlier. */
const LATEST_EVENT_MS = 5 * SECOND_MS;
const EVENT_LIMIT_MS = 5 * SECOND_MS;
/** The venue ends connections after 24 hours. */
const ROTATE_AFTER_MS = 23 * HOUR_MS;
const FIRST_SUBSCRIPTION_MS = 20 * SECOND_MS;
const REMEMBERED = 1000;

/**
 * The account stream: one subscription that is kept for ever, and told anew whenever it was interrupted. Answered pings do not prove that
 * events flow, and a quiet account sends none: accepted orders are the proof, see {@link expect}.
 */
export class AccountStream {
  readonly #options: AccountStreamOptions;
  readonly #supervisor: ConnectionSupervisor;
  readonly #connections = new Set<StreamConnection>();
  /** When an event of an order was last seen, by our id, on the clock that never jumps. */
  readonly #seenMs = new Map<string, number>();
  readonly #watches = new Set<Timer>();
  /** When the first order was sent whose event is known to be missing, by the wall clock. */
  #missedSinceMs = Number.POSITIVE_INFINITY;
  #topicIndex = -1;
  #started: { readonly resolve: () => void; readonly reject: (error: VenueError) => void } | null = null;
  #isClosed = false;

  constructor(options: AccountStreamOptions) {
    const { dialer, clock, random, budget, backoff } = options.world;
    this.#options = options;
    this.#supervisor = new ConnectionSupervisor({
      protocol: this.#protocol(),
      listener: {
        resumed: (_topic, sinceMs) => this.#resumed(sinceMs),
        interrupted: () => undefined,
      },
      dialer,
      clock,
      random,
      ...(budget === undefined ? {} : { budget }),
      ...(backoff === undefined ? {} : { backoff }),
    });
  }

  /** Resolves with the first subscription. Rejects with {@link VenueError} where there is none in time; then the stream must be closed. */
  async start(): Promise<void> {
    const { venue } = this.#options;
    const { clock } = this.#options.world;
    const subscribed = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject };
    });
    this.#topicIndex = this.#supervisor.subscribe('account', { silenceLimitMs: Number.POSITIVE_INFINITY }).index;
    const timer = clock.after(FIRST_SUBSCRIPTION_MS, () => {
      const fault = this.#supervisor.connections().find((each) => each.lastFault !== null)?.lastFault;
      const refusal = this.#supervisor.topicHealth(this.#topicIndex).refusal;
      const why = this.#redact(refusal ?? fault ?? 'no answer');
      this.#started?.reject(
        new VenueError(
          'unavailable',
          venue,
          `the account stream did not start within ${FIRST_SUBSCRIPTION_MS / 1000} s: ${why}`,
        ),
      );
    });
    this.#watches.add(timer);
    await subscribed;
    this.#started = null;
    timer.cancel();
    this.#watches.delete(timer);
  }

  /** An event of an order came. */
  saw(clientOrderId: string): void {
    this.#seenMs.delete(clientOrderId);
    if (this.#seenMs.size === REMEMBERED) this.#seenMs.delete(this.#seenMs.keys().next().value!);
    this.#seenMs.set(clientOrderId, this.#options.world.clock.elapsedMs());
  }

  /** The venue accepted something about an order that was sent at `sentMs` (elapsed): an event of it must come, or have come. */
  expect(clientOrderId: string, sentMs: number): void {
    const isSeen = (): boolean => (this.#seenMs.get(clientOrderId) ?? Number.NEGATIVE_INFINITY) >= sentMs;
    if (this.#isClosed || isSeen()) return;
    const watched = [...this.#connections];
    const { clock, eventLimitMs = EVENT_LIMIT_MS } = this.#options.world;
    const timer = clock.after(eventLimitMs, () => {
      this.#watches.delete(timer);
      if (isSeen()) return;
      // Events of other orders may have come since: what is missing begins here, and not at the last event.
      this.#missedSinceMs = Math.min(this.#missedSinceMs, clock.nowMs() - (clock.elapsedMs() - sentMs));
      const dead = watched.filter((each) => this.#connections.has(each));
      for (const each of dead) each.fail(`no event of order ${clientOrderId} ${eventLimitMs} ms after its acceptance`);
      // Connections that have been replaced meanwhile cannot be told as interrupted any more.
      if (dead.length === 0) this.#resumed(clock.nowMs());
    });
    this.#watches.add(timer);
  }

  /** Ends every connection and begins anew. */
  restart(reason: string): void {
    this.#options.route.forget?.();
    for (const each of [...this.#connections]) each.fail(reason);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#watches) timer.cancel();
    this.#watches.clear();
    await this.#supervisor.close();
  }

  /** In the venue's time, with a margin for what was under way. */
  #resumed(sinceMs: TimeMs | null): void {
    this.#started?.resolve();
    if (sinceMs === null) return;
    const fromMs = Math.min(sinceMs, this.#missedSinceMs);
    this.#missedSinceMs = Number.POSITIVE_INFINITY;
    const skewMs = this.#options.venueClock.skew?.skewMs ?? 0;
    this.#options.sink.resumed(fromMs + skewMs - LATEST_EVENT_MS);
  }

  readonly #redact = (text: string): string => redactor(this.#options.secrets())(text);

  #protocol(): StreamProtocol {
    const { route, venue } = this.#options;
    const isByUrl = route.subscription === undefined;
    return {
      venue,
      url: () => route.url(),
      urlSubscribes: isByUrl,
      shownUrl: (url) => route.shownUrl(url),
      redact: this.#redact,
      largestTopicsPerConnection: 1,
      largestTopicsPerMessage: 1,
      messagesPerSecond: route.messagesPerSecond,
      keepAlive: { kind: 'ping', intervalMs: route.pingEveryMs, limitMs: 10 * SECOND_MS },
      frameLimitMs: route.frameLimitMs,
      rotateAfterMs: ROTATE_AFTER_MS,
      // What the URL subscribes is carried as soon as the connection is open: a quiet account sends nothing that could show it.
      ...(isByUrl ? {} : { confirmLimitMs: 10 * SECOND_MS }),
      greet: (connection) => {
        this.#connections.add(connection);
        connection.ready();
        return [];
      },
      subscribe: (_topics, connection) => this.#subscription(connection),
      unsubscribe: () => [],
      message: (bytes, _isText, receivedTimeMs, connection) => this.#message(bytes, receivedTimeMs, connection),
      closed: (connection) => {
        this.#connections.delete(connection);
      },
    };
  }

  #subscription(connection: StreamConnection): readonly Frame[] {
    const { route } = this.#options;
    if (route.subscription === undefined) return [];
    try {
      return [route.subscription(connection.id)];
    } catch (error) {
      // A time stamp that may not be given yet: the next connection tries again, with backoff.
      if (!(error instanceof VenueError)) throw error;
      connection.fail(error.message);
      return [];
    }
  }

  #message(bytes: Uint8Array, receivedTimeMs: TimeMs, connection: StreamConnection): void {
    const { route, venueClock } = this.#options;
    let frame: AccountFrame;
    try {
      frame = route.read(
        parseExactJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')),
      );
    } catch (error) {
      this.#unreadable(error, receivedTimeMs);
      return;
    }
    switch (frame.kind) {
      case 'event':
        connection.progressed(this.#topicIndex);
        try {
          this.#options.event(frame.event, receivedTimeMs);
        } catch (error) {
          this.#unreadable(error, receivedTimeMs);
        }
        break;
      case 'subscribed':
        connection.confirmed(this.#topicIndex);
        break;
      case 'refused':
        // Of a time stamp the venue complains by this number; what is measured anew serves the next attempt.
        if (frame.detail.includes('-1021')) venueClock.measure().catch(() => undefined);
        connection.refused(this.#topicIndex, this.#redact(frame.detail));
        break;
      case 'ended':
        route.forget?.();
        connection.fail(frame.detail);
        break;
      case 'leaving':
        connection.retire(this.#redact(frame.detail));
        break;
      case 'nothing':
        break;
    }
  }

  /** An event that cannot be read is an event that was missed. */
  #unreadable(error: unknown, receivedTimeMs: TimeMs): void {
    const { sink, venueClock } = this.#options;
    sink.anomaly(
      'malformed',
      this.#redact(`account event that cannot be read: ${error instanceof Error ? error.message : String(error)}`),
    );
    sink.resumed(receivedTimeMs + (venueClock.skew?.skewMs ?? 0) - MINUTE_MS);
  }
}
