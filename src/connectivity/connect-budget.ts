import { assert } from '../core/vocabulary/assert.ts';
import type { Clock } from '../ports/clock.ts';

/** Attempts to connect within a sliding window, shared by everything that connects to one venue from here. */
export class ConnectBudget {
  readonly #clock: Clock;
  readonly #windowMs: number;
  /** When each of the last attempts began, a ring. */
  readonly #startedMs: Float64Array;
  #next = 0;

  /** Binance allows 300 in five minutes from one address; 80 % of that by default. */
  constructor(clock: Clock, attempts = 240, windowMs = 300_000) {
    assert(Number.isInteger(attempts) && attempts > 0, `a budget needs at least one attempt, found ${attempts}`);
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#startedMs = new Float64Array(attempts).fill(Number.NEGATIVE_INFINITY);
  }

  /** Counts an attempt and answers 0, or counts nothing and answers how long to wait. */
  take(): number {
    const nowMs = this.#clock.elapsedMs();
    const waitMs = this.#startedMs[this.#next]! + this.#windowMs - nowMs;
    if (waitMs > 0) return waitMs;
    this.#startedMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#startedMs.length;
    return 0;
  }
}
