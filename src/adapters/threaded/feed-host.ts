import type { MessagePort } from 'node:worker_threads';
import { QueueWriter } from '../../connectivity/shared-queue.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { FeedRequest, MarketFeed } from '../../ports/market-feed.ts';
import { type FeedAnswer, type FeedQuestion, type ToldHealth, toldFailure } from './messages.ts';
import { QueueSink, RECORD, RecordWriter } from './records.ts';

/** Health is told so often, and less often where there is much of it. */
const HEALTH_MS = 250;
const HEALTH_MS_EACH = 5;

export interface FeedHostOptions {
  readonly port: MessagePort;
  /** Memory of the queue that leads to the other thread. */
  readonly queue: SharedArrayBuffer;
  readonly clock: Clock;
  open(): Promise<MarketFeed>;
  /** What is closed after the feed: connections that it was given. */
  close?(): Promise<void>;
}

/**
 * Serves a feed from the thread that this is called in; the other side is `ThreadedFeed`. Resolves when it is ready for questions. An error
 * of the feed ends the thread, as it would have ended the process: the other side sees that and starts another.
 */
export async function serveFeed(options: FeedHostOptions): Promise<void> {
  const feed = await options.open();
  const host = new FeedHost(feed, options);
  options.port.on('message', (question: FeedQuestion) => host.take(question));
  const { venue, channels, timeframes = null } = feed;
  host.say({ feed: 'ready', venue, channels, timeframes });
}

class FeedHost {
  readonly #feed: MarketFeed;
  readonly #options: FeedHostOptions;
  readonly #queue: QueueWriter;
  readonly #out: RecordWriter;
  /** Ids of the other thread to those of the feed. */
  readonly #inner = new Map<number, number>();
  /** Subscriptions that the feed would not take. */
  readonly #refused = new Set<number>();
  #timer: Timer | null = null;

  constructor(feed: MarketFeed, options: FeedHostOptions) {
    this.#feed = feed;
    this.#options = options;
    this.#queue = new QueueWriter(options.queue);
    this.#out = new RecordWriter(this.#queue);
    this.#tellHealth();
  }

  say(answer: FeedAnswer): void {
    this.#options.port.postMessage(answer);
  }

  take(question: FeedQuestion): void {
    switch (question.feed) {
      case 'subscribe':
        this.#subscribe(question.id, question.request);
        break;
      case 'unsubscribe': {
        const inner = this.#inner.get(question.id);
        if (inner !== undefined) this.#feed.unsubscribe(inner);
        this.#inner.delete(question.id);
        this.#refused.delete(question.id);
        break;
      }
      case 'instruments':
        this.#feed.instruments(question.symbols).then(
          (all) => this.say({ feed: 'instruments', call: question.call, all }),
          (error: unknown) => this.say({ feed: 'failed', call: question.call, failure: toldFailure(error) }),
        );
        break;
      case 'close':
        void this.#close();
        break;
      default:
        // Somebody else's message.
        break;
    }
  }

  #subscribe(id: number, request: FeedRequest): void {
    const sink = new QueueSink(this.#out, id);
    try {
      this.#inner.set(id, this.#feed.subscribe(request, sink));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // For a reason that the other side could not know.
      this.#refused.add(id);
      sink.anomaly(id, 'out-of-range', `refused: ${error.message}`);
    }
  }

  #tellHealth(): void {
    const { subscriptions, connections, clockSkewMs } = this.#feed.health();
    const outer = new Map([...this.#inner].map(([id, inner]) => [inner, id]));
    const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);
    const told: ToldHealth = {
      subscriptions: [
        ...subscriptions.flatMap(({ id, state, ageMs, messages, rate, gaps }) => {
          const known = outer.get(id);
          return known === undefined ? [] : [{ id: known, state, ageMs: finite(ageMs), messages, rate, gaps }];
        }),
        ...[...this.#refused].map((id) => ({ id, state: 'down', ageMs: null, messages: 0, rate: 0, gaps: 0 }) as const),
      ],
      connections: connections.map((each) => ({ ...each, lastFrameAgeMs: finite(each.lastFrameAgeMs) })),
      clockSkewMs,
    };
    this.#out.text(RECORD.health, 0, told);
    const everyMs = Math.max(HEALTH_MS, HEALTH_MS_EACH * subscriptions.length);
    this.#timer = this.#options.clock.after(everyMs, () => this.#tellHealth());
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    await this.#feed.close();
    await this.#options.close?.();
    this.#queue.close();
    // Nothing else keeps the thread.
    this.#options.port.close();
  }
}
