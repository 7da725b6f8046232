import type { Clock, Timer } from '../../src/ports/clock.ts';

interface Waiting {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/**
 * Time that stands still until it is told to pass. What is due runs in order of time, then of asking; promises settle between any two
 * timers, so that a simulated day is the same every time.
 */
export class SimulatedClock implements Clock {
  #wallMs: number;
  #elapsedMs = 0;
  #asked = 0;
  /** A binary heap by due time, then by order of asking. */
  readonly #heap: Waiting[] = [];

  constructor(startMs = 1_795_200_000_000) {
    this.#wallMs = startMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const entry: Waiting = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#asked++, run };
    push(this.#heap, entry);
    return {
      cancel: () => {
        entry.run = null;
      },
    };
  }

  /** Lets time pass. Errors that timers throw come out here. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    await settled();
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.dueMs > untilMs) break;
      pop(this.#heap);
      if (next.run === null) continue;
      this.#passTo(Math.max(next.dueMs, this.#elapsedMs));
      const { run } = next;
      next.run = null;
      run();
      await settled();
    }
    this.#passTo(untilMs);
  }

  /** Lets time pass until `isTrue`, in steps; false where it did not become true in time. */
  async advanceUntil(isTrue: () => boolean, longestMs: number, stepMs = 50): Promise<boolean> {
    const endMs = this.#elapsedMs + longestMs;
    await settled();
    while (!isTrue()) {
      if (this.#elapsedMs >= endMs) return false;
      await this.advance(Math.min(stepMs, endMs - this.#elapsedMs));
    }
    return true;
  }

  /** Machine suspended: the wall clock goes on, no timer runs; the other clock goes on or not, as machines differ. */
  suspend(ms: number, elapsedGoesOn: boolean): void {
    this.#wallMs += ms;
    if (elapsedGoesOn) this.#elapsedMs += ms;
  }

  /** Somebody set the wall clock. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  /** Timers that have not run and were not canceled. */
  get waiting(): number {
    return this.#heap.filter((each) => each.run !== null).length;
  }

  #passTo(elapsedMs: number): void {
    this.#wallMs += elapsedMs - this.#elapsedMs;
    this.#elapsedMs = elapsedMs;
  }
}

/** After everything that promises have to do has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function push(heap: Waiting[], entry: Waiting): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(entry, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Waiting[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}
