import { eventsHash } from '../../engine/state-hash.ts';
import type { Backtest } from '../backtest.ts';
import type { CheckResult } from './check.ts';

/**
 * Does the same input give the same decisions? The run is repeated in this process, where anything that a strategy keeps outside its
 * state (a module's variable, a cache) is still there and shows. `told`: hash of the events of the very first run, whose figures are
 * told: what it left behind may be all that later ones go by, so that they agree with each other and not with it.
 */
export function repeatCheck(first: Backtest, told: string | null = null): CheckResult {
  const before = told ?? eventsHash(first.engine);
  const isOther = before !== eventsHash(first.engine);
  if (first.engine.state.intents.count === 0 && !isOther)
    return { name: 'determinism', status: 'not-run', text: 'determinism not checked: the strategy asked for nothing' };
  const after = isOther ? eventsHash(first.engine) : eventsHash(first.run().engine);
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
 * Is history handled like a stream? `run` repeated the run bar by bar (`streamed`), with nothing computed in advance and no later bar in
 * memory, as paper and live trading do; every event must be the same as in the run of that `hash`.
 */
export function replayCheck(run: Backtest, hash: string): CheckResult {
  const streamed = eventsHash(run.engine);
  if (streamed === hash && run.engine.state.intents.count === 0)
    return { name: 'replay', status: 'not-run', text: 'replay not checked: the strategy asked for nothing' };
  return streamed === hash
    ? { name: 'replay', status: 'passed', text: 'replay hash equal' }
    : {
        name: 'replay',
        status: 'failed',
        text: 'replay differs: bar by bar the same history gives other events',
        detail: `events ${hash} in advance, ${streamed} bar by bar`,
      };
}
