import { assert } from '../core/vocabulary/assert.ts';

/**
 * A queue of byte records between two threads, over shared memory: one thread writes, one reads, neither locks.
 *
 * Memory: 192 bytes of words, then the ring. Head and tail count bytes ever written and released, modulo 2^32; they lie on cache lines of
 * their own, or each side would slow the other down. A record is its length in 4 bytes, 4 unused ones, and its bytes up to a multiple of 8, so
 * that doubles in it are aligned. A record never wraps: where it does not fit before the end, a mark sends the reader to the start.
 *
 * Only the writer stores the head and only the reader the tail, each after it is done with the bytes; `Atomics` makes that order hold.
 * Whoever waits first says so and then looks once more, so that no wake-up is lost and nobody is woken for nothing.
 */
const HEAD = 0;
const READER_WAITS = 1;
const WRITER_CLOSED = 2;
const WRITER_TAKEN = 3;
const TAIL = 16;
const WRITER_WAITS = 17;
const READER_CLOSED = 18;
const READER_TAKEN = 19;
/** Words that are slept on: to the reader, to the writer. */
const DATA_BELL = 32;
const ROOM_BELL = 33;
/** How often the writer has found no room and waited, and for how many milliseconds in all; beside the bell that it then sleeps on. */
const WAITS = 34;
const WAITED_MS = 35;
const WORDS = 48;
const RECORD_HEAD = 8;
const TO_START = -1;

/** How a wait ended. `closed`: the other side is gone; a reader has read everything by then. */
export type QueueWait = 'ready' | 'closed' | 'timed-out';

/** How much the writer is held up by the reader. */
export interface QueuePressure {
  /** Times that the writer waited for room, and for how long in all. */
  readonly waits: number;
  readonly waitedMs: number;
  readonly isWaiting: boolean;
  /** Written and not yet released. */
  readonly queuedBytes: number;
}

/** Shared memory for a queue. The capacity in bytes is a power of 2 from 64 to 2^30; a record takes at most half of it less 8. */
export function allocateQueue(capacity: number): SharedArrayBuffer {
  if (!(capacity >= 64 && capacity <= 0x4000_0000 && Number.isInteger(Math.log2(capacity)))) {
    throw new RangeError(`expected a power of 2 from 64 to 2^30 bytes, found ${capacity}`);
  }
  return new SharedArrayBuffer(4 * WORDS + capacity);
}

function take(words: Int32Array, word: number, who: string): void {
  assert(Atomics.compareExchange(words, word, 0, 1) === 0, `a queue has one ${who}, and this one has it already`);
}

function ring(words: Int32Array, bell: number): void {
  Atomics.add(words, bell, 1);
  Atomics.notify(words, bell);
}

/** The writing end. One for a memory's life. */
export class QueueWriter {
  /** The ring's bytes: where {@link reserve} points into. */
  readonly bytes: Uint8Array;
  /** The same memory as doubles; index = offset / 8. */
  readonly floats: Float64Array;
  readonly largestRecord: number;
  readonly #words: Int32Array;
  readonly #lengths: Int32Array;
  readonly #capacity: number;
  #head: number;
  /** The tail as last seen: while it leaves room, the reader's cache line is not touched. */
  #tail: number;
  #reserved = 0;
  /** Part of a millisecond waited that is not in the shared word yet. */
  #waitedPart = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, WORDS);
    take(this.#words, WRITER_TAKEN, 'writer');
    this.bytes = new Uint8Array(memory, 4 * WORDS);
    this.floats = new Float64Array(memory, 4 * WORDS);
    this.#lengths = new Int32Array(memory, 4 * WORDS);
    this.#capacity = this.bytes.length;
    this.largestRecord = this.#capacity / 2 - RECORD_HEAD;
    this.#head = Atomics.load(this.#words, HEAD);
    this.#tail = Atomics.load(this.#words, TAIL);
  }

