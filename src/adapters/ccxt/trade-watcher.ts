import type { CcxtExchange, CcxtMarket, CcxtTrade } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';
import { complain, lost, type Watcher, type WatcherOutput } from './watcher.ts';

/** Trades of venues without numbers that are remembered. */
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
