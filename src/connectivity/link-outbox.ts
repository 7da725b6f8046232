import type { Clock, Timer } from '../ports/clock.ts';
import { MessagePace } from './message-pace.ts';
import type { Frame, StreamConnection, StreamProtocol, Topic } from './stream-protocol.ts';
import type { TopicRecord } from './topic-table.ts';

/** What an outbox needs of its link. */
export interface OutboxLink extends StreamConnection {
  /** Frames can leave. */
  readonly isOpen: boolean;
  /** Topics can be subscribed. */
  readonly isReady: boolean;
  /** A subscription is about to leave. */
  asked(record: TopicRecord): void;
  failed(what: string, error: unknown): void;
}

/** Control messages of one connection, sent as fast as the venue takes them and made no sooner than they may leave. */
export class LinkOutbox {
  readonly #link: OutboxLink;
  readonly #protocol: StreamProtocol;
  readonly #clock: Clock;
  readonly #pace: MessagePace;
  readonly #toSubscribe = new Set<TopicRecord>();
  readonly #toUnsubscribe: Topic[] = [];
  readonly #frames: Frame[] = [];
  #timer: Timer | null = null;

  constructor(link: OutboxLink, protocol: StreamProtocol, clock: Clock) {
    this.#link = link;
    this.#protocol = protocol;
    this.#clock = clock;
    this.#pace = new MessagePace(protocol.messagesPerSecond);
  }

  subscribe(record: TopicRecord): void {
    this.#toSubscribe.add(record);
    this.pump();
  }

  /** It need not be asked for any more; false where it was not waiting. */
  forget(record: TopicRecord): boolean {
    return this.#toSubscribe.delete(record);
  }

  unsubscribe(topic: Topic): void {
    this.#toUnsubscribe.push(topic);
    this.pump();
  }

  frames(frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    this.pump();
  }

  /** Something left without waiting here. */
  count(): void {
    this.#pace.count(this.#clock.elapsedMs());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  pump(): void {
    while (this.#timer === null && this.#link.isOpen && this.#hasMore()) {
      const waitMs = this.#pace.waitMs(this.#clock.elapsedMs());
      if (waitMs > 0) {
        this.#timer = this.#clock.after(waitMs, () => {
          this.#timer = null;
          this.pump();
        });
        return;
      }
      if (this.#frames.length === 0) this.#makeFrames();
      const frame = this.#frames.shift();
      if (frame !== undefined && !this.#link.send(frame)) return;
    }
  }

  #hasMore(): boolean {
    return this.#frames.length > 0 || (this.#link.isReady && this.#toUnsubscribe.length + this.#toSubscribe.size > 0);
  }

  /** Ends subscriptions before it begins others: a topic may have ended and begun again. */
  #makeFrames(): void {
    const most = this.#protocol.largestTopicsPerMessage;
    try {
      if (this.#toUnsubscribe.length > 0) {
        this.#frames.push(...this.#protocol.unsubscribe(this.#toUnsubscribe.splice(0, most), this.#link));
        return;
      }
      const batch = [...this.#toSubscribe].slice(0, most);
      for (const record of batch) this.#toSubscribe.delete(record);
      const topics = batch.map((each) => each.topic);
      this.#frames.push(...this.#protocol.subscribe(topics, this.#link));
      for (const record of batch) this.#link.asked(record);
    } catch (error) {
      this.#link.failed('no subscription could be made', error);
    }
  }
}
