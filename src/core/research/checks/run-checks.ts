import { eventsHash } from '../../engine/state-hash.ts';
import type { BacktestConfig, Progress } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { DEFAULT_CUTS, lookAheadCheck } from './look-ahead.ts';
import { repeatCheck, replayCheck } from './repeat.ts';
import { ChecksInterrupted, type GoesOn, traceRun } from './trace.ts';
import { warmUpCheck } from './warm-up.ts';

const NAMES = ['look-ahead', 'replay', 'warm-up', 'determinism'] as const;
/** Runs beside the histories that are cut: whole, streamed, three that begin later, and those of the determinism check. */
const OTHER_RUNS = 8;

/**
 * All checks that need no second process, on one configuration: look-ahead, warm-up, determinism, replay. `told`: hash of the events of
 * the run that they are to speak for, where it was another one before. `progress` is asked all along, with the runs that are done and about
 * how many there are; where it says no, the checks that had not ended have not run.
 */
export function runChecks(
  config: BacktestConfig,
  cuts = DEFAULT_CUTS,
  told: string | null = null,
  progress: Progress = () => true,
): CheckResult[] {
  const total = cuts * config.strategies.length + OTHER_RUNS;
  let done = 0;
  const goesOn: GoesOn = () => progress(Math.min(done, total), total);
  const trace: typeof traceRun = (each) => {
    const traced = traceRun(each, goesOn);
    done++;
    return traced;
  };
  const found: CheckResult[] = [];
  try {
    const full = trace(config);
    const hash = eventsHash(full.backtest.engine);
    const streamed = trace({ ...config, streamed: true });
    found.push(lookAheadCheck(config, full, cuts, streamed, trace));
    found.push(replayCheck(streamed.backtest, hash));
    found.push(warmUpCheck(config, full, trace));
    found.push(repeatCheck(full.backtest, told, goesOn));
  } catch (error) {
    if (!(error instanceof ChecksInterrupted)) throw error;
  }
  return NAMES.map((name) => found.find((each) => each.name === name) ?? interruptedCheck(name));
}

/** A check that did not come to its end. */
export function interruptedCheck(name: CheckResult['name']): CheckResult {
  return { name, status: 'not-run', text: `${name} not checked: the run was interrupted` };
}
