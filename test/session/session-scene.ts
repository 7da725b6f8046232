import { memoryJournals } from '../../src/adapters/memory/journals.ts';
import { ReplayFeed } from '../../src/adapters/recording/replay-feed.ts';
import { generateMarket } from '../../src/core/research/synthetic-market.ts';
import type { AnyStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/vocabulary/time.ts';
import type { BarHistory, FeedSink } from '../../src/ports/market-feed.ts';
import type { Recording } from '../../src/ports/recording.ts';
import { Session } from '../../src/session/session.ts';
import { type SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';

const market = generateMarket({ fromMs: 0, toMs: 60 * DAY_MS, minuteDays: 0 });
/** Two instruments and their hourly bars over sixty days. */
export const INSTRUMENTS: readonly { readonly definition: InstrumentDefinition; readonly bars: BarColumns }[] =
  market.instruments.slice(0, 2).map(({ definition, hourly }) => ({ definition, bars: hourly }));

export const symbolOf = (definition: InstrumentDefinition): string =>
  definition.id.slice(definition.id.indexOf(':') + 1);

export function part(bars: BarColumns, from: number, to: number): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.slice(from, to);
  return {
    ...{ openTimeMs: cut(bars.openTimeMs), open: cut(bars.open), high: cut(bars.high), low: cut(bars.low) },
    ...{ close: cut(bars.close), volume: cut(bars.volume) },
  };
}

/** A recording of trades at open, low, high and close of every bar, and of the bars as they close. */
export function recordingOf(all: readonly (readonly [InstrumentDefinition, BarColumns])[]): Recording {
  return {
    startedAtMs: 0,
    async play(sink, subscribed) {
      let rows = 0;
      for await (const _ of this.rows(sink, subscribed)) rows++;
      return rows;
    },
    async *rows(sink: FeedSink, subscribed) {
      for (const [k, [instrument]] of all.entries()) {
        const symbol = symbolOf(instrument);
        subscribed({ id: 2 * k, venue: 'TEST', request: { channel: 'bars', symbol, timeframe: '1h' }, instrument });
        subscribed({ id: 2 * k + 1, venue: 'TEST', request: { channel: 'trades', symbol }, instrument });
      }
      const count = Math.max(...all.map(([, bars]) => bars.close.length));
      for (let i = 0; i < count; i++) {
        for (let step = 0; step < 4; step++)
          for (const [k, [, b]] of all.entries()) {
            if (i >= b.close.length) continue;
            const price = [b.open, b.low, b.high, b.close][step]![i]!;
            const timeMs = b.openTimeMs[i]! + (step * HOUR_MS) / 4;
            sink.trade(2 * k + 1, timeMs, timeMs, b.openTimeMs[i]! / 1000 + step, price, b.volume[i]! / 4, 1);
            yield timeMs;
          }
        for (const [k, [, b]] of all.entries()) {
          if (i >= b.close.length) continue;
          const closeMs = b.openTimeMs[i]! + HOUR_MS;
          const bar = [b.openTimeMs[i]!, b.open[i]!, b.high[i]!, b.low[i]!, b.close[i]!, b.volume[i]!] as const;
          sink.bar(2 * k, closeMs, closeMs, ...bar, true);
          yield closeMs;
        }
      }
    },
  };
}

/** Past bars as a venue gives them. */
export function historyOf(all: ReadonlyMap<string, BarColumns>): BarHistory {
  return {
    venue: 'TEST',
    largestPage: 100,
    timeframes: ['1h'],
    async bars(symbol, _timeframe, fromMs, toMs) {
      const columns = all.get(symbol)!;
      const rows = Array.from(columns.openTimeMs.keys()).filter(
        (i) => columns.openTimeMs[i]! >= fromMs && columns.openTimeMs[i]! < toMs,
      );
      return rows.length === 0
        ? part(columns, 0, 0)
        : part(columns, rows[0]!, Math.min(rows.at(-1)! + 1, rows[0]! + 100));
    },
  };
}

export function configOf(
  strategy: AnyStrategy,
  drivenBy: SessionConfig['drivenBy'],
  instruments: readonly InstrumentDefinition[],
  more: Partial<SessionConfig> = {},
): SessionConfig {
  return {
    strategies: [{ strategy }],
    cash: 100_000,
    feeds: instruments.map((instrument) => ({ instrument, timeframe: '1h' })),
    drivenBy,
    ...more,
  };
}

/** Journals in memory, and sessions on recordings that are read as fast as they can be. */
export class SessionScene {
  readonly clock = new SimulatedClock();
  readonly journals = memoryJournals({ clock: this.clock });

  /** Runs a session over a recording until that ends. `nowMs`: what the venue's history reaches to. */
  async run(
    name: string,
    core: SessionCore,
    recording: Recording,
    options: {
      readonly history?: BarHistory;
      readonly nowMs?: number;
      readonly reason?: string;
      readonly keepsMarket?: boolean;
      readonly snapshotEvery?: number;
      /** Called after every row of the recording. */
      readonly between?: (session: Session) => void;
    } = {},
  ): Promise<Session> {
    const journal = await this.journals.open(name, { about: null });
    const { between = () => {} } = options;
    const played: Recording = {
      ...recording,
      async *rows(sink, subscribed) {
        for await (const row of recording.rows(sink, subscribed)) {
          yield row;
          between(session);
        }
      },
    };
    const feed = new ReplayFeed('TEST', played, this.clock, 0);
    const { nowMs } = options;
    const clock = nowMs === undefined ? this.clock : { ...clockLike(this.clock), nowMs: () => nowMs };
    const session = new Session(core, {
      ...{ journal, feed, history: options.history ?? null, clock, version: 'test' },
      sealed: (body) => body(),
      keepsMarket: options.keepsMarket ?? true,
      ...(options.snapshotEvery === undefined ? {} : { snapshotEvery: options.snapshotEvery }),
    });
    const advancing = this.clock.advance(60_000);
    await session.start();
    await feed.run();
    await advancing;
    if (options.reason !== undefined) {
      const stopping = session.stop(options.reason);
      await this.clock.advance(60_000);
      await stopping;
    }
    const closing = journal.close();
    await this.clock.advance(60_000);
    await closing;
    await feed.close();
    return session;
  }
}

function clockLike(clock: SimulatedClock) {
  return { elapsedMs: () => clock.elapsedMs(), after: (ms: number, run: () => void) => clock.after(ms, run) };
}

export const newCore = (config: SessionConfig): SessionCore => new SessionCore(config, 'test');
