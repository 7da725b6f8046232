import { availableParallelism } from 'node:os';
import { Failure } from './api/failures.ts';
import { operationOf } from './api/operations/table.ts';
import type { World } from './api/world.ts';
import { askToStop, type Background, runInBackground, startBackground } from './cli/background.ts';
import { SharedReadings } from './shared-readings.ts';

/** What runs strategies must say something this often. */
const STALL_MS = 60_000;
/** Who reads sessions takes a breath every few milliseconds: a strategy that holds it up for so long hangs. */
const READING_STALL_MS = 15_000;
/** What was asked to stop has so long before its thread is ended. */
const GRACE_MS = 5_000;
/** Threads at once: most of them wait. */
const MOST = Math.max(8, 4 * availableParallelism());

export interface IsolatedRuns {
  readonly run: World['isolate'];
  close(): Promise<void>;
}

/** Operations in threads of their own, one each; what reads sessions shares one. `entry` is the file that a thread begins with. */
export function isolatedRuns(entry: URL, home: string, { readingStallMs = READING_STALL_MS } = {}): IsolatedRuns {
  const running = new Set<Background>();
  const readings = new SharedReadings(entry, home, readingStallMs);
  let kept = 0;
  const end = async (background: Background): Promise<void> => {
    running.delete(background);
    await background.worker.terminate();
  };
  return {
    async run(id, given, call) {
      if (operationOf(id).sharesThread === true) return readings.run(id, given, call);
      const { stop, actor, graceMs = () => GRACE_MS, isKept = false, ...hooks } = call;
      if (!isKept && running.size - kept >= MOST)
        throw new Failure('server-busy', `${running.size - kept} operations run in threads of their own already`);
      const background = startBackground(entry);
      running.add(background);
      if (isKept) kept++;
      let grace: NodeJS.Timeout | undefined;
      const onStop = (): void => {
        askToStop(background);
        grace = setTimeout(() => void background.worker.terminate(), graceMs());
      };
      stop.addEventListener('abort', onStop, { once: true });
      if (stop.aborted) onStop();
      const { isHeavy, isLong, kind } = operationOf(id);
      const stallMs = isHeavy === true || isLong === true || kind === 'stream' ? Number.POSITIVE_INFINITY : STALL_MS;
      try {
        const outcome = await runInBackground(background, { id, given, home, actor }, stallMs, hooks);
        if (outcome.kind === 'done') return outcome.output;
        if (outcome.kind === 'failed') {
          const { code, message, hint, details } = outcome.failure;
          throw new Failure(code, message, { hint, details, cause: outcome.stack });
        }
        if (outcome.kind === 'stalled')
          throw new Failure('timeout', `no progress for ${STALL_MS / 1000} s while working on ${outcome.phase}`);
        if (stop.aborted) throw new Failure('interrupted', 'it was asked to stop, and did not in time');
        if ('code' in outcome.error && outcome.error.code === 'ERR_WORKER_OUT_OF_MEMORY')
          throw new Failure('strategy-failed', 'the run needs more memory than there is');
        throw outcome.error;
      } finally {
        clearTimeout(grace);
        stop.removeEventListener('abort', onStop);
        if (isKept) kept--;
        await end(background);
      }
    },
    async close() {
      await Promise.all([readings.close(), ...[...running].map(end)]);
    },
  };
}
