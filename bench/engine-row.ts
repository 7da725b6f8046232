import type { Backtest } from '../src/core/research/backtest.ts';
import { expectBars, tuneCompiler } from '../src/v8-compiler.ts';
import { BareLoop, type BareStrategy } from './bare-loop.ts';
import { bestOfEachMs, nsEach } from './measure.ts';
import type { Measurement } from './row.ts';
import { syntheticBars } from './synthetic-bars.ts';
import { CASH, FEE, singleBacktest } from './workloads.ts';

export const MILLION = 1_000_000;
// As the program does before it runs so many.
tuneCompiler('run');
expectBars(MILLION);

/** Measures a backtest over a million bars, and the bare loop on the same bars in turn with it. */
export function measureBesideBareLoop(
  name: string,
  bare: BareStrategy,
  backtestOn: (count: number) => Backtest,
  repetitions: number,
): Measurement {
  const backtest = backtestOn(MILLION);
  const loop = new BareLoop(syntheticBars(MILLION), FEE);
  const [engineMs, bareMs] = bestOfEachMs([() => backtest.run(), () => loop.run(bare, CASH)], repetitions, 3);
  const { orders, fills } = backtest.engine.state;
  const { refusals } = backtest.engine.desk;
  return {
    value: nsEach(engineMs!, MILLION),
    note: `${orders.count} orders, ${fills.count} fills, ${refusals.length} refusals`,
    beside: [
      { name: `${name}: bare loop`, value: nsEach(bareMs!, MILLION), unit: 'ns/bar', note: `${loop.orders} orders` },
      { name: `${name}: engine / bare loop`, value: engineMs! / bareMs!, unit: 'ratio' },
    ],
  };
}

/** A function from a number of bars to a backtest over them. */
export function backtestOf(
  strategy: Parameters<typeof singleBacktest>[1],
  params: Parameters<typeof singleBacktest>[2] = {},
): (count: number) => Backtest {
  return (count) => singleBacktest(syntheticBars(count), strategy, params);
}
