import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import type { FeedHealth, FeedRequest, FeedSink, MarketFeed } from '../../src/ports/market-feed.ts';
import { BAR_MS } from './trader.ts';

/** A feed of bars that the world writes. */
export class BarFeed implements MarketFeed {
  readonly venue = 'SIMULATED';
  readonly channels: MarketFeed['channels'] = ['bars'];
  readonly #sinks: FeedSink[] = [];

  subscribe(_request: FeedRequest, sink: FeedSink): number {
    return this.#sinks.push(sink) - 1;
  }

  unsubscribe(): void {}

  bar(openTimeMs: number, open: number, close: number): void {
    const at = openTimeMs + BAR_MS;
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    for (const [id, sink] of this.#sinks.entries()) sink.bar(id, at, at, openTimeMs, open, high, low, close, 1, true);
  }

  async instruments(): Promise<readonly InstrumentDefinition[]> {
    return [];
  }

  health(): FeedHealth {
    return { connections: [], subscriptions: [], clockSkewMs: 0 } as unknown as FeedHealth;
  }

  async close(): Promise<void> {}
}
