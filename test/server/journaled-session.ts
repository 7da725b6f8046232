import { aboutOf } from '../../src/api/handlers/core-of-session.ts';
import { loadStrategy } from '../../src/api/handlers/load-strategy.ts';
import { paper } from '../../src/api/operations/sessions.ts';
import type { World } from '../../src/api/world.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { MINUTE_MS } from '../../src/core/vocabulary/time.ts';
import type { Journal, JournalDraft } from '../../src/ports/journal.ts';
import type { MarketFeed } from '../../src/ports/market-feed.ts';
import type { FeedBar, SessionInput } from '../../src/session/session-input.ts';

const instrument: InstrumentDefinition = {
  ...{ id: 'BINANCE:BTCUSDT', kind: 'spot', base: 'BTC', quote: 'USDT' },
  ...{ tick: '0.01', lot: '0.00001', minQuantity: '0.00001', minNotional: '5' },
};

const START_MS = Date.UTC(2026, 2, 1);

/** A paper session whose journal a test writes, input by input, as whoever runs one would: a stand-in for its process. */
export class JournaledSession {
  readonly name: string;
  readonly #journal: Journal;
  bars = 0;

  private constructor(name: string, journal: Journal) {
    this.name = name;
    this.#journal = journal;
  }

  static async begin(world: World, name: string, strategy: string, params: object = {}): Promise<JournaledSession> {
    const input = paper.input.parse({
      strategy,
      venue: 'binance',
      symbols: ['BTCUSDT'],
      timeframe: '1m',
      param: params,
    });
    const loaded = await loadStrategy(strategy, world);
    const feed = { channels: ['bars'] } as unknown as MarketFeed;
    const about = aboutOf(input, loaded, feed, [instrument], world);
    const journal = await (await world.journals()).open(name, { about: about as never });
    await journal.commit([{ kind: 'note', atMs: START_MS, payload: { type: 'started', version: world.version } }]);
    return new JournaledSession(name, journal);
  }

  /** The next minutes, each with its close: prices go up and down so that averages cross. */
  async minutes(count: number, closeOf: (k: number) => number = wave): Promise<void> {
    const inputs = Array.from({ length: count }, () => {
      const openMs = START_MS + this.bars * MINUTE_MS;
      const [open, close] = [closeOf(this.bars - 1), closeOf(this.bars)];
      this.bars++;
      const bar: FeedBar = [0, openMs, open, Math.max(open, close), Math.min(open, close), close, 10];
      return { type: 'instant-ended', timeMs: openMs + MINUTE_MS, bars: [bar] } satisfies SessionInput;
    });
    await this.#journal.commit(
      inputs.map((payload): JournalDraft => ({ kind: 'input', atMs: payload.timeMs, payload: payload as never })),
    );
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

const wave = (k: number): number => Math.round((100 + 10 * Math.sin(k / 7)) * 100) / 100;
