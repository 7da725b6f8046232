import type { Clock, Timer } from '../ports/clock.ts';
import type { TimedWork } from '../ports/session-vitals.ts';

/** What is done again and again while a session runs: values of what it holds, at the last prices. */
export class PriceMarks {
  readonly #everyMs: number;
  readonly #clock: Clock;
  readonly #mark: () => boolean;
  #timer: Timer | null = null;
  #nextMs: number | null = null;
  #lastMs: number | null = null;

  /** `mark` answers whether it could. */
  constructor(everyMs: number, clock: Clock, mark: () => boolean) {
    this.#everyMs = everyMs;
    this.#clock = clock;
    this.#mark = mark;
  }

  begin(): void {
    this.#nextMs = this.#clock.nowMs() + this.#everyMs;
    this.#timer = this.#clock.after(this.#everyMs, () => {
      if (this.#mark()) this.#lastMs = this.#clock.nowMs();
      if (this.#timer !== null) this.begin();
    });
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  timed(problem: string | null): TimedWork {
    return { work: 'price-updates', everyMs: this.#everyMs, nextMs: this.#nextMs, lastMs: this.#lastMs, problem };
  }
}
