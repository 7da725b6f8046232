import type { BacktestConfig, Progress } from '../../core/research/backtest.ts';
import type { CheckResult } from '../../core/research/checks/check.ts';
import { runChecks } from '../../core/research/checks/run-checks.ts';
import type { LoadedStrategy } from './load-strategy.ts';

/**
 * Every check of a run's strategies that needs no second process. Histories that are cut off say nothing about what a strategy reads past its
 * data: where its files reach beyond the run, the absence of look-ahead is not certain, and the check says so.
 * `events`: hash of the events of the run that they speak for. `progress`: as {@link runChecks} asks it.
 */
export function checksOf(
  loaded: readonly LoadedStrategy[],
  config: BacktestConfig,
  events: string,
  progress: Progress,
): CheckResult[] {
  const reaching = loaded.filter(({ outside }) => outside.length > 0);
  return runChecks(config, undefined, events, progress).map((check) => {
    if (check.name !== 'look-ahead' || check.status !== 'passed' || reaching.length === 0) return check;
    const told = reaching.map((each) => {
      const whose = loaded.length === 1 ? 'the strategy' : each.strategy.def.id;
      return `${whose} imports ${each.outside.join(', ')}`;
    });
    const text = `look-ahead not certain: ${told.join('; ')}`;
    const detail = 'what it reads there is not cut off with the history, and may know the future';
    return { name: check.name, status: 'warning', text, detail };
  });
}
