import { eventsHash } from '../../engine/state-hash.ts';
import type { BacktestConfig } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { lookAheadCheck } from './look-ahead.ts';
import { repeatCheck, replayCheck } from './repeat.ts';
import { traceRun } from './trace.ts';
import { warmUpCheck } from './warm-up.ts';

/**
 * All checks that need no second process, on one configuration: look-ahead, warm-up, determinism, replay. `told`: hash of the events of
 * the run that they are to speak for, where it was another one before.
 */
export function runChecks(config: BacktestConfig, cuts?: number, told: string | null = null): CheckResult[] {
  const full = traceRun(config);
  const hash = eventsHash(full.backtest.engine);
  const streamed = traceRun({ ...config, streamed: true });
  return [
    lookAheadCheck(config, full, cuts, streamed),
    replayCheck(streamed.backtest, hash),
    warmUpCheck(config, full),
    repeatCheck(full.backtest, told),
  ];
}
