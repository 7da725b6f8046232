import type { Surroundings } from '../product.ts';
import { type PeriodicStream, periodicStream } from './periodic-streams.ts';
import type { SpotExchange } from './spot-exchange.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { bestTexts } from './ticker-statistics.ts';

/** Names of a symbol's streams that follow the market at once. */
type LiveNames = { readonly trade: string; readonly aggTrade: string; readonly bookTicker: string };

/** Streams that exist and never say anything here: there are no block trades. */
const SILENT = ['blockTrade'];

/** What the market streams send: trades and best prices as they change, the rest at its pace while somebody listens. */
export class MarketStreams {
  readonly #exchange: SpotExchange;
  readonly #surroundings: Surroundings;
  readonly #names: readonly LiveNames[];
  /** Update id and best prices that a bookTicker stream last told, by symbol. */
  readonly #seenUpdate: number[];
  readonly #toldBest: string[];
  readonly #running = new Map<string, PeriodicStream & { cancel: () => void }>();

  constructor(exchange: SpotExchange, surroundings: Surroundings) {
    this.#exchange = exchange;
    this.#surroundings = surroundings;
    this.#names = exchange.symbols.map(({ name }) => {
      const symbol = name.toLowerCase();
      return { trade: `${symbol}@trade`, aggTrade: `${symbol}@aggTrade`, bookTicker: `${symbol}@bookTicker` };
    });
    this.#seenUpdate = exchange.symbols.map(() => 0);
    this.#toldBest = exchange.symbols.map(() => '');
  }

  has(name: string): boolean {
    const at = name.indexOf('@');
    const kind = name.slice(at + 1);
    const market = this.#exchange.findMarket(name.slice(0, at).toUpperCase());
    if (market !== undefined && name === name.slice(0, at).toLowerCase() + name.slice(at)) {
      if (kind === 'trade' || kind === 'aggTrade' || kind === 'bookTicker' || SILENT.includes(kind)) return true;
    }
    const stream = periodicStream(this.#exchange, name);
    stream?.stop();
    return stream !== null;
  }

  opened(name: string): void {
    if (this.#running.has(name)) return;
    const stream = periodicStream(this.#exchange, name);
    if (stream === null) return;
    const running = { ...stream, cancel: () => {} };
    this.#running.set(name, running);
    const next = (): void => {
      const now = this.#exchange.nowMs();
      const at = (Math.floor(now / stream.everyMs) + 1) * stream.everyMs;
      running.cancel = this.#surroundings.at(at, () => {
        stream.send((data) => this.#surroundings.publish(name, data));
        if (this.#running.get(name) === running) next();
      });
    };
    next();
  }

  closed(name: string): void {
    const running = this.#running.get(name);
    if (running === undefined) return;
    this.#running.delete(name);
    running.cancel();
    running.stop();
  }

  /** A trade has been written down. */
  traded(market: SymbolMarket, tradeId: number): void {
    const stream = this.#names[market.symbol.index]!.trade;
    if (!this.#surroundings.hasListeners(stream)) return;
    const trade = market.tape.trade(tradeId);
    this.#surroundings.publish(stream, {
      e: 'trade',
      E: this.#exchange.nowMs(),
      s: market.symbol.name,
      t: trade.id,
      p: market.symbol.priceText(trade.ticks),
      q: market.symbol.quantityText(trade.lots),
      T: trade.timeMs,
      m: trade.buyerMaker,
      M: true,
    });
  }

  /** A command is over: its aggregate trades are whole, and the best prices stand. */
  settled(): void {
    for (const market of this.#exchange.markets) {
      const { tape, depth, symbol } = market;
      if (market.unsentAggregateId < tape.nextAggregateId) this.#sendAggregates(market);
      if (this.#seenUpdate[symbol.index] !== depth.updateId) this.#sendBest(market);
    }
  }

  #sendAggregates(market: SymbolMarket): void {
    const { tape, symbol } = market;
    const first = Math.max(market.unsentAggregateId, tape.firstKeptAggregateId);
    market.unsentAggregateId = tape.nextAggregateId;
    const stream = this.#names[symbol.index]!.aggTrade;
    if (!this.#surroundings.hasListeners(stream)) return;
    for (let id = first; id < tape.nextAggregateId; id++) {
      const a = tape.aggregate(id);
      this.#surroundings.publish(stream, {
        e: 'aggTrade',
        E: this.#exchange.nowMs(),
        s: symbol.name,
        a: a.id,
        p: symbol.priceText(a.ticks),
        q: symbol.quantityText(a.lots),
        f: a.firstId,
        l: a.lastId,
        T: a.timeMs,
        m: a.buyerMaker,
        M: true,
      });
    }
  }

  #sendBest(market: SymbolMarket): void {
    const { depth, symbol, book } = market;
    this.#seenUpdate[symbol.index] = depth.updateId;
    const stream = this.#names[symbol.index]!.bookTicker;
    if (!this.#surroundings.hasListeners(stream)) return;
    const bid = book.bestTicks(1);
    const ask = book.bestTicks(-1);
    const key = `${bid} ${book.lotsAt(1, bid)} ${ask} ${book.lotsAt(-1, ask)}`;
    if (this.#toldBest[symbol.index] === key) return;
    this.#toldBest[symbol.index] = key;
    const best = bestTexts(market);
    this.#surroundings.publish(stream, {
      u: depth.updateId,
      s: symbol.name,
      b: best.bid[0],
      B: best.bid[1],
      a: best.ask[0],
      A: best.ask[1],
    });
  }
}