  /** True when the reader has closed: nobody will take what is written. */
  get isAbandoned(): boolean {
    return Atomics.load(this.#words, READER_CLOSED) === 1;
  }

  /**
   * Room for a record of `length` bytes: its offset in {@link bytes}, a multiple of 8; −1 while the queue is too full. Reserved again
   * before {@link commit}, the former place is forgotten. Throws RangeError for a length that never fits.
   */
  reserve(length: number): number {
    if (!(length >= 0 && length <= this.largestRecord)) {
      throw new RangeError(`expected a record of 0 to ${this.largestRecord} bytes, found ${length}`);
    }
    const at = this.#head & (this.#capacity - 1);
    const size = sizeOf(length);
    const left = this.#capacity - at;
    const needed = size <= left ? size : left + size;
    if (!this.#hasRoom(needed)) return -1;
    const start = size <= left ? at : 0;
    if (start !== at) this.#lengths[at >> 2] = TO_START;
    this.#lengths[start >> 2] = length;
    this.#reserved = needed;
    return start + RECORD_HEAD;
  }

  /** Hands the reserved record to the reader. */
  commit(): void {
    assert(this.#reserved > 0, 'nothing is reserved');
    this.#head = (this.#head + this.#reserved) | 0;
    this.#reserved = 0;
    Atomics.store(this.#words, HEAD, this.#head);
    if (Atomics.load(this.#words, READER_WAITS) === 1) ring(this.#words, DATA_BELL);
  }

  /** Writes a record; false where the queue is too full for it. */
  offer(record: Uint8Array): boolean {
    const offset = this.reserve(record.length);
    if (offset < 0) return false;
    this.bytes.set(record, offset);
    this.commit();
    return true;
  }

  /** Blocks this thread until a record of `length` bytes fits. */
  wait(length: number, timeoutMs: number): QueueWait {
    const words = this.#words;
    const startMs = performance.now();
    const deadline = startMs + timeoutMs;
    Atomics.add(words, WAITS, 1);
    Atomics.store(words, WRITER_WAITS, 1);
    try {
      for (;;) {
        const bell = Atomics.load(words, ROOM_BELL);
        if (this.isAbandoned) return 'closed';
        if (this.reserve(length) >= 0) return 'ready';
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) return 'timed-out';
        Atomics.wait(words, ROOM_BELL, bell, leftMs);
      }
    } finally {
      Atomics.store(words, WRITER_WAITS, 0);
      const waitedMs = this.#waitedPart + performance.now() - startMs;
      this.#waitedPart = waitedMs % 1;
      Atomics.add(words, WAITED_MS, Math.floor(waitedMs));
    }
  }

  /** Says that nothing more will come. What is written can still be read. */
  close(): void {
    Atomics.store(this.#words, WRITER_CLOSED, 1);
    ring(this.#words, DATA_BELL);
  }

  #hasRoom(needed: number): boolean {
    if (this.#capacity - ((this.#head - this.#tail) >>> 0) >= needed) return true;
    this.#tail = Atomics.load(this.#words, TAIL);
    return this.#capacity - ((this.#head - this.#tail) >>> 0) >= needed;
  }
}

/** The reading end. One for a memory's life. */
export class QueueReader {
  /** The ring's bytes; the current record begins at {@link offset}. */
  readonly bytes: Uint8Array;
  /** The same memory as doubles; index = offset / 8. */
  readonly floats: Float64Array;
  offset = 0;
  readonly #words: Int32Array;
  readonly #lengths: Int32Array;
  readonly #mask: number;
  #tail: number;
  #head: number;
  /** Bytes of the current record, to be released with the next. */
  #current = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, WORDS);
    take(this.#words, READER_TAKEN, 'reader');
    this.bytes = new Uint8Array(memory, 4 * WORDS);
    this.floats = new Float64Array(memory, 4 * WORDS);
    this.#lengths = new Int32Array(memory, 4 * WORDS);
    this.#mask = this.bytes.length - 1;
    this.#tail = Atomics.load(this.#words, TAIL);
    this.#head = this.#tail;
  }

  /** True when the writer has closed and everything is read. */
  get isDone(): boolean {
    // Closed is read first: what was written before it is then in the head.
    return Atomics.load(this.#words, WRITER_CLOSED) === 1 && !this.#hasNext();
  }

  /**
   * Releases the current record and goes to the next: its length, its bytes at {@link offset}, there until the next call; −1 where there
   * is none yet.
   */
  next(): number {
    this.release();
    if (!this.#hasNext()) return -1;
    let at = this.#tail & this.#mask;
    let length = this.#lengths[at >> 2]!;
    if (length === TO_START) {
      this.#tail = (this.#tail + this.#mask + 1 - at) | 0;
      at = 0;
      length = this.#lengths[0]!;
    }
    assert(length >= 0 && length <= this.#mask, `a record of ${length} bytes stands in the queue`);
    this.offset = at + RECORD_HEAD;
    this.#current = sizeOf(length);
    return length;
  }

  /** Gives the current record's room back before the next is asked for. */
  release(): void {
    if (this.#current === 0) return;
    this.#tail = (this.#tail + this.#current) | 0;
    this.#current = 0;
    Atomics.store(this.#words, TAIL, this.#tail);
    if (Atomics.load(this.#words, WRITER_WAITS) === 1) ring(this.#words, ROOM_BELL);
  }

  /** Releases the current record and blocks this thread until there is a next one. */
  wait(timeoutMs: number): QueueWait {
    const words = this.#words;
    const deadline = performance.now() + timeoutMs;
    this.release();
    Atomics.store(words, READER_WAITS, 1);
    try {
      for (;;) {
        const bell = Atomics.load(words, DATA_BELL);
        if (this.isDone) return 'closed';
        if (this.#hasNext()) return 'ready';
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) return 'timed-out';
        Atomics.wait(words, DATA_BELL, bell, leftMs);
      }
    } finally {
      Atomics.store(words, READER_WAITS, 0);
    }
  }

  /**
   * Releases the current record and resolves when there is a next one; this thread does other work meanwhile. Keeps no process alive by
   * itself. After {@link close}: `closed`.
   */
  async ready(timeoutMs: number): Promise<QueueWait> {
    const words = this.#words;
    const deadline = performance.now() + timeoutMs;
    this.release();
    Atomics.store(words, READER_WAITS, 1);
    try {
      for (;;) {
        const bell = Atomics.load(words, DATA_BELL);
        if (this.isDone || Atomics.load(words, READER_CLOSED) === 1) return 'closed';
        if (this.#hasNext()) return 'ready';
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) return 'timed-out';
        const woken = Atomics.waitAsync(words, DATA_BELL, bell, leftMs);
        if (woken.async) await woken.value;
      }
    } finally {
      Atomics.store(words, READER_WAITS, 0);
    }
  }

  get pressure(): QueuePressure {
    const words = this.#words;
    return {
      waits: Atomics.load(words, WAITS),
      waitedMs: Atomics.load(words, WAITED_MS),
      isWaiting: Atomics.load(words, WRITER_WAITS) === 1,
      queuedBytes: (Atomics.load(words, HEAD) - Atomics.load(words, TAIL)) >>> 0,
    };
  }

  /** Says that nothing more will be read. */
  close(): void {
    this.release();
    Atomics.store(this.#words, READER_CLOSED, 1);
    ring(this.#words, ROOM_BELL);
    // Whoever waits in ready() is on this side.
    ring(this.#words, DATA_BELL);
  }

  #hasNext(): boolean {
    const at = (this.#tail + this.#current) | 0;
    if (at !== this.#head) return true;
    this.#head = Atomics.load(this.#words, HEAD);
    return at !== this.#head;
  }
}

/** Bytes that a record takes in the ring. */
function sizeOf(length: number): number {
  return RECORD_HEAD + ((length + 7) & ~7);
}
