import type { Clock } from '../ports/clock.ts';
import { type RateCharge, type RateCounters, type RateWindow, windowKey } from './rate-window.ts';

/** Use within one window. Sliding windows are kept in this many parts, each of which ends with its last use: never too early. */
const PARTS = 100;

/** Counts use in this process. `skewMs` is the venue's clock minus ours, for windows aligned to it. */
export function localRateCounters(clock: Clock, skewMs: () => number = () => 0): RateCounters {
  const meters = new Map<string, WindowMeter>();
  const meterOf = (window: RateWindow): WindowMeter => {
    const key = windowKey(window);
    let meter = meters.get(key);
    if (meter === undefined) {
      meter = window.kind === 'aligned' ? new AlignedMeter(window.windowMs) : new SlidingMeter(window.windowMs);
      meters.set(key, meter);
    }
    return meter;
  };
  const timeOf = (window: RateWindow): number =>
    window.kind === 'aligned' ? clock.nowMs() + skewMs() : clock.elapsedMs();
  return {
    take(charges: readonly RateCharge[]): number {
      let waitMs = 0;
      for (const { window, cost, ceiling } of charges) {
        if (cost > 0) waitMs = Math.max(waitMs, meterOf(window).waitMs(cost, ceiling, timeOf(window)));
      }
      if (waitMs === 0) {
        for (const { window, cost } of charges) if (cost > 0) meterOf(window).add(cost, timeOf(window));
      }
      return waitMs;
    },
    used: (window) => meterOf(window).used(timeOf(window)),
    observe(window: RateWindow, used: number): void {
      const meter = meterOf(window);
      const timeMs = timeOf(window);
      const more = used - meter.used(timeMs);
      if (more > 0) meter.add(more, timeMs);
    },
  };
}

interface WindowMeter {
  used(timeMs: number): number;
  add(cost: number, timeMs: number): void;
  /** Until `cost` fits under `ceiling`; 0 where it does now. */
  waitMs(cost: number, ceiling: number, timeMs: number): number;
}

class AlignedMeter implements WindowMeter {
  readonly #windowMs: number;
  #window = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  used(timeMs: number): number {
    const window = Math.floor(timeMs / this.#windowMs);
    // A clock set back gives an earlier window: what was used stays counted, as it may lie in that one.
    if (window > this.#window) this.#used = 0;
    this.#window = window;
    return this.#used;
  }

  add(cost: number, timeMs: number): void {
    this.#used = this.used(timeMs) + cost;
  }

  waitMs(cost: number, ceiling: number, timeMs: number): number {
    if (this.used(timeMs) + cost <= ceiling) return 0;
    return (Math.floor(timeMs / this.#windowMs) + 1) * this.#windowMs - timeMs;
  }
}

class SlidingMeter implements WindowMeter {
  readonly #windowMs: number;
  /** Oldest first: end of each part's use, and how much. */
  readonly #parts: { lastMs: number; readonly firstMs: number; cost: number }[] = [];
  #used = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  used(timeMs: number): number {
    while (this.#parts.length > 0 && this.#parts[0]!.lastMs + this.#windowMs <= timeMs) {
      this.#used -= this.#parts.shift()!.cost;
    }
    return this.#used;
  }

  add(cost: number, timeMs: number): void {
    this.#used = this.used(timeMs) + cost;
    const last = this.#parts.at(-1);
    if (last !== undefined && timeMs - last.firstMs < this.#windowMs / PARTS) {
      last.lastMs = timeMs;
      last.cost += cost;
    } else this.#parts.push({ firstMs: timeMs, lastMs: timeMs, cost });
  }

  waitMs(cost: number, ceiling: number, timeMs: number): number {
    let over = this.used(timeMs) + cost - ceiling;
    if (over <= 0) return 0;
    for (const part of this.#parts) {
      over -= part.cost;
      if (over <= 0) return part.lastMs + this.#windowMs - timeMs;
    }
    return Number.POSITIVE_INFINITY;
  }
}
