import { DAY_MS, formatTime } from '../../core/vocabulary/time.ts';
import type { SessionLock } from '../../ports/session-locks.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { Courier } from './alert-courier.ts';
import { Evaluator } from './alert-evaluator.ts';
import { ALERTS_TASK } from './alerts-task.ts';
import { failureOf } from './failure-of.ts';
import { pause } from './pause.ts';

const LOOK_MS = 500;
const UPDATE_MS = 2_000;
/** Alerts that ended so long ago are forgotten. */
const KEPT_MS = 90 * DAY_MS;
const LOCK_TRIES = 4;
const LOCK_RETRY_MS = 50;
/** What is under way at the end has so long; the rest is sent again by who evaluates next. */
const FAREWELL_MS = 4_000;

/** Follows sessions, evaluates rules and delivers, until it is ended. Throws {@link Failure} `alerts-running`. */
export async function alertRun(input: Input<'alert-run'>, world: World, call: Call): Promise<Output<'alert-run'>> {
  const { clock } = world;
  const store = await world.alerts();
  const lock = await onlyOne(world);
  const startMs = clock.elapsedMs();
  const file = await world.logs.open('alerts');
  const log = file.of('alerts');
  const evaluator = new Evaluator(world, store, log);
  const courier = new Courier(world, store, call, log);
  const stop = AbortSignal.any([call.stop, lock.lost]);
  const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
  let updateAtMs = Number.NEGATIVE_INFINITY;
  try {
    await evaluator.begin();
    await store.forget(clock.nowMs() - KEPT_MS);
    for (;;) {
      const problems: string[] = [];
      const rules = await tried(problems, () => evaluator.look());
      await tried(problems, () => courier.look());
      if (clock.elapsedMs() >= updateAtMs || problems.length > 0) {
        updateAtMs = clock.elapsedMs() + UPDATE_MS;
        const { pending, dead } = await store.counts();
        call.update({
          ...{ time: formatTime(clock.nowMs()), rules: rules ?? 0, sessions: evaluator.sessions },
          ...{ raised: evaluator.raised, delivered: courier.delivered, waiting: pending, dead, problems },
        });
      }
      if (stop.aborted || clock.elapsedMs() >= endMs) break;
      await pause(clock, Math.min(LOOK_MS, endMs - clock.elapsedMs()), stop);
    }
    await Promise.race([courier.settled(), pause(clock, FAREWELL_MS, new AbortController().signal)]);
    // Two that evaluate would each tell everything.
    if (lock.lost.aborted && !call.stop.aborted)
      throw new Failure(
        'alerts-running',
        'another program evaluates rules meanwhile, as this one was silent for too long',
      );
  } finally {
    await lock.release();
    await file.close();
  }
  return {
    seconds: (clock.elapsedMs() - startMs) / 1000,
    ...{ raised: evaluator.raised, delivered: courier.delivered },
  };
}

/** A fault of one part must not keep the other from its work; it is told. */
async function tried<T>(problems: string[], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    problems.push(failureOf(error).message);
    return null;
  }
}

async function onlyOne(world: World): Promise<SessionLock> {
  const locks = await world.taskLocks();
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const lock = await locks.take(ALERTS_TASK);
    if (lock !== null) return lock;
    // Who only asks whether somebody evaluates has the lock for a moment, too.
    await new Promise<void>((resolve) => void world.clock.after(LOCK_RETRY_MS, resolve));
  }
  throw new Failure('alerts-running', 'another program of this home evaluates rules already');
}
