import type { VenueError } from '../ports/venue-error.ts';

const AGAIN_MS = [1_000, 2_000, 5_000, 15_000, 30_000] as const;

/** How long questions to a venue wait after some that failed: longer each time, and as long as the venue says. */
export class AskingPause {
  #failures = 0;
  /** By elapsed time; nothing is asked before. */
  untilMs = 0;
  /** Why the venue could not be asked last; null where it could. */
  problem: string | null = null;

  answered(): void {
    this.#failures = 0;
    this.problem = null;
  }

  /** Answers whether all had gone well before. */
  failed({ code, message, retryAfterMs }: VenueError, nowMs: number): boolean {
    const waitMs = AGAIN_MS[Math.min(this.#failures, AGAIN_MS.length - 1)]!;
    this.problem = `${code}: ${message}`;
    this.untilMs = nowMs + Math.max(waitMs, retryAfterMs ?? 0);
    return this.#failures++ === 0;
  }
}
