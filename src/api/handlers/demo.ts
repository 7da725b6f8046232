import { backtest as backtestRow, type RunSummary } from '../operations/research.ts';
import type { Input } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { backtest } from './run.ts';

/** A backtest of a strategy on the first instrument of the synthetic market, hour by hour. */
export function demo(input: Input<'demo'>, world: World, call: Call): Promise<RunSummary> {
  const { strategy, param, seed } = input;
  const given = { strategy, param, seed, data: ['synthetic'] };
  const request = { ...backtestRow.input.parse(given), report: input.report, out: input.out };
  return backtest(request, world, { ...call, given });
}
