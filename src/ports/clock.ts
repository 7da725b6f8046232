/** Something that will happen later, or again and again, until it is canceled. */
export interface Timer {
  /** Does nothing where it has run or was canceled before. */
  cancel(): void;
}

/**
 * Time as the outside of the core knows it. Everything that waits, stamps or measures takes a clock, so that a simulation can hold time
 * still, run it fast, and let a laptop sleep.
 */
export interface Clock {
  /** Epoch milliseconds of the wall clock; it may jump. */
  nowMs(): number;
  /** Milliseconds of a clock that never goes back, for durations. Its zero means nothing. */
  elapsedMs(): number;
  /** Runs once, not before `delayMs` have elapsed. A timer never keeps a process alive by itself. */
  after(delayMs: number, run: () => void): Timer;
}
