import { backtestOf, measureBesideBareLoop } from '../engine-row.ts';
import type { BenchRow } from '../row.ts';
import { SMA_CROSS } from '../workloads.ts';

/** A whole event-driven backtest of SMA cross 20/50: indicators computed before, then risk, orders, fees, fills, ledger, equity, drawdown. */
export const row: BenchRow = {
  name: 'engine-sma-cross',
  unit: 'ns/bar',
  target: 80,
  measure: () =>
    measureBesideBareLoop('engine-sma-cross', 'sma-cross', backtestOf(SMA_CROSS.strategy, SMA_CROSS.params), 15),
};
