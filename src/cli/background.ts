import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FailureDocument } from '../api/failures.ts';
import type { Warning } from '../api/operation.ts';
import type { Job, Said, ThreadData } from './messages.ts';

/** A thread that has begun to load the engine and waits for its job. */
export interface Background {
  readonly worker: Worker;
  readonly stop: Int32Array;
}

export type Outcome =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly failure: FailureDocument; readonly stack: string }
  | { readonly kind: 'stalled'; readonly phase: string }
  | { readonly kind: 'died'; readonly error: Error };

/** Share of the memory that there is, of the machine or of the container, that a run may take before it is ended, so that it does not take everything else with it. */
const MEMORY_SHARE = 0.5;

/** What a thread's objects may take, MiB. A container may have less than its machine; 0 and undefined stand for no such limit. */
export function heapLimitMb(machineBytes: number, constrainedBytes: number | undefined): number {
  return Math.floor((Math.min(machineBytes, constrainedBytes || Number.POSITIVE_INFINITY) / 2 ** 20) * MEMORY_SHARE);
}

/** Starts the thread; it loads while the command line is still being read. */
export function startBackground(entry: URL): Background {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  return { worker: startThread(entry, { stop }), stop };
}

export function startThread(entry: URL, data: ThreadData): Worker {
  // What strategies print is talk, not data.
  const worker = new Worker(entry, {
    workerData: data,
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(totalmem(), process.constrainedMemory()) },
  });
  // Pipes would each leave listeners on what all threads write to.
  worker.stdout.on('data', (talk: Buffer) => void process.stderr.write(talk));
  worker.unref();
  return worker;
}

/** Asks the thread to stop at its next chance; it answers with what it has so far. */
export function askToStop(background: Background): void {
  Atomics.store(background.stop, 0, 1);
  background.worker.postMessage('stop');
}

/**
 * What follows a run repeats it, without a word in between; checks say one after a thousand bars at the most, and then wait for another process
 * that does the same. So much longer than the run itself they may take before they count as stuck.
 */
const REPEATS = 60;

/** Gives the job and waits; a thread that says nothing for `stallMs` is ended, or never where that is infinite. */
export function runInBackground(
  background: Background,
  job: Job,
  stallMs: number,
  hooks: {
    progress(phase: string, done: number, total: number): void;
    warn(warning: Warning): void;
    update?(update: unknown): void;
  },
): Promise<Outcome> {
  const { worker } = background;
  return new Promise((settle) => {
    let phase = 'loading';
    let barsSinceMs = Number.POSITIVE_INFINITY;
    let hasEnded = false;
    const end = (outcome: Outcome): void => {
      if (hasEnded) return;
      hasEnded = true;
      clearTimeout(timer);
      worker.unref();
      settle(outcome);
    };
    const stalled = (): void => {
      end({ kind: 'stalled', phase });
      worker.terminate().catch(() => {});
    };
    const soon = (delayMs: number): NodeJS.Timeout | undefined =>
      delayMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(stalled, delayMs);
    let timer = soon(stallMs);
    worker.on('message', (said: Said) => {
      if (said.kind === 'progress') {
        phase = said.phase;
        barsSinceMs = Math.min(barsSinceMs, performance.now());
        const repeats = (said.phase !== 'bars' && said.phase !== 'checks') || said.done === said.total;
        clearTimeout(timer);
        timer = soon(repeats ? Math.max(stallMs, REPEATS * (performance.now() - barsSinceMs)) : stallMs);
        hooks.progress(said.phase, said.done, said.total);
      } else if (said.kind === 'warning') hooks.warn(said.warning);
      else if (said.kind === 'update') hooks.update?.(said.update);
      else end(said);
    });
    worker.on('error', (error) =>
      end({ kind: 'died', error: error instanceof Error ? error : new Error(String(error)) }),
    );
    worker.on('exit', (code) => end({ kind: 'died', error: new Error(`the thread ended with code ${code}`) }));
    worker.ref();
    worker.postMessage(job);
  });
}
