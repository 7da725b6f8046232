import type { StreamListener, StreamProtocol, Topic } from '../../../connectivity/stream-protocol.ts';
import { ConnectionSupervisor } from '../../../connectivity/supervisor.ts';
import type { InstrumentDefinition } from '../../../core/vocabulary/instrument.ts';
import type { FeedChannel, FeedHealth, FeedRequest, FeedSink, MarketFeed } from '../../../ports/market-feed.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import { type MexcAccess, VENUE } from '../access.ts';
import { MexcBarHistory } from '../bar-history.ts';
import { readInstruments } from '../instruments.ts';
import { loadPushDecoder, type PushDecoder } from '../push-decoder.ts';
import {
  applyStreamAnswer,
  readStreamAnswer,
  STREAM_LIMITS,
  subscribeFrame,
  unsubscribeFrame,
} from '../stream-dialect.ts';
import { HISTORY_TIMEFRAMES, venueTimeframe } from '../timeframes.ts';
import { BarLane } from './bar-lane.ts';
import { DepthLane } from './depth-lane.ts';
import type { Lane, LaneOutput, Subscriber } from './lane.ts';
import { QuoteLane } from './quote-lane.ts';
import { TradeLane } from './trade-lane.ts';

/** Longest silence by channel: bars are pushed once a second, trades of a quiet pair are rare. */
const SILENCE_LIMITS_MS = { bars: 20_000, depth: 30_000, quotes: 30_000, trades: 60_000 } as const;
type OwnChannel = keyof typeof SILENCE_LIMITS_MS;

interface Route {
  readonly topic: Topic;
  readonly lane: Lane;
  readonly subscribers: Subscriber[];
}

/**
 * Live market data of MEXC spot. Subscriptions of the same data share one topic, and the silence limit of the first of them holds. There is
 * no mark price: nothing here has funding. Missed trades and quotes are told as lost, missed bars are fetched, a book is joined anew.
 */
export class MexcFeed implements MarketFeed {
  readonly venue = VENUE;
  readonly channels: readonly FeedChannel[] = ['trades', 'quotes', 'bars', 'depth'];
  readonly timeframes = HISTORY_TIMEFRAMES;
  readonly #access: MexcAccess;
  readonly #history: MexcBarHistory;
  readonly #supervisor: ConnectionSupervisor;
  readonly #routes = new Map<string, Route>();
  readonly #requests = new Map<number, { readonly request: FeedRequest; readonly name: string }>();
  #decode: PushDecoder | null = null;
  #nextId = 1;
  #isClosed = false;

