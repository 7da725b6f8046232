export interface BackoffOptions {
  /** Failures in a row that cost nothing. */
  readonly free: number;
  /** Wait after the first that does; each further one doubles it. */
  readonly firstMs: number;
  readonly longestMs: number;
}

interface Failed {
  count: number;
  untilMs: number;
  atMs: number;
}

/** Who has not failed for so long begins anew. */
const FORGOTTEN_MS = 3_600_000;
/** Beyond, what failed longest ago is forgotten. At the pace at which passwords are compared at all, that takes longer than any wait. */
const MOST_NAMES = 20_000;

/** Makes whoever fails wait, longer each time. */
export class Backoff {
  readonly #options: BackoffOptions;
  /** Who failed longest ago first. */
  readonly #failed = new Map<string, Failed>();

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** How long a name has to wait; 0 where it may try. */
  waitMs(name: string, nowMs: number): number {
    return Math.max(0, (this.#failed.get(name)?.untilMs ?? 0) - nowMs);
  }

  /** Counts a try as failed, before it is made: so that many at once are not one. Answers how many that is in a row. */
  begin(name: string, nowMs: number): number {
    const { free, firstMs, longestMs } = this.#options;
    const known = this.#failed.get(name);
    const failed = known !== undefined && nowMs - known.atMs < FORGOTTEN_MS ? known : { count: 0, untilMs: 0, atMs: 0 };
    failed.count++;
    failed.atMs = nowMs;
    if (failed.count >= free) failed.untilMs = nowMs + Math.min(longestMs, firstMs * 2 ** (failed.count - free));
    this.#failed.delete(name);
    if (this.#failed.size >= MOST_NAMES) this.#failed.delete(this.#failed.keys().next().value!);
    this.#failed.set(name, failed);
    return failed.count;
  }

  /** The try that was begun last did not fail. What failed before it still counts. */
  forgive(name: string): void {
    const failed = this.#failed.get(name);
    if (failed === undefined) return;
    failed.count--;
    failed.untilMs = 0;
    if (failed.count <= 0) this.#failed.delete(name);
  }

  /** Nothing counts any more. */
  clear(name: string): void {
    this.#failed.delete(name);
  }
}
