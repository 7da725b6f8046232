import { ClosedBars } from '../../connectivity/closed-bars.ts';
import { barClose, barOpen, type TimeframeSpec, timeframe } from '../../core/vocabulary/time.ts';
import type { FeedRequest } from '../../ports/market-feed.ts';
import { barRowOf, type CcxtBarHistory, ccxtTimeframe } from './bar-history.ts';
import type { CcxtBar, CcxtExchange, CcxtMarket } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';
import { complain, type Watcher, type WatcherOutput } from './watcher.ts';

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
