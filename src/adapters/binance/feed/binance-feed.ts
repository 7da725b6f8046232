import { ConnectBudget } from '../../../connectivity/connect-budget.ts';
import type { RateLimiter } from '../../../connectivity/rate-limiter.ts';
import { ConnectionSupervisor } from '../../../connectivity/supervisor.ts';
import { VenueClock } from '../../../connectivity/venue-clock.ts';
import type { InstrumentDefinition } from '../../../core/vocabulary/instrument.ts';
import type { Random } from '../../../core/vocabulary/random.ts';
import { MINUTE_MS, type Timeframe } from '../../../core/vocabulary/time.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { FeedChannel, FeedHealth, FeedRequest, FeedSink, MarketFeed } from '../../../ports/market-feed.ts';
import type { HttpClient, SocketDialer } from '../../../ports/transport.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { BinanceProduct } from '../errors.ts';
import { FRAME, FrameDecoder } from '../frames/frame-decoder.ts';
import { type MarketProduct, marketOf, streamOf } from '../market-product.ts';
import { MarketRest } from '../market-rest.ts';
import { Audience } from './audience.ts';
import { BarTaker } from './bar-taker.ts';
import { DepthTaker } from './depth-taker.ts';
import { MarkTaker } from './mark-taker.ts';
import { type MarketStream, MarketStreamProtocol } from './market-stream-protocol.ts';
import { QuoteTaker } from './quote-taker.ts';
import type { StreamTaker, StreamWorld } from './stream-taker.ts';
import { TradeTaker } from './trade-taker.ts';

export interface BinanceFeedOptions {
  readonly product: BinanceProduct;
  /** What instruments begin with, where it is not Binance itself: `LOCAL`. */
  readonly venue?: string;
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** Share these among all that use the same address; of its own by default. */
  readonly limiter?: RateLimiter;
  readonly budget?: ConnectBudget;
  /** Other than the live venue's. */
  readonly restOrigins?: readonly string[];
  readonly streamOrigin?: string;
  /** Levels a side that `depth` shows; 20 by default. */
  readonly bookLevels?: number;
}

interface Group {
  readonly protocol: MarketStreamProtocol;
  readonly supervisor: ConnectionSupervisor;
}

/** A new measurement of the venue's clock where the first one failed. */
const CLOCK_AGAIN_MS = MINUTE_MS;

/** Live market data of Binance, spot or USD-M futures. One connection serves many streams, one stream many subscriptions. */
export class BinanceFeed implements MarketFeed {
  readonly venue: string;
  readonly channels: readonly FeedChannel[];
  readonly timeframes: readonly Timeframe[];
  readonly #market: MarketProduct;
  readonly #options: BinanceFeedOptions;
  readonly #rest: MarketRest;
  readonly #venueClock: VenueClock;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #streams = new Map<string, MarketStream & { readonly group: Group }>();
  readonly #streamOfId = new Map<number, string>();
  /** Price steps of instruments that were asked for. */
  readonly #ticks = new Map<string, string>();
  #lastId = 0;
  #clockTimer: Timer | null = null;
  #isClockStarted = false;
  #isClosed = false;

