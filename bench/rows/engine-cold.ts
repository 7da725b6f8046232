import { backtestOf, MILLION } from '../engine-row.ts';
import { nsEach, timeMs } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { SMA_CROSS } from '../workloads.ts';

/** The first million bars that a process ever runs, with nothing compiled and no table grown. */
export const row: BenchRow = {
  name: 'engine-cold',
  unit: 'ns/bar',
  target: 200,
  measure: () => {
    const backtest = backtestOf(SMA_CROSS.strategy, SMA_CROSS.params)(MILLION);
    return {
      value: nsEach(
        timeMs(() => backtest.run()),
        MILLION,
      ),
      note: 'SMA cross 20/50, once',
    };
  },
};
