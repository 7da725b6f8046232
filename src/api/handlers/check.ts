import { runChecks } from '../../core/research/checks/run-checks.ts';
import { dataSection } from '../../core/research/data-section.ts';
import { backtest as backtestRow } from '../operations/research.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { loadData } from './load-data.ts';
import { loadStrategy } from './load-strategy.ts';
import { running } from './run.ts';
import { backtestConfig } from './run-config.ts';

/** Runs every check on a strategy; on the synthetic market where no data are named. */
export async function check(input: Input<'check'>, world: World, call: Call): Promise<Output<'check'>> {
  const { strategy, data, param, symbol, timeframe, from, to, tick, lot, columns, sort } = input;
  const request = {
    ...backtestRow.input.parse({}),
    ...{ strategy, param, symbol, timeframe, from, to, tick, lot, columns, sort },
    data: data.length === 0 ? ['synthetic'] : data,
  };
  const loaded = await loadStrategy(strategy, world);
  const feeds = await loadData(request, world, call);
  const config = backtestConfig(request, loaded, feeds, world);
  call.progress('checks', 0, 1);
  const checks = running(loaded, world, () => runChecks(config));
  const { def } = loaded.strategy;
  return {
    strategy: {
      id: def.id,
      version: def.version ?? '1',
      about: def.about ?? '',
      codeHash: loaded.codeHash,
      params: { ...config.strategies[0]!.params } as Output<'check'>['strategy']['params'],
    },
    data: feeds.map(({ feed, origin }) => dataSection(feed, origin)),
    checks: checks.map(({ name, status, text, detail }) => ({
      name,
      status,
      text,
      ...(detail === undefined ? {} : { detail }),
    })),
    passed: checks.every((c) => c.status === 'passed'),
  };
}
