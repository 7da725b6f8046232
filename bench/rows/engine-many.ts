import { Backtest } from '../../src/core/research/backtest.ts';
import { bestOfEachMs } from '../measure.ts';
import type { BenchRow, Measurement } from '../row.ts';
import { syntheticBars } from '../synthetic-bars.ts';
import { CASH, costs, smaCrossOn, spotInstrument, WIDE } from '../workloads.ts';

const STRATEGIES = 20;
const BARS = 10_000;
const SYMBOLS = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'] as const;

/** Every strategy has lengths of its own, so that none shares its averages with another. */
const lengths = (k: number) => ({ fast: 10 + k, slow: 40 + 2 * k, size: 0.5 });

/** Twenty strategies that each trade five instruments in one run, against the hundred runs of one strategy and one instrument. */
function measure(): Measurement {
  const feeds = SYMBOLS.map((symbol, k) => ({
    instrument: spotInstrument(symbol),
    timeframe: '1m',
    bars: syntheticBars(BARS, 7 + k),
  }));
  const common = { cash: CASH * STRATEGIES, costs, limits: WIDE };
  const together = new Backtest({
    ...common,
    feeds,
    strategies: Array.from({ length: STRATEGIES }, (_, k) => ({
      strategy: smaCrossOn(`bench-cross-${k}`, SYMBOLS),
      params: lengths(k),
    })),
  });
  const single = feeds.flatMap((feed, f) =>
    Array.from(
      { length: STRATEGIES },
      (_, k) =>
        new Backtest({
          ...common,
          feeds: [feed],
          strategies: [{ strategy: smaCrossOn(`bench-cross-${k}`, [SYMBOLS[f]!]), params: lengths(k) }],
        }),
    ),
  );
  const [togetherMs, sumMs] = bestOfEachMs(
    [
      () => together.run(),
      () => {
        for (const backtest of single) backtest.run();
      },
    ],
    7,
  );
  const orders = single.reduce((sum, b) => sum + b.engine.state.orders.count, 0);
  return {
    value: togetherMs! / sumMs!,
    note: `${togetherMs!.toFixed(0)} ms with ${together.engine.state.orders.count} orders against ${sumMs!.toFixed(0)} ms with ${orders}`,
  };
}

export const row: BenchRow = { name: 'engine-many', unit: 'ratio', target: 1.3, measure };
