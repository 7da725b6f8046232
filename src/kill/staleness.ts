import type { Clock } from '../ports/clock.ts';
import type { Heartbeat } from '../ports/heartbeats.ts';

/** Who watches must have looked this often, or it knows nothing of the time between. */
const MOST_BETWEEN_LOOKS_MS = 10_000;
/** Two clocks of one machine that part by more than this in one look: one of them was set, or the machine slept. */
const MOST_APART_MS = 1_000;

interface Watch {
  readonly beats: number;
  readonly sinceMs: number;
}

/** What a look has found. */
export interface Look {
  /** Sessions that have not beaten for as long as the grace, as far as can be proven. */
  readonly stale: readonly (Heartbeat & { readonly silentMs: number })[];
  readonly watched: readonly (Heartbeat & { readonly silentMs: number })[];
  /** Why nothing is known of the time before; null where it is. */
  readonly doubt: string | null;
}

/**
 * Tells which sessions have fallen silent. Their own times are not believed, nor those of the place: what counts is for how long this process, looking
 * again and again, has seen a beat not change. Whenever it cannot vouch for its own time it begins anew.
 */
export class Staleness {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #watches = new Map<string, Watch>();
  #lastWallMs = Number.NaN;
  #lastElapsedMs = Number.NaN;

  constructor(clock: Clock, graceMs: number) {
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  /** `rows`: null where the place could not be read. */
  look(rows: readonly Heartbeat[] | null): Look {
    const doubt = this.#doubt() ?? (rows === null ? 'heartbeats cannot be read' : null);
    if (doubt !== null) this.#watches.clear();
    if (rows === null) return { stale: [], watched: [], doubt };
    const nowMs = this.#clock.elapsedMs();
    const watched = rows
      .filter(({ isOver }) => !isOver)
      .map((row) => {
        const known = this.#watches.get(row.session);
        const watch = known?.beats === row.beats ? known : { beats: row.beats, sinceMs: nowMs };
        this.#watches.set(row.session, watch);
        return { ...row, silentMs: nowMs - watch.sinceMs };
      });
    return { watched, stale: watched.filter(({ silentMs }) => silentMs >= this.#graceMs), doubt };
  }

  #doubt(): string | null {
    const [wallMs, elapsedMs] = [this.#clock.nowMs(), this.#clock.elapsedMs()];
    const wall = wallMs - this.#lastWallMs;
    const elapsed = elapsedMs - this.#lastElapsedMs;
    this.#lastWallMs = wallMs;
    this.#lastElapsedMs = elapsedMs;
    if (Math.abs(wall - elapsed) > MOST_APART_MS)
      return `the clock of this machine was set, or it slept: by one clock ${Math.round(wall)} ms passed, by the other ${Math.round(elapsed)}`;
    return elapsed > MOST_BETWEEN_LOOKS_MS ? `this process stood still for ${Math.round(elapsed)} ms` : null;
  }
}
