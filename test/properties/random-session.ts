import fc from 'fast-check';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import type { SessionConfig } from '../../src/session/session-core.ts';
import type { Around } from './random-inputs.ts';
import { configOf, type RunShape, runShape } from './random-run.ts';
import { sessionTrader } from './random-trader.ts';

/** What one random session is made of; all of it follows from these. */
export interface SessionShape {
  readonly run: RunShape;
  readonly around: Around;
  readonly drivenBy: SessionConfig['drivenBy'];
  /** Limits of conduct and loss at their strict defaults. */
  readonly isStrict: boolean;
  readonly atFill: boolean;
  readonly warmUp: 'settled' | 'ready';
  /** Which strategies know nothing but slow bars. */
  readonly slow: number;
  readonly throws: number;
  /** Of bars that name none; the market's are of an hour. */
  readonly runTimeframe: string;
  /** Where the run is taken up from a snapshot, as shares of its inputs. */
  readonly cuts: readonly number[];
}

/** Evenly: doubles are drawn by their bits, most of them next to nothing. */
const share = (max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1000 }).map((mills) => (mills / 1000) * max);

export const sessionShape: fc.Arbitrary<SessionShape> = fc.record({
  run: runShape,
  around: fc.record({
    seed: fc.integer({ min: 1, max: 1e9 }),
    commands: fc.oneof(fc.constant(0), share(0.05), share(0.4)),
    others: share(0.4),
    past: fc.integer({ min: 0, max: 10 }),
    outages: fc.oneof(fc.constant(0), share(0.1)),
    late: fc.oneof(fc.constant(0), share(0.3)),
  }),
  drivenBy: fc.constantFrom('bars', 'trades'),
  isStrict: fc.boolean(),
  atFill: fc.boolean(),
  warmUp: fc.constantFrom('settled', 'ready'),
  slow: fc.integer({ min: 0, max: 7 }),
  throws: fc.oneof(fc.constant(0), fc.constant(0), share(0.03)),
  runTimeframe: fc.constantFrom('1h', '2h'),
  cuts: fc.array(share(1), { minLength: 1, maxLength: 3 }),
});

/** The session that a shape stands for, and the bars of its market. */
export function sessionOf(shape: SessionShape): {
  readonly config: SessionConfig;
  readonly columns: readonly BarColumns[];
} {
  const { feeds, closeAtEnd: _, limits, ...desk } = configOf(shape.run);
  const strategies = Array.from({ length: shape.run.strategies }, (__, k) => ({
    strategy: sessionTrader(`t${k}`, shape.run.seed + k, ((shape.slow >> k) & 1) === 1, shape.throws),
  }));
  const config: SessionConfig = {
    ...desk,
    strategies,
    feeds: feeds.map(({ bars: __, ...feed }) => ({ ...feed, runTimeframe: shape.runTimeframe })),
    drivenBy: shape.drivenBy,
    warmUp: shape.warmUp,
    sizing: shape.atFill ? 'at-fill' : 'at-decision',
    limits: shape.isStrict ? {} : limits!,
  };
  return { config, columns: feeds.map((feed) => feed.bars) };
}