  constructor(access: MexcAccess) {
    this.#access = access;
    this.#history = new MexcBarHistory(access);
    const { dialer, clock, random, budget } = access.options;
    this.#supervisor = new ConnectionSupervisor({
      protocol: this.#protocol(),
      listener: this.#listener(),
      dialer,
      clock,
      random,
      ...(budget ? { budget } : {}),
    });
  }

  async instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]> {
    const parts = symbols === undefined ? [] : ([['symbols', symbols.join(',')]] as const);
    const found = await this.#access.rest.read(this.#access.open('/api/v3/exchangeInfo', parts, 10), (answer) =>
      readInstruments(answer, symbols),
    );
    const missing =
      symbols?.filter((symbol) => !found.some((definition) => definition.id === `${VENUE}:${symbol}`)) ?? [];
    if (missing.length > 0) throw new VenueError('symbol-unknown', VENUE, `MEXC does not list ${missing.join(', ')}`);
    return found;
  }

  subscribe(request: FeedRequest, sink: FeedSink): number {
    if (this.#isClosed) throw new RangeError('the feed is closed');
    const name = channelName(request);
    const id = this.#nextId++;
    const route = this.#routes.get(name) ?? this.#open(name, request);
    route.subscribers.push({ id, sink });
    this.#requests.set(id, { request, name });
    return id;
  }

  unsubscribe(id: number): void {
    const name = this.#requests.get(id)?.name;
    const route = name === undefined ? undefined : this.#routes.get(name);
    if (name === undefined || route === undefined) return;
    this.#requests.delete(id);
    route.subscribers.splice(
      route.subscribers.findIndex((subscriber) => subscriber.id === id),
      1,
    );
    if (route.subscribers.length > 0) return;
    this.#routes.delete(name);
    route.lane.close();
    this.#supervisor.unsubscribe(route.topic.index);
  }

  health(): FeedHealth {
    return {
      subscriptions: [...this.#requests].map(([id, { request, name }]) => {
        const { state, ageMs, messages, rate, gaps } = this.#supervisor.topicHealth(
          this.#routes.get(name)!.topic.index,
        );
        return { id, request, state, ageMs, messages, rate, gaps };
      }),
      connections: this.#supervisor.connections(),
      clockSkewMs: this.#access.venueClock.skew?.skewMs ?? null,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { lane } of this.#routes.values()) lane.close();
    this.#routes.clear();
    this.#requests.clear();
    await this.#supervisor.close();
  }

  #open(name: string, request: FeedRequest): Route {
    const subscribers: Subscriber[] = [];
    const silenceLimitMs = request.silenceLimitMs ?? SILENCE_LIMITS_MS[request.channel as OwnChannel];
    const topic = this.#supervisor.subscribe(name, { silenceLimitMs });
    const output: LaneOutput = {
      subscribers,
      gap: (gap) => {
        this.#supervisor.countGap(topic.index);
        for (const { id, sink } of subscribers) sink.gap(id, gap);
      },
      anomaly: (code, detail) => {
        for (const { id, sink } of subscribers) sink.anomaly(id, code, detail);
      },
    };
    const route: Route = { topic, lane: this.#lane(request, output), subscribers };
    this.#routes.set(name, route);
    return route;
  }

  #lane(request: FeedRequest, output: LaneOutput): Lane {
    const now = (): number => this.#access.options.clock.nowMs();
    if (request.channel === 'trades') return new TradeLane(output, now);
    if (request.channel === 'quotes') return new QuoteLane(output, now);
    if (request.channel === 'depth') return new DepthLane(output, request.symbol, this.#access);
    return new BarLane(output, venueTimeframe(request.timeframe!)!.spec, request.symbol, this.#access, this.#history);
  }

  #protocol(): StreamProtocol {
    return {
      venue: VENUE,
      ...STREAM_LIMITS,
      url: async () => {
        this.#decode = await loadPushDecoder();
        return this.#access.options.streamUrl ?? 'wss://wbs-api.mexc.com/ws';
      },
      subscribe: (topics) => [subscribeFrame(topics)],
      unsubscribe: (topics) => [unsubscribeFrame(topics)],
      message: (bytes, isText, receivedTimeMs, connection) => {
        if (isText) {
          const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
          const answer = readStreamAnswer(text);
          if (applyStreamAnswer(answer, (channel) => this.#routes.get(channel)?.topic, connection)) return;
          const isJson = answer.kind === 'other' && answer.isJson;
          this.#everybody(isJson ? 'schema-drift' : 'malformed', `text frame: ${text.slice(0, 200)}`);
          return;
        }
        const push = this.#decode!(bytes);
        if ('fault' in push) {
          this.#everybody(push.fault, push.detail);
          return;
        }
        const route = this.#routes.get(push.channel);
        // Pushes of a topic that was given up still come for a moment.
        if (route === undefined) return;
        if (!isKindOf(push.channel, push.kind)) {
          for (const { id, sink } of route.subscribers)
            sink.anomaly(id, 'schema-drift', `${push.channel} carries ${push.kind}`);
          return;
        }
        // Before the data itself, so that what an interruption lost is told first.
        connection.progressed(route.topic.index);
        route.lane.push(push, receivedTimeMs);
      },
    };
  }

  /** A frame that cannot be read does not say whose it was. */
  #everybody(code: 'malformed' | 'schema-drift', detail: string): void {
    for (const { subscribers } of this.#routes.values())
      for (const { id, sink } of subscribers) sink.anomaly(id, code, detail);
  }

  #listener(): StreamListener {
    return {
      resumed: (topic, sinceMs) => {
        if (sinceMs !== null) this.#routes.get(topic.name)?.lane.resumed(sinceMs);
      },
      interrupted: (topic) => this.#routes.get(topic.name)?.lane.interrupted(),
    };
  }
}

const KINDS: Readonly<Record<string, string>> = {
  'public.aggre.deals.v3.api.pb': 'publicAggreDeals',
  'public.aggre.bookTicker.v3.api.pb': 'publicAggreBookTicker',
  'public.aggre.depth.v3.api.pb': 'publicAggreDepths',
  'public.kline.v3.api.pb': 'publicSpotKline',
};

function isKindOf(channel: string, kind: string): boolean {
  return KINDS[channel.split('@')[1] ?? ''] === kind;
}

/** The stream channel of a request. Throws RangeError for what MEXC does not have. */
export function channelName(request: FeedRequest): string {
  const { channel, symbol } = request;
  if (!/^[^\s@,]+$/.test(symbol) || symbol !== symbol.toUpperCase())
    throw new RangeError(`expected a symbol as MEXC writes it, such as BTCUSDT, found ${JSON.stringify(symbol)}`);
  switch (channel) {
    case 'trades':
      return `spot@public.aggre.deals.v3.api.pb@100ms@${symbol}`;
    case 'quotes':
      return `spot@public.aggre.bookTicker.v3.api.pb@100ms@${symbol}`;
    case 'depth':
      return `spot@public.aggre.depth.v3.api.pb@100ms@${symbol}`;
    case 'bars': {
      const named = request.timeframe === undefined ? null : venueTimeframe(request.timeframe);
      if (named === null)
        throw new RangeError(`expected a timeframe that MEXC has, found ${String(request.timeframe)}`);
      return `spot@public.kline.v3.api.pb@${symbol}@${named.stream}`;
    }
    default:
      throw new RangeError(`MEXC spot has no channel ${channel}; it has trades, quotes, bars and depth`);
  }
}