  constructor(options: BinanceFeedOptions) {
    const { clock, dialer, random } = options;
    const market = marketOf(options.product, options.venue);
    this.#market = market;
    this.#options = options;
    this.venue = market.venue;
    this.channels = Object.keys(market.channels) as FeedChannel[];
    this.timeframes = market.timeframes;
    this.#rest = new MarketRest({ ...options, market });
    this.#venueClock = new VenueClock({ venue: market.venue, clock, ask: () => this.#rest.timeMs() });
    const decoder = new FrameDecoder();
    const budget = options.budget ?? new ConnectBudget(clock);
    const origin = options.streamOrigin ?? market.streamOrigin;
    this.#groups = new Map(
      Object.entries(market.streamPaths).map(([name, path]) => {
        const protocol = new MarketStreamProtocol(market, `${origin}${path}`, decoder);
        const supervisor = new ConnectionSupervisor({
          ...{ protocol, dialer, clock, random, budget },
          listener: {
            resumed: (topic, sinceMs) => protocol.streamOf(topic)?.taker.resumed(sinceMs),
            interrupted: (topic) => protocol.streamOf(topic)?.taker.interrupted(),
          },
        });
        return [name, { protocol, supervisor }] as const;
      }),
    );
  }

  async instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]> {
    const all = await this.#rest.instruments();
    const symbolOf = (id: string): string => id.slice(id.indexOf(':') + 1);
    for (const { id, tick } of all) this.#ticks.set(symbolOf(id), tick);
    if (!symbols) return all;
    const unknown = symbols.find((symbol) => !this.#ticks.has(symbol));
    if (unknown !== undefined) throw new VenueError('symbol-unknown', this.venue, `${this.venue} lists no ${unknown}`);
    return all.filter(({ id }) => symbols.includes(symbolOf(id)));
  }

  subscribe(request: FeedRequest, sink: FeedSink): number {
    if (this.#isClosed) throw new RangeError(`expected an open feed of ${this.venue}, found a closed one`);
    const name = streamOf(this.#market, request);
    const id = ++this.#lastId;
    const stream = this.#streams.get(name) ?? this.#open(name, request);
    stream.audience.add({ id, request, sink });
    this.#streamOfId.set(id, name);
    if (!this.#isClockStarted) this.#startClock();
    return id;
  }

  unsubscribe(id: number): void {
    const name = this.#streamOfId.get(id);
    const stream = name === undefined ? undefined : this.#streams.get(name);
    if (name === undefined || !stream) return;
    this.#streamOfId.delete(id);
    stream.audience.remove(id);
    if (stream.audience.listeners.length > 0) return;
    stream.taker.close();
    stream.group.supervisor.unsubscribe(stream.topic.index);
    stream.group.protocol.remove(stream);
    this.#streams.delete(name);
  }

  health(): FeedHealth {
    const subscriptions = [...this.#streams.values()].flatMap(({ audience, topic, taker, group }) => {
      const { state, ageMs, messages, rate, gaps } = group.supervisor.topicHealth(topic.index);
      const shown = state === 'live' && !taker.isInStep ? 'syncing' : state;
      return audience.listeners.map(({ id, request }) => ({ id, request, state: shown, ageMs, messages, rate, gaps }));
    });
    return {
      subscriptions: subscriptions.sort((a, b) => a.id - b.id),
      connections: [...this.#groups.values()].flatMap(({ supervisor }) => supervisor.connections()),
      clockSkewMs: this.#venueClock.skew?.skewMs ?? null,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clockTimer?.cancel();
    this.#venueClock.close();
    for (const { taker } of this.#streams.values()) taker.close();
    await Promise.all([...this.#groups.values()].map(({ supervisor }) => supervisor.close()));
    this.#rest.close();
  }

  #open(name: string, request: FeedRequest): MarketStream & { readonly group: Group } {
    const { group: groupName, silenceLimitMs } = this.#market.channels[request.channel]!;
    const group = this.#groups.get(groupName)!;
    const audience = new Audience();
    const topic = group.supervisor.subscribe(name, { silenceLimitMs: request.silenceLimitMs ?? silenceLimitMs });
    const { clock } = this.#options;
    const taker = this.#taker(request, {
      ...{ symbol: request.symbol, audience, rest: this.#rest, clock },
      venueTimeMs: () => clock.nowMs() + (this.#venueClock.skew?.skewMs ?? 0),
      countGap: () => group.supervisor.countGap(topic.index),
    });
    const stream = { name, topic, audience, taker, group, kind: this.#kind(request.channel) };
    this.#streams.set(name, stream);
    group.protocol.add(stream);
    return stream;
  }

  #taker(request: FeedRequest, world: StreamWorld): StreamTaker {
    switch (request.channel) {
      case 'trades':
        return new TradeTaker(world);
      case 'quotes':
        return new QuoteTaker(world);
      case 'mark':
        return new MarkTaker(world);
      case 'depth': {
        const { bookLevels: levels = 20 } = this.#options;
        return new DepthTaker(world, { tick: this.#ticks.get(request.symbol) ?? null, levels });
      }
      default:
        return new BarTaker(world, request.timeframe!);
    }
  }

  #kind(channel: FeedChannel): number {
    const { tradeStream } = this.#market;
    const kinds = {
      trades: tradeStream,
      quotes: 'bookTicker',
      bars: 'kline',
      depth: 'depthUpdate',
      mark: 'markPriceUpdate',
    };
    return FRAME[kinds[channel] as keyof typeof FRAME];
  }

  #startClock(): void {
    this.#isClockStarted = true;
    this.#venueClock.start().catch((error: unknown) => {
      if (!(error instanceof VenueError)) throw error;
      this.#isClockStarted = false;
      // Skew stays null in the health meanwhile, and our own clock is used.
      if (!this.#isClosed) this.#clockTimer = this.#options.clock.after(CLOCK_AGAIN_MS, () => this.#startClock());
    });
  }
}
