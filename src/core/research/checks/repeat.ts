import { eventsHash } from '../../engine/state-hash.ts';
import type { Backtest, BacktestConfig } from '../backtest.ts';
import { Backtest as Run } from '../backtest.ts';
import type { CheckResult } from './check.ts';

/**
 * Does the same input give the same decisions? The run is repeated in this process, where anything that a strategy keeps outside its
 * state (a module's variable, a cache) is still there and shows.
 */
export function repeatCheck(first: Backtest): CheckResult {
  const before = eventsHash(first.engine);
  const after = eventsHash(first.run().engine);
  return before === after
    ? { name: 'determinism', status: 'passed', text: 'deterministic (2 runs)' }
    : {
        name: 'determinism',
        status: 'failed',
        text: 'not deterministic: a second run on the same data decides differently',
        detail: `events ${before} at first, ${after} then; a strategy must keep what it remembers in its state`,
      };
}

/**
 * Is history handled like a stream? The run is repeated bar by bar, with nothing computed in advance and no later bar in memory, as
 * paper and live trading run; every event must be the same.
 */
export function replayCheck(config: BacktestConfig, hash: string): CheckResult {
  const streamed = eventsHash(new Run({ ...config, streamed: true }).run().engine);
  return streamed === hash
    ? { name: 'replay', status: 'passed', text: 'replay hash equal' }
    : {
        name: 'replay',
        status: 'failed',
        text: 'replay differs: bar by bar the same history gives other events',
        detail: `events ${hash} in advance, ${streamed} bar by bar`,
      };
}
