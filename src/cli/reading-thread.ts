import { parentPort, workerData } from 'node:worker_threads';
import { Failure } from '../api/failures.ts';
import { failureOf } from '../api/handlers/failure-of.ts';
import { execute } from '../api/handlers/handlers.ts';
import type { SessionGuard, World } from '../api/world.ts';
import { compose } from '../compose.ts';
import { readConfig } from '../config.ts';
import {
  type Job,
  type ReadingRequest,
  type ReadingSaid,
  type ReadingThreadData,
  type Said,
  WORD,
} from './messages.ts';

const BEAT_MS = 200;

/** Reads sessions for a server: many calls at once, so that what was replayed for one is there for the next. */
export function serveReadings(): void {
  const port = parentPort!;
  const { words, stalled } = (workerData as ReadingThreadData).reading;
  const post = (said: ReadingSaid): void => port.postMessage(said);
  const sessionGuard = guardOf(words, new Map(stalled), post);
  const calls = new Map<number, AbortController>();
  let world: World | null = null;
  setInterval(() => Atomics.add(words, WORD.beat, 1), BEAT_MS).unref();
  const carryOut = async (call: number, job: Job): Promise<void> => {
    const ending = new AbortController();
    calls.set(call, ending);
    const say = (said: Said): void => post({ call, said });
    try {
      world ??= { ...compose(readConfig({ home: job.home })), sessionGuard };
      const named = job.actor === undefined ? world : { ...world, actor: job.actor };
      const output = await execute(job.id, job.given, named, {
        progress(phase, done, total) {
          say({ kind: 'progress', phase, done, total });
          return !ending.signal.aborted;
        },
        warn: (warning) => say({ kind: 'warning', warning }),
        update: (update) => say({ kind: 'update', update }),
        stop: ending.signal,
      });
      say({ kind: 'done', output });
    } catch (error) {
      const stack = error instanceof Error ? String(error.stack) : String(error);
      say({ kind: 'failed', failure: failureOf(error).toDocument(), stack });
    } finally {
      calls.delete(call);
    }
  };
  port.on('message', (request: ReadingRequest) => {
    if ('job' in request) void carryOut(request.call, request.job);
    else calls.get(request.call)?.abort();
  });
}

/** Writes into shared memory whose code runs, where it can be read from outside though this thread hangs. */
function guardOf(
  words: Int32Array,
  stalled: ReadonlyMap<string, number>,
  post: (said: ReadingSaid) => void,
): SessionGuard {
  const numbers = new Map<string, number>();
  let loading: Promise<unknown> = Promise.resolve();
  const numberOf = (session: string): number => {
    const known = numbers.get(session);
    if (known !== undefined) return known;
    const number = numbers.size + 1;
    numbers.set(session, number);
    post({ number, session });
    return number;
  };
  return {
    admit(session) {
      if ((stalled.get(session) ?? 0) > Date.now())
        throw new Failure('session-stalled', `session ${session} has held up the thread that reads sessions`, {
          details: { session },
        });
    },
    watching(session, body) {
      Atomics.store(words, WORD.running, numberOf(session));
      try {
        return body();
      } finally {
        Atomics.store(words, WORD.running, 0);
      }
    },
    loading(session, body) {
      const number = numberOf(session);
      const loaded = loading.then(async () => {
        Atomics.store(words, WORD.loading, number);
        try {
          return await body();
        } finally {
          Atomics.store(words, WORD.loading, 0);
        }
      });
      loading = loaded.catch(() => {});
      return loaded;
    },
  };
}
