import type { Clock, Timer } from '../../ports/clock.ts';
import type { Topic } from '../topics/topic.ts';
import type { Outbox } from './outbox.ts';

export interface SubscriptionOptions {
  readonly topic: Topic;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** The number from which to go on; null for a snapshot. */
  readonly seq: number | null;
  /** What the client asked to go on from is gone. */
  readonly isGap: boolean;
  /** Frames a second at most. */
  readonly hz: number;
  /** The client did not keep up with what may not be left out. */
  readonly onLost: () => void;
  readonly onEnded: () => void;
}

/** One client’s way through a topic: takes the next frame when there is one, there is room, and it is time. */
export class Subscription {
  readonly topic: Topic;
  readonly #options: SubscriptionOptions;
  readonly #everyMs: number;
  #seq: number | null;
  #sentMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;

  constructor(options: SubscriptionOptions) {
    this.topic = options.topic;
    this.#options = options;
    this.#everyMs = 1_000 / options.hz;
    this.#seq = options.seq;
  }

  begin(): void {
    this.topic.listeners.add(this.#go);
    this.#go();
  }

  close(): void {
    this.topic.listeners.delete(this.#go);
    this.#options.outbox.forget(this.#go);
    this.#timer?.cancel();
  }

  readonly #go = (): void => {
    const { topic } = this;
    const { outbox, clock, isGap, onLost } = this.#options;
    if (this.#timer !== null) return;
    for (;;) {
      const frame = topic.after(this.#seq, isGap);
      if (frame === 'gone') {
        this.close();
        onLost();
        return;
      }
      if (frame === null) break;
      if (!outbox.hasRoom) {
        outbox.whenRoom(this.#go);
        return;
      }
      const nowMs = clock.elapsedMs();
      if (nowMs - this.#sentMs < this.#everyMs && topic.end === null) {
        const go = (): void => {
          this.#timer = null;
          this.#go();
        };
        this.#timer = clock.after(Math.ceil(this.#everyMs - (nowMs - this.#sentMs)), go);
        return;
      }
      this.#sentMs = nowMs;
      this.#seq = frame.seq;
      outbox.pass(frame.payload);
    }
    if (topic.end === null) return;
    const { field, text } = topic.end;
    outbox.pass(`{"k":"ended","topic":${JSON.stringify(topic.name)},"${field}":${text}}`);
    this.close();
    this.#options.onEnded();
  };
}
