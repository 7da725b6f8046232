/**
 * The border of a process: whatever it does to the world and whatever the world tells it crosses here. A process dies at a crossing, before
 * it or after it; between two crossings nothing that it does can be seen. While it is paused, nothing gets in.
 */
export class ProcessGate {
  isDead = false;
  crossings = 0;
  #dieAt: number;
  readonly #diesAfter: boolean;
  readonly #died: () => void;
  readonly #soon: (run: () => void) => void;
  #held: (() => void)[] | null = null;

  /** `soon`: runs what it is given in a turn of its own. */
  constructor(dieAt: number, diesAfter: boolean, soon: (run: () => void) => void, died: () => void) {
    this.#soon = soon;
    this.#dieAt = dieAt;
    this.#diesAfter = diesAfter;
    this.#died = died;
  }

  /** From outside: an answer, an event, a timer. */
  enter(run: () => void): void {
    if (this.isDead) return;
    if (this.#held !== null) this.#held.push(run);
    else this.#cross(run);
  }

  /** From inside: a request, a write. */
  leave(run: () => void): void {
    if (!this.isDead) this.#cross(run);
  }

  #cross(run: () => void): void {
    const isLast = ++this.crossings === this.#dieAt;
    if (isLast && !this.#diesAfter) {
      this.kill();
      return;
    }
    run();
    if (isLast) this.kill();
  }

  get isPaused(): boolean {
    return this.#held !== null;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const run of held) this.#soon(() => this.enter(run));
  }

  /** No death is drawn for it any more. */
  spare(): void {
    this.#dieAt = -1;
  }

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#held = null;
    this.#died();
  }
}
