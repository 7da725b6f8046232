import { eventsHash } from '../../engine/state-hash.ts';
import { StrategyError } from '../../engine/strategy-error.ts';
import { type Json, jsonOffence } from '../../vocabulary/json.ts';
import { Backtest, CHUNK } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { ChecksInterrupted, type GoesOn } from './trace.ts';

/** Parts between which the repeated run is put aside. */
const PARTS = 8;

/**
 * Does the same input give the same decisions, and is all that they go by in the state? The run is repeated in this process, where anything
 * that a strategy keeps outside its state (a module's variable, a cache) is still there and shows. Between its parts it is put aside and taken
 * up again, as a session that is begun again is: the state is what it is as JSON, and other runs of the strategy have come in between. `told`:
 * hash of the events of the very first run, whose figures are told: what it left behind may be all that later ones go by, so that they agree
 * with each other and not with it. Throws {@link ChecksInterrupted}.
 */
export function repeatCheck(first: Backtest, told: string | null = null, goesOn: GoesOn = () => true): CheckResult {
  const name = 'determinism';
  const hash = eventsHash(first.engine);
  const before = told ?? hash;
  if (before !== hash) return decidesDifferently(before, hash);
  if (first.engine.state.intents.count === 0)
    return { name, status: 'not-run', text: 'determinism not checked: the strategy asked for nothing' };
  try {
    const { again, takenUp } = runInParts(first, goesOn);
    if (again !== before) return decidesDifferently(before, again);
    return takenUp === before
      ? { name, status: 'passed', text: 'deterministic (2 runs)' }
      : forgetful(`events ${before} in one go, ${takenUp} then`);
  } catch (error) {
    if (!(error instanceof StrategyError)) throw error;
    return forgetful(error.message);
  }
}

const decidesDifferently = (before: string, after: string): CheckResult => ({
  name: 'determinism',
  status: 'failed',
  text: 'not deterministic: a second run on the same data decides differently',
  detail: `events ${before} at first, ${after} then; a strategy must keep what it remembers in its state`,
});

const forgetful = (found: string): CheckResult => ({
  name: 'determinism',
  status: 'failed',
  text: 'not deterministic: put aside and taken up again, as a session is, the strategy decides differently',
  detail: `${found}; a strategy must keep what it remembers in its state, by value: no variable of its module, no map by an object of the state, no object in two places of it`,
});

/** Runs again, put aside between parts. Answers the hash of its events, and that of a whole run which came in its middle. */
function runInParts(first: Backtest, goesOn: GoesOn): { readonly again: string; readonly takenUp: string } {
  const other = new Backtest(first.config);
  const part = Math.ceil(first.barCount / PARTS);
  const chunk = Math.min(CHUNK, part);
  const whole = (run: Backtest): Backtest => {
    if (!run.isWhole) throw new ChecksInterrupted();
    return run;
  };
  let next = part;
  let again: string | null = null;
  first.run((done, total) => {
    if (done < next || done === total) return goesOn();
    next += part;
    for (const { context } of first.engine.seats) context.state = asRestored(context.state);
    if (again === null && done >= total / 2) again = eventsHash(whole(other.run(goesOn)).engine);
    // Each ends at another bar, and leaves other things behind.
    else other.run((bars) => bars < done / PARTS && goesOn(), chunk);
    return goesOn();
  }, chunk);
  const takenUp = eventsHash(whole(first).engine);
  return { again: again ?? eventsHash(whole(other.run(goesOn)).engine), takenUp };
}

/** A state as it is after a restart. One that is no JSON is refused elsewhere. */
function asRestored(state: Json): Json {
  return jsonOffence(state) === null ? (JSON.parse(JSON.stringify(state)) as Json) : state;
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
