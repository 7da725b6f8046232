import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { BarHistory, MarketFeed } from '../ports/market-feed.ts';
import type { SessionAccount } from './live-account.ts';

/** What a session is put between. */
export interface SessionSurroundings {
  readonly journal: Journal;
  readonly feed: MarketFeed;
  /** Null where the venue has none: then indicators settle on live bars. */
  readonly history: BarHistory | null;
  /** Where orders go to a real exchange; null where it is simulated. */
  readonly account?: SessionAccount | null;
  readonly clock: Clock;
  /** Version of this program, for the journal. */
  readonly version: string;
  /**
   * How often an account that holds something is valued at the last prices, so that limits on losses do not wait for a bar; never where
   * absent, as for recordings, whose time is not this clock's.
   */
  readonly markEveryMs?: number;
  /** Inputs between two snapshots; 50,000 by default. */
  readonly snapshotEvery?: number;
  /** Runs what may call a strategy. */
  readonly sealed: <T>(body: () => T) => T;
  /** Whether the journal keeps trades and quotes that are no inputs, to try other orders on; yes where absent. */
  readonly keepsMarket?: boolean;
}
