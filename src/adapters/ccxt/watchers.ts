import { ClosedBars } from '../../connectivity/closed-bars.ts';
import { barClose, barOpen, type TimeframeSpec, timeframe } from '../../core/vocabulary/time.ts';
import type { BookView, FeedGap, FeedRequest, FeedSink } from '../../ports/market-feed.ts';
import type { VenueError } from '../../ports/venue-error.ts';
import { barRowOf, type CcxtBarHistory, ccxtTimeframe } from './bar-history.ts';
import type { CcxtBar, CcxtBook, CcxtExchange, CcxtMarket, CcxtQuote, CcxtTrade } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';

/** What one subscription tells, with its id put in. */
export interface WatcherOutput {
  readonly id: number;
  readonly sink: FeedSink;
  gap(gap: FeedGap): void;
}

/** One channel's way from ccxt to a sink. */
export interface Watcher {
  /** Waits for the next data; what is answered tells it. */
  next(exchange: CcxtExchange, market: CcxtMarket): Promise<() => void>;
  /** Data flows again after an interruption, and none of it was told yet. */
  resumed(sinceMs: number, market: CcxtMarket): Promise<void>;
  end(): void;
}

type Anomaly = Parameters<FeedSink['anomaly']>[1];

function complain({ id, sink }: WatcherOutput, code: Anomaly, found: unknown): void {
  sink.anomaly(id, code, JSON.stringify(found)?.slice(0, 200) ?? String(found));
}

function lost(output: WatcherOutput, access: MarketAccess, sinceMs: number, reason: string): void {
  output.gap({ outcome: 'lost', fromMs: sinceMs, toMs: access.options.clock.nowMs(), reason });
}

const REMEMBERED = 2_048;

/** `watchTrades`. Ids that are numbers are kept and their order is trusted; of others ours are made from the time. */
export class TradeWatcher implements Watcher {
  readonly #output: WatcherOutput;
  readonly #access: MarketAccess;
  readonly #seen = new Set<string>();
  #lastId = 0;
  #isNumbered = true;

  constructor(output: WatcherOutput, access: MarketAccess) {
    this.#output = output;
    this.#access = access;
  }

  async next(exchange: CcxtExchange, market: CcxtMarket): Promise<() => void> {
    const trades = await exchange.watchTrades(market.symbol);
    return () => this.#tell(trades);
  }

