import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteJournals } from '../src/adapters/sqlite/journals.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { bars } from '../src/core/strategy/data.ts';
import { defineStrategy } from '../src/core/strategy/define-strategy.ts';
import { MINUTE_MS } from '../src/core/vocabulary/time.ts';
import type { Journals } from '../src/ports/journal.ts';
import type { FeedHealth, MarketFeed } from '../src/ports/market-feed.ts';
import { Session } from '../src/session/session.ts';
import { SessionCore } from '../src/session/session-core.ts';

export const START_MS = 1_795_200_000_000;
/** Trades between two closed bars: what a busy symbol has in a minute. */
const TRADES_A_BAR = 1_000;

/** Keeps an order resting, so that every trade concerns the venue, and trades at every bar. */
const resting = defineStrategy({
  id: 'resting',
  params: {},
  data: { main: bars('1m') },
  indicators: () => ({}),
  onBar(c) {
    if (c.orders.length === 0) c.buy({ size: { qty: 0.1 }, limit: c.price * 0.97, why: 'to wait' });
    if (c.position.isOpen) c.position.close('in turn');
    else c.buy({ size: { qty: 0.01 }, why: 'in turn' });
  },
});

/** A feed that says nothing by itself: the benchmark speaks for it. */
const silentFeed = (): MarketFeed => {
  let ids = 0;
  return {
    venue: 'BENCH',
    channels: ['bars', 'trades'],
    instruments: async () => [],
    subscribe: () => ids++,
    unsubscribe: () => {},
    health: () => ({ subscriptions: [], connections: [], clockSkewMs: 0 }) as FeedHealth,
    close: async () => {},
  };
};

export const benchCore = (): SessionCore =>
  new SessionCore(
    {
      strategies: [{ strategy: resting }],
      cash: 100_000,
      feeds: [
        {
          instrument: { id: 'BENCH:BTCUSDT', base: 'BTC', quote: 'USDT', tick: '0.01', lot: '0.00001' },
          timeframe: '1m',
        },
      ],
      drivenBy: 'trades',
    },
    'bench',
  );

/** A session over its own journal in a folder that goes away. */
export class BenchSession {
  readonly folder = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
  readonly journals: Journals = sqliteJournals({
    ...{ clock: systemClock(), folder: this.folder, homePath: join(this.folder, 'home.sqlite') },
  });
  core = benchCore();
  session!: Session;
  close!: () => Promise<void>;
  flush!: () => Promise<void>;
  #trade = 0;

  async start(): Promise<void> {
    const journal = await this.journals.open('bench');
    this.session = new Session(this.core, {
      ...{ journal, feed: silentFeed(), history: null, clock: systemClock(), version: 'bench' },
      sealed: (body) => body(),
    });
    await this.session.start();
    for (let k = 0; k < 3; k++) this.#bar(k);
    this.close = () => journal.close();
    this.flush = () => journal.flush();
  }

  #bar(minute: number): void {
    const openMs = START_MS + minute * MINUTE_MS;
    this.session.bar(0, openMs, openMs, openMs, 95_000, 95_010, 94_990, 95_000, 1, true);
  }

  /** So many trades, a bar among every thousand. */
  trades(count: number): void {
    for (let k = 0; k < count; k++) {
      const n = this.#trade++;
      const timeMs = START_MS + 3 * MINUTE_MS + (n * MINUTE_MS) / TRADES_A_BAR;
      this.session.trade(1, timeMs, timeMs, n, 95_000 + (n % 97), 0.01);
      if (n % TRADES_A_BAR === TRADES_A_BAR - 1) this.#bar(3 + Math.floor(n / TRADES_A_BAR));
    }
  }

  async remove(): Promise<void> {
    await this.journals.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
