import type { FeedGap, FeedSink } from '../../ports/market-feed.ts';
import type { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange, CcxtMarket } from './exchange-shape.ts';
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

export function complain({ id, sink }: WatcherOutput, code: Anomaly, found: unknown): void {
  sink.anomaly(id, code, JSON.stringify(found)?.slice(0, 200) ?? String(found));
}

export function lost(output: WatcherOutput, access: MarketAccess, sinceMs: number, reason: string): void {
  output.gap({ outcome: 'lost', fromMs: sinceMs, toMs: access.options.clock.nowMs(), reason });
}

/** A book that no working market shows: it must be made anew. */
export class CrossedBook extends Error {}

/** An error of a watcher as what ended its connection. A defect of ours is thrown on. */
export function faultOf(error: unknown, access: MarketAccess): VenueError | CrossedBook {
  return error instanceof CrossedBook ? error : access.errorOf(error);
}
