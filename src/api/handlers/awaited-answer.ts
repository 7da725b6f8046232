import type { CommandOutcome } from '../../core/vocabulary/commands.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommandBox } from '../../ports/session-control.ts';

/** Listens for the answer to one command, from before it is put. */
export class AwaitedAnswer {
  readonly #clock: Clock;
  readonly #leave: () => void;
  #id: number | null = null;
  #outcome: CommandOutcome | null = null;
  #heard = Promise.withResolvers<void>();

  constructor(box: CommandBox, clock: Clock) {
    this.#clock = clock;
    this.#leave = box.watch((news) => {
      if (!('answered' in news) || news.answered !== this.#id) return;
      this.#outcome = news.outcome ?? null;
      this.#heard.resolve();
    });
  }

  /** The command that is meant. */
  of(id: number): void {
    this.#id = id;
  }

  /** The answer as it is told; null after `waitMs`, and where it was told without its words: then it lies in the box. */
  async heard(waitMs: number): Promise<CommandOutcome | null> {
    const timer = this.#clock.after(waitMs, () => this.#heard.resolve());
    await this.#heard.promise;
    timer.cancel();
    this.#heard = Promise.withResolvers();
    return this.#outcome;
  }

  end(): void {
    this.#leave();
  }
}
