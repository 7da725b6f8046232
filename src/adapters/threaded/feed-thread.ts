import type { Worker } from 'node:worker_threads';
import { allocateQueue, type QueuePressure, QueueReader } from '../../connectivity/shared-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FeedAnswer, FeedQuestion, FeedThreadData } from './messages.ts';

/** Records taken before everything else on this thread has its turn. */
const TURN = 2_048;
/** A wait for records ends so often to see whether the thread is still there. */
const WAIT_MS = 1_000;
/** A thread that was asked to close is ended after so long. */
const CLOSE_MS = 5_000;

/** What one thread says, on this side. */
export interface FeedThreadListener {
  answered(answer: FeedAnswer): void;
  /** A record of `length` bytes that begins at `reader.offset`; gone after the call. */
  record(reader: QueueReader, length: number): void;
  /** Told once, after the last record: by itself, or because of {@link FeedThread.close}. */
  ended(fault: string): void;
}

/**
 * One life of a feed's thread: the worker, and the pump that brings its records here.
 *
 * The pump sleeps in `Atomics.waitAsync` and is woken by the writer. Measured beside looking again in every turn of the loop
 * (`npm run bench feed-thread-hop`): the wake-up takes some 15 µs where looking takes 1, but a loop that looks takes a whole core from the
 * thread that it waits for.
 */
export class FeedThread {
  readonly #worker: Worker;
  readonly #reader: QueueReader;
  readonly #listener: FeedThreadListener;
  readonly #exited: Promise<void>;
  #fault = '';
  #isOver = false;
  #isClosing = false;

  constructor(start: (data: FeedThreadData) => Worker, listener: FeedThreadListener, queueBytes: number) {
    const queue = allocateQueue(queueBytes);
    this.#reader = new QueueReader(queue);
    this.#listener = listener;
    this.#worker = start({ queue });
    this.#worker.on('message', (answer: FeedAnswer) => {
      if (!this.#isClosing) listener.answered(answer);
    });
    this.#worker.on('error', (error) => {
      this.#fault = error instanceof Error ? error.message : String(error);
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        if (this.#fault === '') this.#fault = `it ended with code ${code}`;
        this.#end();
        resolve();
      });
    });
    void this.#pump();
  }

  get pressure(): QueuePressure {
    return this.#reader.pressure;
  }

  ask(question: FeedQuestion): void {
    this.#worker.postMessage(question);
  }

  /** Ends the thread in good order; at the latest after some seconds. What it still says is not heard. */
  async close(clock: Clock): Promise<void> {
    this.#isClosing = true;
    this.ask({ feed: 'close' });
    // It may be waiting for room.
    this.#reader.close();
    const timer = clock.after(CLOSE_MS, () => void this.#worker.terminate());
    await this.#exited;
    timer.cancel();
  }

  async #pump(): Promise<void> {
    for (;;) {
      if (this.#take(TURN)) await new Promise((resolve) => setImmediate(resolve));
      else await this.#reader.ready(WAIT_MS);
      if (this.#isOver || this.#isClosing) return;
    }
  }

  /** Takes records, at most so many; true where there may be more. */
  #take(most: number): boolean {
    const reader = this.#reader;
    for (let k = 0; k < most; k++) {
      if (this.#isClosing) return false;
      const length = reader.next();
      if (length < 0) return false;
      this.#listener.record(reader, length);
    }
    return true;
  }

  #end(): void {
    this.#take(Number.POSITIVE_INFINITY);
    this.#isOver = true;
    this.#reader.close();
    this.#listener.ended(this.#fault);
  }
}
