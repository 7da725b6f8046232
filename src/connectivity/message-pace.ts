/** Own part of what a venue allows: the socket answers pings by itself, and that counts, too. */
const SHARE = 0.8;

/** Messages within the last second on one connection. */
export class MessagePace {
  /** When each of the last messages left, a ring. */
  readonly #sentMs: Float64Array;
  #next = 0;

  constructor(messagesPerSecond: number) {
    this.#sentMs = new Float64Array(Math.max(1, Math.floor(messagesPerSecond * SHARE))).fill(Number.NEGATIVE_INFINITY);
  }

  /** Until one more may leave; 0 where it may now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#sentMs[this.#next]! + 1_000 - nowMs);
  }

  count(nowMs: number): void {
    this.#sentMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#sentMs.length;
  }
}
