import type { Topic } from '../../connectivity/stream-protocol.ts';
import { ConnectionSupervisor } from '../../connectivity/supervisor.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import type { FeedChannel, FeedHealth, FeedRequest, FeedSink, MarketFeed } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { AuthToken } from './auth-token.ts';
import { BarConversation } from './bar-conversation.ts';
import { ChartProtocol } from './chart-protocol.ts';
import { type Conversation, symbolFault } from './conversation.ts';
import { symbolQuestion } from './instrument-rules.ts';
import { intervalOf, TIMEFRAMES } from './intervals.ts';
import type { Listener, Listening } from './listeners.ts';
import { requireConsent, type TradingViewOptions, VENUE } from './options.ts';
import { QuoteConversation } from './quote-conversation.ts';
import { Requests } from './requests.ts';

/** Quotes and bars of quiet symbols may be minutes apart; heartbeats watch the connection. */
const SILENCE_LIMIT_MS = 300_000;

interface Stream {
  readonly topic: Topic;
  readonly conversation: Conversation & { readonly isInStep?: boolean; close?(): void };
  listeners: readonly Listener[];
}

/** Live quotes and bars of TradingView, for whoever has read its terms. Symbols are `EXCHANGE:TICKER`. */
export class TradingViewFeed implements MarketFeed {
  readonly venue = VENUE;
  readonly channels: readonly FeedChannel[] = ['quotes', 'bars'];
  readonly timeframes = TIMEFRAMES;
  readonly #options: TradingViewOptions;
  readonly #protocol: ChartProtocol;
  readonly #supervisor: ConnectionSupervisor;
  readonly #requests: Requests;
  readonly #streams = new Map<string, Stream>();
  readonly #nameOfId = new Map<number, string>();
  #lastId = 0;
  #isClosed = false;

  /** Throws {@link VenueError} `unsupported` where the user has not switched TradingView on. */
  constructor(options: TradingViewOptions) {
    requireConsent(options.acceptsTerms);
    const { dialer, clock, random, streamOrigin = 'wss://data.tradingview.com' } = options;
    this.#options = options;
    const auth = options.auth ?? new AuthToken(options);
    this.#requests = new Requests({ ...options, auth });
    this.#protocol = new ChartProtocol(streamOrigin, auth, options, (detail) => this.#malformed(detail));
    this.#supervisor = new ConnectionSupervisor({
      ...{ protocol: this.#protocol, dialer, clock, random },
      // Conversations see for themselves that they begin anew.
      listener: { resumed() {}, interrupted() {} },
    });
  }

  /** TradingView lists no symbols here: without some, rejects with `unsupported`. */
  async instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]> {
    if (symbols === undefined) {
      throw new VenueError(
        'unsupported',
        VENUE,
        'TradingView lists no instruments; name symbols such as BINANCE:BTCUSDT',
      );
    }
    return Promise.all(symbols.map((symbol) => this.#requests.ask(`rules of ${symbol}`, symbolQuestion(symbol))));
  }

  subscribe(request: FeedRequest, sink: FeedSink): number {
    if (this.#isClosed) throw new RangeError('expected an open feed of TradingView, found a closed one');
    const name = topicName(request);
    const id = ++this.#lastId;
    const stream = this.#streams.get(name) ?? this.#open(name, request);
    stream.listeners = [...stream.listeners, { id, request, sink }];
    this.#nameOfId.set(id, name);
    return id;
  }

  unsubscribe(id: number): void {
    const name = this.#nameOfId.get(id);
    const stream = name === undefined ? undefined : this.#streams.get(name);
    if (name === undefined || stream === undefined) return;
    this.#nameOfId.delete(id);
    stream.listeners = stream.listeners.filter((each) => each.id !== id);
    if (stream.listeners.length > 0) return;
    stream.conversation.close?.();
    this.#supervisor.unsubscribe(stream.topic.index);
    this.#protocol.remove(name);
    this.#streams.delete(name);
  }

  health(): FeedHealth {
    const subscriptions = [...this.#streams.values()].flatMap(({ topic, conversation, listeners }) => {
      const { state, ageMs, messages, rate, gaps } = this.#supervisor.topicHealth(topic.index);
      const shown = state === 'live' && conversation.isInStep === false ? 'syncing' : state;
      return listeners.map(({ id, request }) => ({ id, request, state: shown, ageMs, messages, rate, gaps }));
    });
    return {
      subscriptions: subscriptions.sort((a, b) => a.id - b.id),
      connections: this.#supervisor.connections(),
      clockSkewMs: null,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { conversation } of this.#streams.values()) conversation.close?.();
    await Promise.all([this.#supervisor.close(), this.#requests.close()]);
  }

  #open(name: string, request: FeedRequest): Stream {
    const { allowsDelayed = false, clock } = this.#options;
    const listening: Listening = {
      listeners: () => this.#streams.get(name)?.listeners ?? [],
      countGap: () => {
        const topic = this.#streams.get(name)?.topic;
        if (topic) this.#supervisor.countGap(topic.index);
      },
    };
    const { symbol, timeframe } = request;
    const conversation =
      request.channel === 'quotes'
        ? new QuoteConversation(symbol, listening, allowsDelayed)
        : new BarConversation({
            ...{ symbol, listening, clock, allowsDelayed },
            interval: intervalOf(timeframe!)!,
            spec: timeframeSpec(timeframe!),
          });
    this.#protocol.add(name, conversation);
    const topic = this.#supervisor.subscribe(name, { silenceLimitMs: request.silenceLimitMs ?? SILENCE_LIMIT_MS });
    const stream: Stream = { topic, conversation, listeners: [] };
    this.#streams.set(name, stream);
    return stream;
  }

  #malformed(detail: string): void {
    for (const { listeners } of this.#streams.values()) {
      for (const { id, sink } of listeners) sink.anomaly(id, 'malformed', detail);
    }
  }
}

function topicName({ channel, symbol, timeframe }: FeedRequest): string {
  const fault = symbolFault(symbol);
  if (fault !== null) throw new RangeError(fault);
  if (channel === 'quotes') return `quotes ${symbol}`;
  if (channel !== 'bars') throw new RangeError(`TradingView has no channel ${channel}; it has quotes, bars`);
  if (timeframe === undefined || intervalOf(timeframe) === null) {
    throw new RangeError(`TradingView has no bars of ${timeframe ?? 'no timeframe'}; it has ${TIMEFRAMES.join(', ')}`);
  }
  return `bars ${timeframe} ${symbol}`;
}
