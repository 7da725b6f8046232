import type { Clock } from '../ports/clock.ts';

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** Failures in a row that open it; 5 by default. */
  readonly failures?: number;
  /** How long it stays open the first time; doubles up to `longestOpenMs` while probes fail. 5 s and 60 s by default. */
  readonly openMs?: number;
  readonly longestOpenMs?: number;
}

/** Stops asking a venue that does not answer: after so many failures in a row only one probe at a time goes through. */
export declare class CircuitBreaker {
  constructor(options: CircuitBreakerOptions);
  /** 0 where a request may go (it must then report what became of it), else milliseconds until the next probe. */
  admit(): number;
  succeeded(): void;
  failed(): void;
  readonly state: 'closed' | 'open' | 'half-open';
}
