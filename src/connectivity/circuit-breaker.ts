import type { Clock } from '../ports/clock.ts';

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** Failures in a row that open it; 5 by default. */
  readonly failures?: number;
  /** How long it stays open the first time; doubles up to `longestOpenMs` while probes fail. 5 s and 60 s by default. */
  readonly openMs?: number;
  readonly longestOpenMs?: number;
}

/** Longest that a probe is waited for before another may go. */
const PROBE_LIMIT_MS = 30_000;

/** Stops asking a venue that does not answer: after so many failures in a row only one probe at a time goes through. */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #allowed: number;
  readonly #firstOpenMs: number;
  readonly #longestOpenMs: number;
  #state: 'closed' | 'open' | 'half-open' = 'closed';
  #failures = 0;
  #openMs: number;
  /** When the next probe may go. */
  #probeAtMs = 0;

  constructor(options: CircuitBreakerOptions) {
    this.#clock = options.clock;
    this.#allowed = options.failures ?? 5;
    this.#firstOpenMs = options.openMs ?? 5_000;
    this.#longestOpenMs = options.longestOpenMs ?? 60_000;
    this.#openMs = this.#firstOpenMs;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    return this.#state;
  }

  /** 0 where a request may go (it must then report what became of it), else milliseconds until the next probe. */
  admit(): number {
    if (this.#state === 'closed') return 0;
    const nowMs = this.#clock.elapsedMs();
    if (nowMs < this.#probeAtMs) return this.#probeAtMs - nowMs;
    this.#state = 'half-open';
    this.#probeAtMs = nowMs + PROBE_LIMIT_MS;
    return 0;
  }

  succeeded(): void {
    this.#state = 'closed';
    this.#failures = 0;
    this.#openMs = this.#firstOpenMs;
  }

  failed(): void {
    if (this.#state === 'open') return;
    this.#failures++;
    if (this.#state === 'half-open') this.#openMs = Math.min(2 * this.#openMs, this.#longestOpenMs);
    else if (this.#failures < this.#allowed) return;
    this.#state = 'open';
    this.#probeAtMs = this.#clock.elapsedMs() + this.#openMs;
  }
}
