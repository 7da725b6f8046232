import type { TimeMs } from '../core/vocabulary/time.ts';

/** Where real time comes from; a test hands in its own. */
export interface Wall {
  /** Epoch milliseconds; may jump. */
  nowMs(): number;
  /** Calls back once, not before `delayMs`; the answer cancels. Must not keep the process alive. */
  after(delayMs: number, run: () => void): () => void;
}

export const SYSTEM_WALL: Wall = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** `speed` 1 is real time, 60 a minute a second, 0 a clock that only {@link ExchangeClock.stepTo} moves. */
export interface ClockOptions {
  readonly speed?: number;
  /** Where the clock starts. Default: the present, and with speed 1 it then follows the system's clock. */
  readonly startMs?: TimeMs;
  readonly wall?: Wall;
}

interface Entry {
  readonly timeMs: TimeMs;
  readonly order: number;
  run: (() => void) | null;
}

/** A system timer longer than this overflows; the clock looks again then. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * The exchange's own time: whole milliseconds that never go back, and timers that run in order of time, then of asking. Whoever
 * handles something from outside calls {@link catchUp} first, so that what is due has happened before.
 */
export class ExchangeClock {
  readonly speed: number;
  readonly #wall: Wall;
  /** Null: follow the wall's own time. */
  readonly #startMs: TimeMs | null;
  readonly #wallStartMs: number;
  #floorMs: TimeMs;
  #order = 0;
  readonly #heap: Entry[] = [];
  #cancelWait: (() => void) | null = null;
  #waitingForMs = Number.POSITIVE_INFINITY;
  #isRunning = false;
  #isClosed = false;

  constructor({ speed = 1, startMs, wall = SYSTEM_WALL }: ClockOptions = {}) {
    if (!(speed >= 0 && Number.isFinite(speed)))
      throw new RangeError(`expected a clock speed of 0 (stepped) or more, found ${speed}`);
    this.speed = speed;
    this.#wall = wall;
    this.#wallStartMs = wall.nowMs();
    this.#startMs = startMs === undefined && speed === 1 ? null : Math.floor(startMs ?? this.#wallStartMs);
    this.#floorMs = this.#startMs ?? Math.floor(this.#wallStartMs);
  }

  nowMs(): TimeMs {
    if (this.speed === 0 || this.#isRunning) return this.#floorMs;
    const now = this.#wallTimeMs();
    // What is due comes first: until it has run, time stands at the moment before.
    const due = this.#heap[0];
    const limit = due !== undefined && due.timeMs <= now ? Math.max(due.timeMs, this.#floorMs) : now;
    if (limit > this.#floorMs) this.#floorMs = limit;
    return this.#floorMs;
  }

  /** Runs `run` when the clock has reached `timeMs`. Answers a function that cancels it. */
  at(timeMs: TimeMs, run: () => void): () => void {
    const entry: Entry = { timeMs, order: this.#order++, run };
    this.#push(entry);
    if (this.#heap[0] === entry) this.#wait();
    return () => {
      entry.run = null;
    };
  }

  /** Runs what is due. Cheap where nothing is. */
  catchUp(): void {
    if (this.#isRunning || this.#isClosed || this.speed === 0) return;
    const first = this.#heap[0];
    if (first === undefined) return;
    const now = this.#wallTimeMs();
    if (first.timeMs <= now) this.#runUntil(now);
  }

  /** Moves a stepped clock on, through every timer on the way. */
  stepTo(timeMs: TimeMs): void {
    if (this.speed !== 0) throw new Error(`only a clock of speed 0 can be stepped; this one has speed ${this.speed}`);
    if (this.#isRunning) throw new Error('the clock cannot be stepped from one of its own timers');
    if (timeMs < this.#floorMs) throw new RangeError(`the clock cannot go back from ${this.#floorMs} to ${timeMs}`);
    this.#runUntil(timeMs);
  }

  step(byMs: number): void {
    this.stepTo(this.#floorMs + byMs);
  }

  /** No timer runs any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.#heap.length = 0;
  }

  #wallTimeMs(): TimeMs {
    const wall = this.#wall.nowMs();
    const now = this.#startMs === null ? wall : this.#startMs + (wall - this.#wallStartMs) * this.speed;
    return Math.max(this.#floorMs, Math.floor(now));
  }

  #runUntil(timeMs: TimeMs): void {
    this.#isRunning = true;
    try {
      for (let first = this.#heap[0]; first !== undefined && first.timeMs <= timeMs; first = this.#heap[0]) {
        this.#pop();
        if (first.run === null) continue;
        if (first.timeMs > this.#floorMs) this.#floorMs = Math.floor(first.timeMs);
        const { run } = first;
        first.run = null;
        run();
      }
      if (timeMs > this.#floorMs) this.#floorMs = Math.floor(timeMs);
    } finally {
      this.#isRunning = false;
      this.#wait();
    }
  }

  /** Arranges to be woken for the earliest timer. */
  #wait(): void {
    if (this.speed === 0 || this.#isRunning || this.#isClosed) return;
    const first = this.#heap[0];
    if (first === undefined) return;
    if (this.#cancelWait !== null && this.#waitingForMs <= first.timeMs) return;
    this.#cancelWait?.();
    this.#waitingForMs = first.timeMs;
    const delay = Math.min(LONGEST_WAIT_MS, Math.max(0, (first.timeMs - this.#wallTimeMs()) / this.speed));
    this.#cancelWait = this.#wall.after(Math.ceil(delay), () => {
      this.#cancelWait = null;
      this.#waitingForMs = Number.POSITIVE_INFINITY;
      this.catchUp();
      this.#wait();
    });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
}
