import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Timeframe } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  FEED_CHANNELS,
  type FeedChannel,
  type FeedHealth,
  type FeedRequest,
  type FeedSink,
  type FeedState,
  type MarketFeed,
} from '../../ports/market-feed.ts';
import type { RecordedSubscription, Recording, Recordings } from '../../ports/recording.ts';

interface Listener {
  readonly id: number;
  readonly request: FeedRequest;
  readonly sink: FeedSink;
  messages: number;
  gaps: number;
  lastMs: number;
}

const keyOf = ({ channel, symbol, timeframe }: FeedRequest): string => `${channel} ${symbol} ${timeframe ?? ''}`;

const IGNORE = (): void => {};
const SILENT: FeedSink = {
  ...{ trade: IGNORE, quote: IGNORE, bar: IGNORE, depth: IGNORE },
  ...{ mark: IGNORE, gap: IGNORE, anomaly: IGNORE },
};

/**
 * A feed out of the recording at `path`, for whoever knows nothing of recordings: its venue is that of the first subscription recorded, rules
 * are there from the start, and it begins to play, at the speed at which it was recorded, once whoever subscribes first has done.
 */
export async function openReplayFeed(path: string, recordings: Recordings, clock: Clock): Promise<MarketFeed> {
  const found: RecordedSubscription[] = [];
  await (await recordings.open(path)).play(SILENT, (subscription) => void found.push(subscription));
  const [first] = found;
  if (!first) throw new RangeError(`${path}: nothing was subscribed to in this recording`);
  const feed = new ReplayFeed(first.venue, await recordings.open(path), clock, 1);
  feed.know(
    found.flatMap(({ instrument }) => instrument ?? []),
    found.map(({ request }) => request.channel),
  );
  const recorded = new Set(found.flatMap(({ request }) => request.timeframe ?? []));
  if (recorded.size > 0) feed.timeframes = [...recorded];
  return feed.startingItself();
}

/**
 * A feed out of a recording: the same calls with the same bits, in the same order, to whoever has subscribed to what was recorded. Times
 * are those of the recording. Subscribe first, then {@link run}.
 */
export class ReplayFeed implements MarketFeed {
  readonly venue: string;
  channels: readonly FeedChannel[] = FEED_CHANNELS;
  /** Those that were recorded, where that is known. */
  timeframes?: readonly Timeframe[];
  readonly #recording: Recording;
  readonly #clock: Clock;
  readonly #speed: number;
  readonly #listeners = new Map<number, Listener>();
  readonly #rules = new Map<string, InstrumentDefinition>();
  #next = 0;
  #state: FeedState = 'syncing';
  #closed = false;
  #startsItself = false;

  /** @param speed times real time; 0 for as fast as it can be read */
  constructor(venue: string, recording: Recording, clock: Clock, speed = 0) {
    this.venue = venue;
    this.#recording = recording;
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Rules and channels that were read before. */
  know(rules: readonly InstrumentDefinition[], channels: readonly FeedChannel[]): void {
    this.channels = FEED_CHANNELS.filter((channel) => channels.includes(channel));
    for (const definition of rules) this.#rules.set(definition.id, definition);
  }

  /** Makes the first subscription start {@link run}, in the next turn of the clock. */
  startingItself(): this {
    this.#startsItself = true;
    return this;
  }

  /** Rules as recorded so far: those of everything once the recording has been played. */
  async instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]> {
    const all = [...this.#rules.values()];
    return symbols === undefined ? all : all.filter(({ id }) => symbols.includes(id.slice(id.indexOf(':') + 1)));
  }

  subscribe(request: FeedRequest, sink: FeedSink): number {
    const id = this.#next++;
    this.#listeners.set(id, { id, request, sink, messages: 0, gaps: 0, lastMs: Number.NEGATIVE_INFINITY });
    if (this.#startsItself) {
      this.#startsItself = false;
      this.#clock.after(0, () => {
        this.run().catch((error: unknown) => this.#tellDamage(error));
      });
    }
    return id;
  }

  unsubscribe(id: number): void {
    this.#listeners.delete(id);
  }

  /** Plays from the first row to the last, or until {@link close}. Answers the number of rows played. */
  async run(): Promise<number> {
    const routes = new Map<number, Listener[]>();
    const sink = this.#sink(routes);
    const startMs = this.#clock.elapsedMs();
    let firstMs = Number.NaN;
    let rows = 0;
    this.#state = 'live';
    for await (const receivedMs of this.#recording.rows(sink, (s) => this.#route(s, routes))) {
      rows++;
      if (this.#closed) break;
      if (this.#speed === 0 || Number.isNaN(receivedMs)) continue;
      if (Number.isNaN(firstMs)) firstMs = receivedMs;
      const waitMs = (receivedMs - firstMs) / this.#speed - (this.#clock.elapsedMs() - startMs);
      if (waitMs > 1) await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve));
    }
    this.#state = 'down';
    return rows;
  }

  health(): FeedHealth {
    return {
      subscriptions: [...this.#listeners.values()].map(({ id, request, messages, gaps, lastMs }) => ({
        id,
        request,
        state: this.#state,
        ageMs: this.#clock.elapsedMs() - lastMs,
        messages,
        rate: 0,
        gaps,
      })),
      connections: [],
      clockSkewMs: null,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** A damaged row ends the replay; whoever listens is told, as of any message that cannot be read. */
  #tellDamage(error: unknown): void {
    this.#state = 'down';
    const detail = error instanceof Error ? error.message : String(error);
    for (const { id, sink } of this.#listeners.values()) sink.anomaly(id, 'malformed', detail);
  }

  #route(subscription: RecordedSubscription, routes: Map<number, Listener[]>): void {
    if (subscription.instrument) this.#rules.set(subscription.instrument.id, subscription.instrument);
    const wanted = keyOf(subscription.request);
    const all = subscription.venue === this.venue ? [...this.#listeners.values()] : [];
    routes.set(
      subscription.id,
      all.filter((l) => keyOf(l.request) === wanted),
    );
  }

  #sink(routes: ReadonlyMap<number, readonly Listener[]>): FeedSink {
    const each = (id: number, tell: (listener: Listener) => void): void => {
      for (const listener of routes.get(id) ?? []) {
        if (!this.#listeners.has(listener.id)) continue;
        listener.messages++;
        listener.lastMs = this.#clock.elapsedMs();
        tell(listener);
      }
    };
    return {
      trade: (id, ...rest) => each(id, (l) => l.sink.trade(l.id, ...rest)),
      quote: (id, ...rest) => each(id, (l) => l.sink.quote(l.id, ...rest)),
      bar: (id, ...rest) => each(id, (l) => l.sink.bar(l.id, ...rest)),
      depth: (id, ...rest) => each(id, (l) => l.sink.depth(l.id, ...rest)),
      mark: (id, ...rest) => each(id, (l) => l.sink.mark(l.id, ...rest)),
      anomaly: (id, ...rest) => each(id, (l) => l.sink.anomaly(l.id, ...rest)),
      gap: (id, gap) =>
        each(id, (l) => {
          l.gaps++;
          l.sink.gap(l.id, gap);
        }),
    };
  }
}
