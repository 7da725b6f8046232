import {
  BusError,
  type BusEvent,
  type BusRequest,
  type BusSubscriber,
  type BusSubscription,
} from '../ports/event-bus.ts';

/** Events that may wait for one subscriber. */
const MOST_WAITING = 10_000;

/**
 * The way to one subscriber: one event at a time and in order, each id once, whatever the subscriber throws. A subscriber that is not
 * busy and needs no promise has taken an event when {@link offer} returns.
 */
export class SubscriberLane implements BusSubscription {
  readonly #subscriber: BusSubscriber;
  readonly #topics: ReadonlySet<string> | null;
  readonly #after: Readonly<Record<string, number>> | null;
  readonly #mostWaiting: number;
  readonly #waiting: BusEvent[] = [];
  /** Of each topic, the newest number that was offered. */
  readonly #offered = new Map<string, number>();
  readonly #taken = new Map<string, number>();
  readonly #roomers: (() => void)[] = [];
  readonly #onClose: () => Promise<void> | void;
  readonly #hears: () => boolean;
  #isBusy = false;
  #hasEnded = false;
  readonly counts = { taken: 0, failed: 0, duplicates: 0, lost: 0 };
  /** Resolves once whatever fed it is gone, after its end. */
  gone: Promise<void> = Promise.resolve();

  constructor(
    request: BusRequest,
    subscriber: BusSubscriber,
    options: {
      readonly onClose: () => Promise<void> | void;
      /** Whether the bus can be heard; always by default. */
      readonly isLive?: () => boolean;
      readonly mostWaiting?: number;
    },
  ) {
    this.#subscriber = subscriber;
    this.#topics = request.topics === undefined ? null : new Set(request.topics);
    this.#after = typeof request.from === 'object' ? request.from.after : null;
    for (const [topic, seq] of Object.entries(this.#after ?? {})) {
      this.#offered.set(topic, seq);
      this.#taken.set(topic, seq);
    }
    this.#onClose = options.onClose;
    this.#hears = options.isLive ?? (() => true);
    this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
  }

  get positions(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#taken);
  }

  get isLive(): boolean {
    return !this.#hasEnded && this.#hears();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  wants(topic: string): boolean {
    return this.#topics === null || this.#topics.has(topic);
  }

  /** Newest number of the topic that came; −1 where it is to be told from its beginning, null where that does not matter. */
  newest(topic: string): number | null {
    return this.#offered.get(topic) ?? (this.#after === null ? null : -1);
  }

  offer(event: BusEvent): void {
    const { topic, seq } = event;
    if (this.#hasEnded || !this.wants(topic)) return;
    const newest = this.newest(topic);
    if (newest !== null && seq <= newest) {
      this.counts.duplicates++;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      this.end(
        new BusError('overrun', `${this.#subscriber.name}: ${this.#waiting.length} events wait for this subscriber`),
      );
      return;
    }
    if (newest !== null && seq > newest + 1) {
      this.counts.lost += seq - newest - 1;
      this.#say(() => this.#subscriber.lost?.({ topic, from: newest + 1, to: seq - 1 }));
    }
    this.#offered.set(topic, seq);
    this.#waiting.push(event);
    if (!this.#isBusy) this.#drain();
  }

  /** Whether few enough events wait for more to be fetched. */
  get hasRoom(): boolean {
    return this.#hasEnded || this.#waiting.length < this.#mostWaiting / 2;
  }

  /** Resolves once it has. */
  room(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => void this.#roomers.push(resolve));
  }

  /** Ends it with a reason that the subscriber is told. */
  end(error: BusError): void {
    if (this.#hasEnded) return;
    this.#stop();
    this.#say(() => this.#subscriber.ended?.(error));
    this.gone = Promise.resolve(this.#onClose());
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#stop();
    this.gone = Promise.resolve(this.#onClose());
    await this.gone;
  }

  #stop(): void {
    this.#hasEnded = true;
    this.#waiting.length = 0;
    for (const go of this.#roomers.splice(0)) go();
  }

  /** Until nothing waits, or a promise is to be waited for. */
  #drain(): void {
    this.#isBusy = true;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      const taken = event;
      try {
        const outcome = this.#subscriber.take(taken);
        if (outcome instanceof Promise) {
          void outcome
            .then(
              () => this.#took(taken),
              (error: unknown) => this.#failed(error, taken),
            )
            .then(() => this.#drain());
          return;
        }
        this.#took(taken);
      } catch (error) {
        this.#failed(error, taken);
      }
    }
    this.#isBusy = false;
  }

  #took(event: BusEvent): void {
    this.counts.taken++;
    this.#went(event);
  }

  #went({ topic, seq }: BusEvent): void {
    this.#taken.set(topic, seq);
    if (this.#roomers.length > 0 && this.hasRoom) for (const go of this.#roomers.splice(0)) go();
  }

  #failed(error: unknown, event: BusEvent): void {
    this.counts.failed++;
    this.#went(event);
    this.#say(() => this.#subscriber.failed?.(error, event));
  }

  /** What a subscriber throws when it is told of a failure ends with it. */
  #say(tell: () => void): void {
    try {
      tell();
    } catch {
      this.counts.failed++;
    }
  }
}
