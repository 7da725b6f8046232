import { Worker } from 'node:worker_threads';
import type { RecordSink } from '../../durability/journal-place.ts';
import type { Clock } from '../../ports/clock.ts';
import { JournalError } from '../../ports/journal.ts';
import type { JournalAnswer, JournalRequest, JournalThreadData } from './journal-thread.ts';

/** Run from source or as published JavaScript; files beside this one end alike. */
const ENTRY = new URL(`./journal-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Starts the thread that writes a session's file; rejects with JournalError where the file cannot be opened. */
export async function startJournalThread(data: JournalThreadData, clock: Clock): Promise<RecordSink> {
  const worker = new Worker(ENTRY, { workerData: data });
  let settle: ((answer: JournalAnswer | Error) => void) | null = null;
  let death: Error | null = null;
  const answered = (answer: JournalAnswer | Error): void => {
    const waiting = settle;
    settle = null;
    waiting?.(answer);
  };
  const died = (error: Error): void => {
    death ??= error;
    answered(death);
  };
  worker.on('message', answered);
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`the thread that writes the journal ended with ${code}`)));
  /** The thread keeps the process alive only while somebody waits for it. */
  const answer = (): Promise<void> => {
    worker.ref();
    return new Promise((resolve, reject) => {
      settle = (given) => {
        worker.unref();
        if (given === null) resolve();
        else if (given instanceof Error) reject(lost(data.where, given));
        else
          reject(new JournalError(given.code, { where: data.where, ...given }, { mayBeWritten: given.mayBeWritten }));
      };
      if (death !== null) answered(death);
    });
  };
  const ask = (request: JournalRequest): Promise<void> => {
    const done = answer();
    if (death === null) worker.postMessage(request);
    return done;
  };
  try {
    await answer();
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    write: (batch) => ask({ do: 'write', batch, nowMs: clock.nowMs() }),
    writeSnapshot: (snapshot) => ask({ do: 'snapshot', ...snapshot }),
    finishRestore: () => ask({ do: 'finish-restore' }),
    async close() {
      if (death === null) await ask({ do: 'close' });
      await worker.terminate();
    },
  };
}

function lost(where: string, cause: Error): JournalError {
  return new JournalError(
    'outcome-unknown',
    { where, found: cause.message, expected: 'an answer', hint: 'Open the journal again: it tells what was written.' },
    { cause, mayBeWritten: true },
  );
}
