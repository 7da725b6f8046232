import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../api/handlers/failure-of.ts';
import { execute } from '../api/handlers/handlers.ts';
import type { World } from '../api/world.ts';
import { compose } from '../compose.ts';
import { readConfig } from '../config.ts';
import type { Job, Said, StrategyThreadData } from './messages.ts';

/** Progress is told at most this often, so that telling costs nothing. */
const INTERVAL_MS = 100;

/** Carries out one job and says how it goes. The thread that strategies run in: it can be ended from outside. */
export function serveJobs(): void {
  const port = parentPort!;
  const { stop } = workerData as StrategyThreadData;
  const elapsedMs = performance.now.bind(performance);
  const say = (said: Said): void => port.postMessage(said);
  const preload = import('../api/handlers/run.ts');
  // A run that computes looks at the word of memory; a stream that waits hears the message.
  const ending = new AbortController();
  const carryOut = async (job: Job): Promise<void> => {
    let lastMs = Number.NEGATIVE_INFINITY;
    let lastPhase = '';
    let last: Said;
    let world: World | null = null;
    try {
      await preload;
      world = compose(readConfig({ home: job.home }));
      const named = job.actor === undefined ? world : { ...world, actor: job.actor };
      const output = await execute(job.id, job.given, named, {
        progress(phase, done, total) {
          const now = elapsedMs();
          if (now - lastMs >= INTERVAL_MS || phase !== lastPhase) {
            lastMs = now;
            lastPhase = phase;
            say({ kind: 'progress', phase, done, total });
          }
          return Atomics.load(stop, 0) === 0;
        },
        warn: (warning) => say({ kind: 'warning', warning }),
        update: (update) => say({ kind: 'update', update }),
        stop: ending.signal,
      });
      last = { kind: 'done', output };
    } catch (error) {
      const failure = failureOf(error);
      const stack = error instanceof Error ? String(error.stack) : String(error);
      last = { kind: 'failed', failure: failure.toDocument(), stack };
    }
    await world?.close();
    // Before the last word, since the thread may be ended right after it.
    flushCompileCache();
    say(last);
  };
  port.on('message', (message: Job | 'stop') => {
    if (message === 'stop') ending.abort();
    else void carryOut(message);
  });
}
