import type { Worker } from 'node:worker_threads';
import { type Backoff, backoffMs, RECONNECT_BACKOFF } from '../../connectivity/backoff.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { Timeframe } from '../../core/vocabulary/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { FeedChannel, FeedHealth, FeedRequest, FeedSink, MarketFeed } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { Delivery } from './delivery.ts';
import { FeedThread } from './feed-thread.ts';
import { type FeedAnswer, type FeedThreadData, failureOf, type ToldHealth } from './messages.ts';
import { ThreadSubscription } from './thread-subscription.ts';

export interface ThreadedFeedOptions {
  /** Starts a thread that calls `serveFeed` with the queue it is given here. */
  readonly start: (data: FeedThreadData) => Worker;
  readonly clock: Clock;
  /** For the jitter of new starts. */
  readonly random: Random;
  /** A power of 2; 4 MiB by default: some 50,000 trades, or a book of 65,000 levels a side. */
  readonly queueBytes?: number;
  /** Between a thread that ended and the next; 1 s doubling to 60 s by default. */
  readonly backoff?: Backoff;
}

interface Call {
  readonly resolve: (all: readonly InstrumentDefinition[]) => void;
  readonly reject: (error: Error) => void;
}

const QUEUE_BYTES = 4_194_304;
/** A thread that lived so long is no failed attempt. */
const LIVED_MS = 60_000;

/**
 * A feed that runs in a thread of its own: reading and checking what the venue sends takes nothing from this one. The same calls, with the
 * same bits and in the same order, as the feed makes in its thread.
 *
 * Where this thread is too slow, the other waits (`health().thread` says how often and how long), its sockets fill up, and what the venue
 * then does is treated as any break: nothing is left out silently. A thread that ends by itself is started again, everything is subscribed
 * anew, and each subscription is told what it lost; calls under way are rejected with a {@link VenueError} `unavailable`.
 */
export class ThreadedFeed implements MarketFeed {
  readonly venue: string;
  readonly channels: readonly FeedChannel[];
  readonly timeframes?: readonly Timeframe[];
  readonly #options: ThreadedFeedOptions;
  readonly #delivery: Delivery;
  readonly #calls = new Map<number, Call>();
  #thread: FeedThread | null = null;
  #told: ToldHealth | null = null;
  #lastId = 0;
  #lastCall = 0;
  #startedMs = 0;
  #failures = 0;
  #restarts = 0;
  #lastFault: string | null = null;
  /** Of threads that have ended. */
  #waits = { waits: 0, waitedMs: 0 };
  #retry: Timer | null = null;
  #retryAtMs = 0;
  #closing: Promise<void> | null = null;

  private constructor(options: ThreadedFeedOptions, facts: FeedAnswer & { readonly feed: 'ready' }) {
    this.#options = options;
    this.venue = facts.venue;
    this.channels = facts.channels;
    if (facts.timeframes !== null) this.timeframes = facts.timeframes;
    this.#delivery = new Delivery((told) => this.#noteHealth(told));
  }

  /** Starts the thread. Rejects with a {@link VenueError} `unavailable` where it ends before it is ready. */
  static open(options: ThreadedFeedOptions): Promise<ThreadedFeed> {
    return new Promise((resolve, reject) => {
      let feed: ThreadedFeed | null = null;
      const thread = new FeedThread(
        options.start,
        {
          answered(answer) {
            if (feed) feed.#answered(answer);
            else if (answer.feed === 'ready') {
              feed = new ThreadedFeed(options, answer);
              feed.#thread = thread;
              feed.#startedMs = options.clock.elapsedMs();
              resolve(feed);
            }
          },
          record(reader, length) {
            if (feed) feed.#delivery.deliver(reader, length);
          },
          ended(fault) {
            if (feed) feed.#ended(fault);
            else reject(new VenueError('unavailable', 'feed thread', `the thread of the feed did not start: ${fault}`));
          },
        },
        options.queueBytes ?? QUEUE_BYTES,
      );
    });
  }

  instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]> {
    return new Promise((resolve, reject) => {
      if (this.#thread === null || this.#closing) {
        reject(
          this.#unavailable(this.#closing ? 'the feed is closed' : 'the thread of the feed is being started again'),
        );
        return;
      }
      const call = ++this.#lastCall;
      this.#calls.set(call, { resolve, reject });
      this.#thread.ask({ feed: 'instruments', call, symbols });
    });
  }

  subscribe(request: FeedRequest, sink: FeedSink): number {
    if (this.#closing) throw new RangeError(`expected an open feed of ${this.venue}, found a closed one`);
    this.#check(request);
    const id = ++this.#lastId;
    this.#delivery.subscriptions[id] = new ThreadSubscription(id, request, sink);
    this.#thread?.ask({ feed: 'subscribe', id, request });
    return id;
  }

  unsubscribe(id: number): void {
    if (this.#delivery.subscriptions[id] === undefined) return;
    this.#delivery.subscriptions[id] = undefined;
    this.#thread?.ask({ feed: 'unsubscribe', id });
  }

  health(): FeedHealth {
    const nowMs = this.#options.clock.elapsedMs();
    const isDown = this.#thread === null;
    const { waits, waitedMs, isWaiting, queuedBytes } = this.#pressure();
    return {
      subscriptions: this.#subscriptions().map((each) => each.health(nowMs, isDown)),
      connections: (isDown ? [] : (this.#told?.connections ?? [])).map((each) => ({
        ...each,
        lastFrameAgeMs: each.lastFrameAgeMs ?? Number.POSITIVE_INFINITY,
      })),
      clockSkewMs: this.#told?.clockSkewMs ?? null,
      thread: {
        ...{ restarts: this.#restarts, lastFault: this.#lastFault },
        retryInMs: this.#retry === null ? 0 : Math.max(0, this.#retryAtMs - nowMs),
        ...{ waits, waitedMs, isWaiting, queuedBytes },
      },
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#delivery.subscriptions.length = 0;
    this.#retry?.cancel();
    this.#retry = null;
    this.#rejectCalls('the feed was closed');
    await this.#thread?.close(this.#options.clock);
  }

  /** What the thread would refuse, refused here, where the caller can catch it. */
  #check({ channel, symbol, timeframe }: FeedRequest): void {
    const { venue, channels, timeframes } = this;
    if (!channels.includes(channel))
      throw new RangeError(`${venue} has no channel ${channel}; it has ${channels.join(', ')}`);
    if (symbol === '') throw new RangeError('expected a symbol as the venue writes it, found none');
    if (channel !== 'bars') return;
    if (timeframe === undefined || (timeframes && !timeframes.includes(timeframe)))
      throw new RangeError(
        `${venue} has no bars of ${timeframe ?? 'no timeframe'}; it has ${timeframes?.join(', ') ?? 'any timeframe'}`,
      );
  }

  #start(): void {
    this.#retry = null;
    this.#restarts++;
    this.#startedMs = this.#options.clock.elapsedMs();
    const thread = new FeedThread(
      this.#options.start,
      {
        answered: (answer) => this.#answered(answer),
        record: (reader, length) => this.#delivery.deliver(reader, length),
        ended: (fault) => this.#ended(fault),
      },
      this.#options.queueBytes ?? QUEUE_BYTES,
    );
    this.#thread = thread;
    for (const { id, request } of this.#subscriptions()) thread.ask({ feed: 'subscribe', id, request });
  }

  #answered(answer: FeedAnswer): void {
    if (answer.feed !== 'instruments' && answer.feed !== 'failed') return;
    const call = this.#calls.get(answer.call);
    this.#calls.delete(answer.call);
    if (answer.feed === 'instruments') call?.resolve(answer.all);
    else call?.reject(failureOf(answer.failure));
  }

  #ended(fault: string): void {
    const { clock, random, backoff = RECONNECT_BACKOFF } = this.#options;
    const { waits, waitedMs } = this.#pressure();
    this.#waits = { waits, waitedMs };
    this.#thread = null;
    if (this.#closing) return;
    this.#lastFault = fault;
    this.#rejectCalls(`the thread of the feed ended: ${fault}`);
    for (const each of this.#subscriptions()) each.interrupted(fault);
    this.#failures = clock.elapsedMs() - this.#startedMs > LIVED_MS ? 1 : this.#failures + 1;
    const waitMs = backoffMs(this.#failures, backoff, random);
    this.#retryAtMs = clock.elapsedMs() + waitMs;
    this.#retry = clock.after(waitMs, () => this.#start());
  }

  #pressure() {
    const now = this.#thread?.pressure ?? { waits: 0, waitedMs: 0, isWaiting: false, queuedBytes: 0 };
    const { waits, waitedMs } = this.#waits;
    return { ...now, waits: waits + now.waits, waitedMs: waitedMs + now.waitedMs };
  }

  #subscriptions(): readonly ThreadSubscription[] {
    return this.#delivery.subscriptions.filter((each) => each !== undefined);
  }

  #noteHealth(told: ToldHealth): void {
    this.#told = told;
    const nowMs = this.#options.clock.elapsedMs();
    for (const each of told.subscriptions) this.#delivery.subscriptions[each.id]?.noteHealth(each, nowMs);
  }

  #rejectCalls(reason: string): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(this.#unavailable(reason));
  }

  #unavailable(reason: string): VenueError {
    return new VenueError('unavailable', this.venue, reason);
  }
}
