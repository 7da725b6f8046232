import type { Json } from '../../core/vocabulary/json.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { BestQuotes, LevelChange, Market } from './market.ts';
import type { UsdmOrder } from './order.ts';
import { type Feed, feedOf, marketOf } from './stream-feeds.ts';

const ALL_BOOK_TICKERS = '!bookTicker';
/** Sent when a listing changes, which it does not while the exchange runs. */
const CONTRACT_INFO = '!contractInfo';

/** Market streams: those that send at once, and those that run at their own pace while somebody listens. */
export class MarketStreams {
  readonly #state: ExchangeState;
  readonly #open = new Map<string, { readonly feed: Feed; cancel: () => void }>();
  readonly #toldTrade = new Map<Market, number>();

  constructor(state: ExchangeState) {
    this.#state = state;
  }

  has(name: string): boolean {
    if (name === ALL_BOOK_TICKERS || name === CONTRACT_INFO) return true;
    const [symbol = '', kind, rest] = name.split('@');
    const isLive =
      rest === undefined && (kind === 'trade' || kind === 'bookTicker') && marketOf(this.#state, symbol) !== null;
    return isLive || feedOf(this.#state, name) !== null;
  }

  opened(name: string): void {
    const make = feedOf(this.#state, name);
    if (make === null || this.#open.has(name)) return;
    const entry = { feed: make(), cancel: () => {} };
    this.#open.set(name, entry);
    const next = (): void => {
      const { everyMs } = entry.feed;
      const timeMs = (Math.floor(this.#state.nowMs / everyMs) + 1) * everyMs;
      entry.cancel = this.#state.around.at(timeMs, () => {
        for (const event of entry.feed.take(this.#state.nowMs) ?? []) this.#state.around.publish(name, event);
        next();
      });
    };
    next();
  }

  closed(name: string): void {
    this.#open.get(name)?.cancel();
    this.#open.delete(name);
  }

  /** After a command: trades and best quotes are sent at once, changes of the book are handed to whoever collects them. */
  settled(market: Market, changes: readonly LevelChange[]): void {
    this.#tellTrades(market);
    if (changes.length === 0) return;
    const now = this.#state.nowMs;
    market.quotesMs = now;
    for (const { feed } of this.#open.values()) feed.changed?.(market, changes);
    this.#tellQuotes(market, now);
  }

  forced(market: Market, order: UsdmOrder): void {
    for (const { feed } of this.#open.values()) feed.forced?.(market, order);
  }

  #tellTrades(market: Market): void {
    const last = market.tape.last?.id ?? 0;
    const told = this.#toldTrade.get(market) ?? 0;
    this.#toldTrade.set(market, last);
    const stream = `${market.symbol.toLowerCase()}@trade`;
    if (last === told || !this.#state.around.hasListeners(stream)) return;
    const { contract } = market;
    for (const trade of market.tape.trades.slice(-(last - told))) {
      this.#state.around.publish(stream, {
        e: 'trade',
        E: this.#state.nowMs,
        T: trade.timeMs,
        s: market.symbol,
        t: trade.id,
        p: contract.marketPrice(trade.ticks),
        q: contract.marketQuantity(trade.lots),
        X: 'MARKET',
        m: trade.isBuyerMaker,
      });
    }
  }

  #tellQuotes(market: Market, now: number): void {
    const quotes = market.quotes();
    const before = market.lastQuotes;
    if (isSame(quotes, before)) return;
    market.lastQuotes = quotes;
    const streams = [`${market.symbol.toLowerCase()}@bookTicker`, ALL_BOOK_TICKERS];
    if (!streams.some((s) => this.#state.around.hasListeners(s))) return;
    const { contract } = market;
    const event: Json = {
      e: 'bookTicker',
      u: market.updateId,
      E: now,
      T: now,
      s: market.symbol,
      b: contract.marketPrice(quotes.bidTicks),
      B: contract.marketQuantity(quotes.bidLots),
      a: contract.marketPrice(quotes.askTicks),
      A: contract.marketQuantity(quotes.askLots),
    };
    for (const stream of streams) this.#state.around.publish(stream, event);
  }
}

function isSame(a: BestQuotes, b: BestQuotes): boolean {
  return a.bidTicks === b.bidTicks && a.bidLots === b.bidLots && a.askTicks === b.askTicks && a.askLots === b.askLots;
}