  /** Asks for the newest trades; where they reach back to what is known, nothing is missing. */
  async resumed(sinceMs: number, market: CcxtMarket): Promise<void> {
    const knownId = this.#lastId;
    if (knownId === 0) return;
    if (!this.#isNumbered || this.#access.exchange.has['fetchTrades'] !== true) {
      lost(this.#output, this.#access, sinceMs, 'past trades have no ids by which known ones could be told');
      return;
    }
    let trades: readonly CcxtTrade[];
    try {
      trades = await this.#access.read((exchange) => exchange.fetchTrades(market.symbol, undefined, 1_000));
    } catch (error) {
      lost(
        this.#output,
        this.#access,
        sinceMs,
        `past trades could not be read: ${this.#access.errorOf(error).message}`,
      );
      return;
    }
    const reachesBack = trades.some((trade) => numberOf(trade.id) !== null && numberOf(trade.id)! <= knownId);
    this.#tell(trades.toSorted((a, b) => (numberOf(a.id) ?? 0) - (numberOf(b.id) ?? 0)));
    const toMs = this.#access.options.clock.nowMs();
    const reason = reachesBack
      ? 'the missed trades were fetched'
      : 'the venue lists no trades as old as the last one known';
    this.#output.gap({ outcome: reachesBack ? 'recovered' : 'lost', fromMs: sinceMs, toMs, reason });
  }

  end(): void {}

  #tell(trades: readonly CcxtTrade[]): void {
    const { id, sink } = this.#output;
    const receivedTimeMs = this.#access.options.clock.nowMs();
    for (const trade of trades) {
      const price = Number(trade.price);
      const quantity = Number(trade.amount);
      const timeMs = trade.timestamp ?? Number.NaN;
      const side = trade.side === 'buy' ? 1 : trade.side === 'sell' ? -1 : 0;
      if (!(price > 0 && quantity > 0 && timeMs > 0) || side === 0) {
        complain(this.#output, 'out-of-range', trade.info ?? trade);
        continue;
      }
      const tradeId = this.#newId(trade.id, timeMs);
      if (tradeId === null) continue;
      this.#lastId = tradeId;
      sink.trade(id, timeMs, receivedTimeMs, tradeId, price, quantity, side);
    }
  }

  /** Null for a trade that is known. */
  #newId(text: string | undefined, timeMs: number): number | null {
    const number = numberOf(text);
    if (number !== null && this.#isNumbered) return number > this.#lastId ? number : null;
    this.#isNumbered = false;
    if (text !== undefined) {
      if (this.#seen.has(text)) return null;
      if (this.#seen.size >= REMEMBERED) this.#seen.delete(this.#seen.values().next().value!);
      this.#seen.add(text);
    }
    return Math.max(this.#lastId + 1, timeMs * 1_000);
  }
}

function numberOf(text: string | undefined): number | null {
  const number = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return number > 0 && Number.isSafeInteger(number) ? number : null;
}

/** `watchBidsAsks`, or the ticker where there is none. */
export class QuoteWatcher implements Watcher {
  readonly #output: WatcherOutput;
  readonly #access: MarketAccess;
  #updates = 0;

  constructor(output: WatcherOutput, access: MarketAccess) {
    this.#output = output;
    this.#access = access;
  }

  async next(exchange: CcxtExchange, market: CcxtMarket): Promise<() => void> {
    const { symbol } = market;
    const quote =
      exchange.has['watchBidsAsks'] === true
        ? (await exchange.watchBidsAsks([symbol]))[symbol]
        : await exchange.watchTicker(symbol);
    return () => this.#tell(quote);
  }

  #tell(quote: CcxtQuote | undefined): void {
    const [bid, ask] = [Number(quote?.bid), Number(quote?.ask)];
    if (!(bid > 0 && ask > 0)) {
      complain(this.#output, 'out-of-range', quote);
      return;
    }
    if (bid >= ask) {
      complain(this.#output, 'crossed-book', { bid, ask });
      return;
    }
    const { id, sink } = this.#output;
    const nowMs = this.#access.options.clock.nowMs();
    // ccxt does not pass the venue's number on; ours counts what was told.
    sink.quote(
      id,
      quote?.timestamp ?? nowMs,
      nowMs,
      ++this.#updates,
      bid,
      Number(quote?.bidVolume ?? 0),
      ask,
      Number(quote?.askVolume ?? 0),
    );
  }

  resumed(sinceMs: number): Promise<void> {
    lost(
      this.#output,
      this.#access,
      sinceMs,
      'quotes of an interruption cannot be had; the next one is the market as it is',
    );
    return Promise.resolve();
  }

  end(): void {}
}

/** `watchOHLCV` while a bar forms, `fetchOHLCV` for closed ones. */
export class BarWatcher implements Watcher {
  readonly #output: WatcherOutput;
  readonly #access: MarketAccess;
  readonly #spec: TimeframeSpec;
  readonly #closed: ClosedBars;

  constructor(output: WatcherOutput, access: MarketAccess, history: CcxtBarHistory, request: FeedRequest) {
    this.#output = output;
    this.#access = access;
    this.#spec = timeframe(request.timeframe!);
    const { clock, random } = access.options;
    const spec = this.#spec;
    this.#closed = new ClosedBars({
      symbol: request.symbol,
      spec,
      history,
      clock,
      random,
      venueNowMs: () => access.guessedNowMs(),
      gap: (gap) => output.gap(gap),
      closed: (openTimeMs, open, high, low, close, volume) =>
        output.sink.bar(
          output.id,
          barClose(spec, openTimeMs),
          clock.nowMs(),
          openTimeMs,
          open,
          high,
          low,
          close,
          volume,
          true,
        ),
    });
  }

  async next(exchange: CcxtExchange, market: CcxtMarket): Promise<() => void> {
    const bars = await exchange.watchOHLCV(market.symbol, ccxtTimeframe(this.#spec));
    return () => this.#tell(bars);
  }

  #tell(bars: readonly CcxtBar[]): void {
    const nowMs = this.#access.options.clock.nowMs();
    for (const bar of bars) {
      const row = barRowOf(bar);
      if (row === null || barOpen(this.#spec, row[0]) !== row[0]) complain(this.#output, 'out-of-range', bar);
      else if (this.#closed.forming(row[0])) this.#output.sink.bar(this.#output.id, nowMs, nowMs, ...row, false);
    }
  }

  resumed(sinceMs: number): Promise<void> {
    this.#closed.resumed(sinceMs);
    return Promise.resolve();
  }

  end(): void {
    this.#closed.end();
  }
}

const VIEW_LEVELS = 100;

/** `watchOrderBook`. ccxt keeps the book and joins it on to the venue's numbers; where it cannot, it gives up and the stream begins anew. */
export class DepthWatcher implements Watcher {
  readonly #output: WatcherOutput;
  readonly #access: MarketAccess;
  readonly #view = viewOf(VIEW_LEVELS);
  #updates = 0;

  constructor(output: WatcherOutput, access: MarketAccess) {
    this.#output = output;
    this.#access = access;
  }

  async next(exchange: CcxtExchange, market: CcxtMarket): Promise<() => void> {
    const book = await exchange.watchOrderBook(market.symbol);
    return () => this.#tell(book);
  }

  #tell(book: CcxtBook): void {
    const [bid, ask] = [book.bids[0]?.[0], book.asks[0]?.[0]];
    if (bid !== undefined && ask !== undefined && bid >= ask) {
      complain(this.#output, 'crossed-book', { bid, ask });
      throw new CrossedBook(`best bid ${bid} met best ask ${ask}`);
    }
    const { id, sink } = this.#output;
    const nowMs = this.#access.options.clock.nowMs();
    this.#updates = book.nonce ?? this.#updates + 1;
    sink.depth(id, book.timestamp ?? nowMs, nowMs, fill(this.#view, book, this.#updates));
  }

  resumed(sinceMs: number): Promise<void> {
    lost(this.#output, this.#access, sinceMs, 'the book was joined anew');
    return Promise.resolve();
  }

  end(): void {}
}

/** A book that no working market shows: it must be made anew. */
class CrossedBook extends Error {}

interface MutableSide {
  count: number;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
}

interface MutableView {
  readonly bids: MutableSide;
  readonly asks: MutableSide;
  updateId: number;
}

function viewOf(levels: number): MutableView {
  const side = (): MutableSide => ({ count: 0, price: new Float64Array(levels), quantity: new Float64Array(levels) });
  return { bids: side(), asks: side(), updateId: 0 };
}

function fill(view: MutableView, book: CcxtBook, updateId: number): BookView {
  for (const name of ['bids', 'asks'] as const) {
    const into = view[name];
    const from = book[name];
    into.count = Math.min(from.length, into.price.length);
    for (let i = 0; i < into.count; i++) {
      into.price[i] = from[i]![0]!;
      into.quantity[i] = from[i]![1]!;
    }
  }
  view.updateId = updateId;
  return view;
}

/** Whether an error of a watcher is a defect of ours, and so must not be taken for the venue's. */
export function faultOf(error: unknown, access: MarketAccess): VenueError | CrossedBook {
  return error instanceof CrossedBook ? error : access.errorOf(error);
}
