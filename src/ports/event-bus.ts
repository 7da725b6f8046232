import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** Something that has happened, as others than who did it are told. */
export interface BusEvent {
  /** What is in order within itself, such as one session from its beginning on ({@link sessionTopic}). */
  readonly topic: string;
  /** Counts the topic's events from 0, without gaps. Topic and number together are the event's id, the same however often it comes. */
  readonly seq: number;
  /** When it happened, epoch ms. */
  readonly atMs: TimeMs;
  readonly type: string;
  readonly data: Json;
}

/** Of each topic, the number of the newest event that was taken. */
export type BusPositions = Readonly<Record<string, number>>;

/** `btc@1767225600000`: one session from its beginning on; a later one of the same name is another topic. */
export function sessionTopic(session: string, begunAtMs: TimeMs): string {
  return `${session}@${begunAtMs}`;
}

/** `btc@1767225600000/17`. */
export function eventId({ topic, seq }: Pick<BusEvent, 'topic' | 'seq'>): string {
  return `${topic}/${seq}`;
}

/** Where to go on after these ids, the newest one of each topic. Throws RangeError for a text that is no id. */
export function positionsAfter(...ids: readonly string[]): BusPositions {
  const positions: Record<string, number> = {};
  for (const id of ids) {
    const [, topic, digits] = /^([^/]+)\/(\d{1,15})$/.exec(id) ?? [];
    if (topic === undefined)
      throw new RangeError(`expected an event’s id such as btc@1767225600000/17, found ${JSON.stringify(id)}`);
    positions[topic] = Math.max(positions[topic] ?? -1, Number(digits));
  }
  return positions;
}

/** Events of a topic that the bus has not got any more, or never had: numbers `from` to `to`. Whoever needs them reads the journal. */
export interface LostEvents {
  readonly topic: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Who listens. It takes one event at a time, in order; a promise is waited for. What it throws is told to {@link failed}, is nobody else's
 * concern, and the next event comes all the same.
 */
export interface BusSubscriber {
  /** For messages. */
  readonly name: string;
  take(event: BusEvent): void | Promise<void>;
  failed?(error: unknown, event: BusEvent): void;
  lost?(lost: LostEvents): void;
  /** It is told nothing any more: it took too long, or the bus is gone for good. Not called after {@link BusSubscription.close}. */
  ended?(error: BusError): void;
}

export interface BusRequest {
  /** Absent: all of them, and those to come. */
  readonly topics?: readonly string[];
  /**
   * `now`: what is published from now on. `kept`: everything that the bus still has, first. `after`: everything that is newer than these;
   * topics that are not among them are told from their beginning.
   */
  readonly from: 'now' | 'kept' | { readonly after: BusPositions };
}

export interface BusSubscription {
  /** What the subscriber has taken, or failed to; to go on after. */
  readonly positions: BusPositions;
  readonly counts: {
    readonly taken: number;
    readonly failed: number;
    /** Came again, and were left out. */
    readonly duplicates: number;
    readonly lost: number;
  };
  /** False while the bus cannot be heard; it goes on by itself, where it left off. */
  readonly isLive: boolean;
  /** Resolves when nothing is told any more. */
  close(): Promise<void>;
}

export type BusErrorCode = 'unavailable' | 'refused' | 'overrun' | 'closed';

/** `unavailable`: it cannot be reached; later it may. `refused`: it will not have what it was given. `overrun`: a subscriber is too slow. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Tells what happened to whoever listens, in this process or in others: each event at least once to the bus, in the order of its topic; to each
 * subscriber once. It is a convenience: what happened stands in journals, and nothing that trades waits for it.
 */
export interface EventBus {
  /** Which one, without a password: `redis://127.0.0.1:6379/0`. Positions are kept under this name. */
  readonly place: string;
  /** Whether its events outlive this process. */
  readonly isShared: boolean;
  /**
   * Resolves once the bus has them. Events that it has already are recognised by their ids. One publisher at a time for each topic, in order.
   * Rejects with {@link BusError}; some of them may then have arrived.
   */
  publish(events: readonly BusEvent[]): Promise<void>;
  /** Resolves once everything published from then on is heard. Rejects with {@link BusError}. */
  subscribe(request: BusRequest, subscriber: BusSubscriber): Promise<BusSubscription>;
  /** The newest events of a topic, oldest first; at least the last 50 are kept. Rejects with {@link BusError}. */
  history(topic: string, most: number): Promise<readonly BusEvent[]>;
  /** Resolves where it can be reached. Rejects with {@link BusError}. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
