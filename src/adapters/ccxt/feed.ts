import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { type Timeframe, timeframe } from '../../core/vocabulary/time.ts';
import type {
  BarHistory,
  FeedChannel,
  FeedHealth,
  FeedRequest,
  FeedSink,
  MarketFeed,
} from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { CcxtBarHistory } from './bar-history.ts';
import { BarWatcher } from './bar-watcher.ts';
import { DepthWatcher } from './depth-watcher.ts';
import { instrumentOf } from './instruments.ts';
import { MarketAccess } from './market-access.ts';
import type { CcxtOptions } from './open-exchange.ts';
import { QuoteWatcher } from './quote-watcher.ts';
import { TradeWatcher } from './trade-watcher.ts';
import { quirksOf, type VenueQuirks } from './venue-quirks.ts';
import { WatchLoop } from './watch-loop.ts';
import type { Watcher, WatcherOutput } from './watcher.ts';

/** Longest silence by channel: on most venues bars and books move all the time, while trades of a quiet pair are rare. */
const SILENCE_LIMITS_MS: Readonly<Record<FeedChannel, number>> = {
  bars: 60_000,
  depth: 30_000,
  quotes: 30_000,
  trades: 60_000,
  mark: 60_000,
};

/** Loads ccxt and reads its description of the venue; the venue is asked at the first use. Rejects with {@link VenueError}. */
export async function openCcxtFeed(
  options: CcxtOptions,
): Promise<{ readonly feed: MarketFeed; readonly history: BarHistory }> {
  const access = await MarketAccess.open(options);
  const history = new CcxtBarHistory(access);
  return { feed: new CcxtFeed(access, history), history };
}

/**
 * Market data of any venue that ccxt streams. Each subscription has an exchange object, and so a connection, of its own: that is the only
 * way to replace one that is silent without touching the others. Mark prices are not offered. Closing the feed closes its history, too.
 */
class CcxtFeed implements MarketFeed {
  readonly venue: string;
  readonly channels: readonly FeedChannel[];
  readonly timeframes: readonly Timeframe[];
  readonly #access: MarketAccess;
  readonly #history: CcxtBarHistory;
  readonly #quirks: VenueQuirks;
  readonly #loops = new Map<number, WatchLoop>();
  #nextId = 1;
  #isClosed = false;

  constructor(access: MarketAccess, history: CcxtBarHistory) {
    this.#access = access;
    this.#history = history;
    this.venue = access.venue;
    this.#quirks = quirksOf(access.options.exchange);
    const has = (...names: readonly string[]): boolean => names.some((name) => access.exchange.has[name] === true);
    const channels: FeedChannel[] = [];
    if (has('watchTrades')) channels.push('trades');
    if (has('watchBidsAsks', 'watchTicker')) channels.push('quotes');
    if (has('watchOHLCV') && has('fetchOHLCV')) channels.push('bars');
    if (has('watchOrderBook')) channels.push('depth');
    this.channels = channels;
    this.timeframes = history.timeframes;
  }

  async instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]> {
    const markets = await this.#access.markets(true);
    const wanted =
      symbols === undefined ? markets.all() : await Promise.all(symbols.map((s) => this.#access.market(s)));
    return wanted.flatMap((market) => {
      const definition = instrumentOf(this.#access.exchange, market);
      if (definition !== null) return [definition];
      if (symbols === undefined) return [];
      throw new VenueError('unsupported', this.venue, `ccxt knows no price or quantity step of ${market.id}`);
    });
  }

  subscribe(request: FeedRequest, sink: FeedSink): number {
    if (this.#isClosed) throw new RangeError('the feed is closed');
    this.#check(request);
    const id = this.#nextId++;
    const output: WatcherOutput = {
      id,
      sink,
      gap: (gap) => {
        loop.gaps++;
        sink.gap(id, gap);
      },
    };
    const loop: WatchLoop = new WatchLoop({
      id,
      request,
      sink,
      access: this.#access,
      watcher: this.#watcher(request, output),
      silenceLimitMs: request.silenceLimitMs ?? SILENCE_LIMITS_MS[request.channel],
    });
    this.#loops.set(id, loop);
    loop.begin();
    return id;
  }

  unsubscribe(id: number): void {
    const loop = this.#loops.get(id);
    this.#loops.delete(id);
    // Nothing is told from here on; its connection closes in its own time.
    void loop?.end();
  }

  health(): FeedHealth {
    const loops = [...this.#loops.values()];
    return {
      subscriptions: loops.map((loop) => loop.health()),
      connections: loops.map((loop) => loop.connection()),
      clockSkewMs: this.#access.skewMs,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const loops = [...this.#loops.values()];
    this.#loops.clear();
    await Promise.all(loops.map((loop) => loop.end()));
    await this.#access.close();
  }

  #check({ channel, timeframe: text }: FeedRequest): void {
    if (!this.channels.includes(channel))
      throw new RangeError(`ccxt streams no ${channel} of ${this.venue}; it has ${this.channels.join(', ')}`);
    if (channel !== 'bars') return;
    const spec = text === undefined ? null : timeframe(text);
    if (spec === null || !this.#history.timeframes.includes(spec.text))
      throw new RangeError(`expected a timeframe that ${this.venue} has, found ${String(text)}`);
    if (spec.ms === 0 || spec.ms >= this.#quirks.streamedBarsBelowMs)
      throw new RangeError(
        `${this.venue} streams ${spec.text} bars by another calendar than UTC: roll shorter ones up`,
      );
  }

  #watcher(request: FeedRequest, output: WatcherOutput): Watcher {
    if (request.channel === 'trades') return new TradeWatcher(output, this.#access);
    if (request.channel === 'quotes') return new QuoteWatcher(output, this.#access);
    if (request.channel === 'depth') return new DepthWatcher(output, this.#access);
    return new BarWatcher(output, this.#access, this.#history, request);
  }
}
