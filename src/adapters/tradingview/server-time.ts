import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** The best of the last one to two of these spans counts, so that drift is followed. */
const SPAN_MS = 30_000;
/** A message that is further off was not stamped when it was sent. */
const LARGEST_STEP_MS = 30_000;

/**
 * The server's time from the stamps of its messages. The way here makes it look late, never early, so that the earliest of recent messages
 * is the nearest; and it goes on with the clock that nobody sets, so that a wall clock that jumps ends no bar.
 */
export class ServerTime {
  readonly #clock: Clock;
  /** Server time minus elapsed time: the greatest of this span and of the one before; −∞ where nothing was told. */
  #offsetMs = Number.NEGATIVE_INFINITY;
  #olderMs = Number.NEGATIVE_INFINITY;
  #spanEndMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new connection says what time it is. */
  begin(timeMs: TimeMs): void {
    const nowMs = this.#clock.elapsedMs();
    this.#offsetMs = timeMs - nowMs;
    this.#olderMs = Number.NEGATIVE_INFINITY;
    this.#spanEndMs = nowMs + SPAN_MS;
  }

  /** A message that came just now says when it was sent. */
  told(timeMs: TimeMs): void {
    const nowMs = this.#clock.elapsedMs();
    const best = this.#best();
    const offsetMs = timeMs - nowMs;
    if (best === null || Math.abs(offsetMs - best) > LARGEST_STEP_MS) return;
    if (nowMs >= this.#spanEndMs) {
      this.#olderMs = this.#offsetMs;
      this.#offsetMs = offsetMs;
      this.#spanEndMs = nowMs + SPAN_MS;
    } else if (offsetMs > this.#offsetMs) this.#offsetMs = offsetMs;
  }

  /** Ours before anything was told. */
  nowMs(): TimeMs {
    const best = this.#best();
    return best === null ? this.#clock.nowMs() : this.#clock.elapsedMs() + best;
  }

  #best(): number | null {
    const best = Math.max(this.#offsetMs, this.#olderMs);
    return best === Number.NEGATIVE_INFINITY ? null : best;
  }
}
