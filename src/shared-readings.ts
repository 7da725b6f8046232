import type { Worker } from 'node:worker_threads';
import { Failure } from './api/failures.ts';
import type { OperationId } from './api/operations/table.ts';
import type { IsolatedCall } from './api/world.ts';
import { startThread } from './cli/background.ts';
import { type ReadingRequest, type ReadingSaid, type Said, WORD } from './cli/messages.ts';
import type { Json } from './core/vocabulary/json.ts';

/** Whether the thread still gets round is looked at so often. */
const LOOK_MS = 1_000;
/** A session that a thread was lost to is left out for so long. */
const LEFT_OUT_MS = 5 * 60_000;
/** Without a call for so long, it gives its memory back. */
const IDLE_MS = 60_000;
/** Calls at once. Each costs what it tells; what is replayed for them is shared. */
const MOST_CALLS = 1_000;

interface Pending {
  readonly call: IsolatedCall;
  readonly settle: (outcome: Extract<Said, { kind: 'done' | 'failed' }> | Failure) => void;
}

/** The thread of the moment. */
interface Reading {
  readonly worker: Worker;
  readonly words: Int32Array;
  readonly calls: Map<number, Pending>;
  /** Sessions by their numbers. */
  readonly sessions: Map<number, string>;
  watch: NodeJS.Timeout;
  idle: NodeJS.Timeout | undefined;
  /** What its `beat` was when it was looked at last, and how often that was so. */
  beat: number;
  missed: number;
}

/**
 * Calls that read sessions, all in one thread: a session is replayed once for all of them. Where the thread ends, or a strategy holds it up, its calls
 * fail with `reading-lost` and may be made again: the next one begins another thread, which leaves out for a while the session that was to blame.
 */
export class SharedReadings {
  readonly #entry: URL;
  readonly #home: string;
  readonly #stallMs: number;
  readonly #leftOut = new Map<string, number>();
  #reading: Reading | null = null;
  #calls = 0;

  /** `stallMs`: a thread that does not get round for so long is ended. */
  constructor(entry: URL, home: string, stallMs: number) {
    this.#entry = entry;
    this.#home = home;
    this.#stallMs = stallMs;
  }

  /** Rejects with {@link Failure}. */
  async run(id: OperationId, given: Readonly<Record<string, Json>>, call: IsolatedCall): Promise<unknown> {
    const reading = this.#reading ?? this.#begin();
    const { calls } = reading;
    if (calls.size >= MOST_CALLS) throw new Failure('server-busy', `${calls.size} calls read sessions already`);
    const number = ++this.#calls;
    clearTimeout(reading.idle);
    const send = (request: ReadingRequest): void => reading.worker.postMessage(request);
    const onStop = (): void => send({ call: number, stop: true });
    try {
      const outcome = await new Promise<Parameters<Pending['settle']>[0]>((settle) => {
        calls.set(number, { call, settle });
        send({ call: number, job: { id, given, home: this.#home, actor: call.actor } });
        call.stop.addEventListener('abort', onStop, { once: true });
        if (call.stop.aborted) onStop();
      });
      if (outcome instanceof Failure) throw outcome;
      if (outcome.kind === 'done') return outcome.output;
      const { code, message, hint, details } = outcome.failure;
      throw new Failure(code, message, { hint, details, cause: outcome.stack });
    } finally {
      call.stop.removeEventListener('abort', onStop);
      calls.delete(number);
      if (calls.size === 0 && this.#reading === reading) {
        reading.idle = setTimeout(() => void this.#end(reading), IDLE_MS).unref();
      }
    }
  }

  async close(): Promise<void> {
    if (this.#reading !== null) await this.#end(this.#reading);
  }

  #begin(): Reading {
    const nowMs = Date.now();
    for (const [session, untilMs] of this.#leftOut) if (untilMs <= nowMs) this.#leftOut.delete(session);
    const words = new Int32Array(new SharedArrayBuffer(4 * Object.keys(WORD).length));
    const worker = startThread(this.#entry, { reading: { words, stalled: [...this.#leftOut] } });
    const reading: Reading = {
      ...{ worker, words, calls: new Map(), sessions: new Map(), beat: 0, missed: 0, idle: undefined },
      watch: setInterval(() => this.#look(reading), LOOK_MS).unref(),
    };
    worker.on('message', (said: ReadingSaid) => {
      if ('session' in said) reading.sessions.set(said.number, said.session);
      else tell(reading.calls.get(said.call), said.said);
    });
    worker.on('error', (error) => {
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#lost(reading, isMemory ? 'needed more memory than there is' : `broke: ${String(error)}`);
    });
    worker.on('exit', (code) => this.#lost(reading, `ended with code ${code}`));
    this.#reading = reading;
    return reading;
  }

  #look(reading: Reading): void {
    const beat = Atomics.load(reading.words, WORD.beat);
    // It still loads, or nobody waits for it.
    if (beat === 0 || reading.calls.size === 0 || beat !== reading.beat) reading.missed = 0;
    else reading.missed++;
    reading.beat = beat;
    if (reading.missed * LOOK_MS < this.#stallMs) return;
    this.#lost(reading, `did not get round for ${reading.missed} s`);
    void reading.worker.terminate();
  }

  /** Its calls fail. Whoever calls next has another thread. */
  #lost(reading: Reading, how: string): void {
    clearInterval(reading.watch);
    clearTimeout(reading.idle);
    if (this.#reading === reading) this.#reading = null;
    if (reading.calls.size === 0) return;
    const number = Atomics.load(reading.words, WORD.running) || Atomics.load(reading.words, WORD.loading);
    const session = reading.sessions.get(number);
    if (session !== undefined) this.#leftOut.set(session, Date.now() + LEFT_OUT_MS);
    const at = session === undefined ? '' : `, while the strategy of session ${session} ran`;
    const details = session === undefined ? {} : { session };
    for (const { settle } of [...reading.calls.values()])
      settle(new Failure('reading-lost', `the thread that reads sessions ${how}${at}`, { details }));
  }

  async #end(reading: Reading): Promise<void> {
    this.#lost(reading, 'was ended');
    await reading.worker.terminate();
  }
}

function tell(pending: Pending | undefined, said: Said): void {
  if (pending === undefined) return;
  const { call, settle } = pending;
  if (said.kind === 'progress') call.progress(said.phase, said.done, said.total);
  else if (said.kind === 'warning') call.warn(said.warning);
  else if (said.kind === 'update') call.update(said.update);
  else settle(said);
}
