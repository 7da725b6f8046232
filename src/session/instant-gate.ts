import { barClose, type TimeframeSpec, type TimeMs } from '../core/vocabulary/time.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { FeedBar } from './session-input.ts';

/** How long an instant waits for the bars of other symbols, once the first is in. */
export const GRACE_MS = 2_000;

/**
 * Gathers the bars that closed at one time, so that a strategy sees them together as it does in a backtest. An instant ends when every
 * feed's bar is in, or after {@link GRACE_MS}: a symbol that nobody trades must not hold up the others. A bar that comes later has an instant of
 * its own.
 */
export class InstantGate {
  readonly #frames: readonly TimeframeSpec[];
  readonly #clock: Clock;
  readonly #end: (timeMs: TimeMs, bars: readonly FeedBar[]) => void;
  readonly #waiting = new Map<TimeMs, FeedBar[]>();
  #endedMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;

  constructor(frames: readonly TimeframeSpec[], clock: Clock, end: (timeMs: TimeMs, bars: readonly FeedBar[]) => void) {
    this.#frames = frames;
    this.#clock = clock;
    this.#end = end;
  }

  /** Instants up to here have ended elsewhere. */
  startAfter(timeMs: TimeMs): void {
    this.#endedMs = timeMs;
  }

  add(bar: FeedBar): void {
    const closeMs = barClose(this.#frames[bar[0]]!, bar[1]);
    if (closeMs <= this.#endedMs) {
      this.#end(this.#endedMs, [bar]);
      return;
    }
    const bars = this.#waiting.get(closeMs) ?? [];
    this.#waiting.set(closeMs, [...bars, bar]);
    if (bars.length + 1 === this.#frames.length) this.#endUpTo(closeMs);
    else this.#timer ??= this.#clock.after(GRACE_MS, () => this.#endUpTo(closeMs));
  }

  #endUpTo(timeMs: TimeMs): void {
    this.#timer?.cancel();
    this.#timer = null;
    const due = [...this.#waiting.keys()].filter((each) => each <= timeMs).sort((a, b) => a - b);
    for (const each of due) {
      const bars = this.#waiting.get(each)!.sort((a, b) => a[0] - b[0]);
      this.#waiting.delete(each);
      this.#endedMs = each;
      this.#end(each, bars);
    }
    const next = Math.min(...this.#waiting.keys());
    if (Number.isFinite(next)) this.#timer = this.#clock.after(GRACE_MS, () => this.#endUpTo(next));
  }

  /** Ends what waits, and waits no more. */
  close(): void {
    this.#endUpTo(Number.POSITIVE_INFINITY);
  }
}
