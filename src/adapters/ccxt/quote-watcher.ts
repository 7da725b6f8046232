import type { CcxtExchange, CcxtMarket, CcxtQuote } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';
import { complain, lost, type Watcher, type WatcherOutput } from './watcher.ts';

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
