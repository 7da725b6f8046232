import { TIMER_EVERY } from '../strategy/define-strategy.ts';
import { timeframe } from '../vocabulary/time.ts';
import type { Engine } from './engine.ts';
import { refusePromise } from './strategy-error.ts';
import type { StrategySeat } from './strategy-seat.ts';

interface Timer {
  readonly seat: StrategySeat;
  readonly everyMs: number;
  readonly run: (context: never) => void;
  nextMs: number;
  /** Event time at which it was run last; null before, also after a snapshot was taken up. */
  lastMs: number | null;
}

/** Timers of all strategies, by event time: each fires at the first instant at or after a multiple of its period. */
export class Timers {
  readonly #timers: Timer[] = [];
  /** Event time at which the next one is due; infinity where there is none. */
  nextMs = Number.POSITIVE_INFINITY;

  constructor(seats: readonly StrategySeat[]) {
    for (const seat of seats)
      for (const t of [seat.strategy.def.onTimer ?? []].flat())
        this.#timers.push({
          seat,
          everyMs: timeframe(t.every ?? TIMER_EVERY).ms,
          run: t.run,
          nextMs: Number.NEGATIVE_INFINITY,
          lastMs: null,
        });
    this.reset();
  }

  /** Runs every timer that is due, in declared order. The first instant only starts them. */
  run(nowMs: number, { state, handlers }: Pick<Engine, 'state' | 'handlers'>): void {
    this.nextMs = Number.POSITIVE_INFINITY;
    for (const t of this.#timers) {
      const isFirst = t.nextMs === Number.NEGATIVE_INFINITY;
      if (nowMs >= t.nextMs) {
        if (t.seat.running && (!isFirst || nowMs % t.everyMs === 0)) {
          t.lastMs = nowMs;
          state.calling = t.seat.index;
          try {
            refusePromise(t.run(t.seat.context as never));
          } catch (error) {
            handlers.fail(t.seat, 'onTimer', error);
          }
          state.calling = -1;
        }
        t.nextMs = (Math.floor(nowMs / t.everyMs) + 1) * t.everyMs;
      }
      if (t.nextMs < this.nextMs) this.nextMs = t.nextMs;
    }
  }

  /** How each stands, in declared order; times are null before its first instant, and before it was run. */
  states(): {
    readonly strategy: string;
    readonly everyMs: number;
    readonly nextMs: number | null;
    readonly lastMs: number | null;
    readonly isRunning: boolean;
  }[] {
    return this.#timers.map(({ seat, everyMs, nextMs, lastMs }) => ({
      ...{ strategy: seat.strategy.def.id, everyMs, lastMs, isRunning: seat.running },
      nextMs: nextMs === Number.NEGATIVE_INFINITY ? null : nextMs,
    }));
  }

  /** When each is due next, in declared order; null before its first instant. */
  snapshot(): (number | null)[] {
    return this.#timers.map((t) => (t.nextMs === Number.NEGATIVE_INFINITY ? null : t.nextMs));
  }

  restore(dueMs: readonly (number | null)[]): void {
    this.reset();
    this.#timers.forEach((t, i) => {
      t.nextMs = dueMs[i] ?? Number.NEGATIVE_INFINITY;
    });
    for (const t of this.#timers) this.nextMs = t === this.#timers[0] ? t.nextMs : Math.min(this.nextMs, t.nextMs);
  }

  reset(): void {
    for (const t of this.#timers) {
      t.nextMs = Number.NEGATIVE_INFINITY;
      t.lastMs = null;
    }
    this.nextMs = this.#timers.length > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
}
