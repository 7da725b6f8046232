import { lateFault } from '../vocabulary/late-call.ts';

/** Throws where a handler has answered a promise: what it does later belongs to no instant, and would differ from run to run. */
export function refusePromise(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || typeof (answer as { then?: unknown }).then !== 'function')
    return;
  throw new TypeError('handlers are synchronous, found a promise: what it does later belongs to no instant');
}

/** The state that a strategy leaves is no plain JSON: which part of it. */
export class StateError extends TypeError {
  override readonly name = 'StateError';

  constructor(offence: string) {
    super(`${offence}; state must be plain JSON, because it is journaled and survives restarts`);
  }
}

/** A strategy that threw, or that acted late: which, in what, at which event time. It is stopped; what it had in the market stays protected. */
export class StrategyError extends Error {
  override readonly name = 'StrategyError';
  readonly strategy: string;
  /** Null where none was running: it acted late, or what a handler only began threw, see {@link lateFault}. */
  readonly handler: string | null;
  readonly timeMs: number;

  constructor(strategy: string, handler: string | null, timeMs: number, cause: unknown) {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const own = handler === null ? lateFault(cause) : cause;
    const what = own instanceof StateError || handler === null ? (own as Error).message : `${handler} threw ${text}`;
    super(`strategy ${strategy}: ${what}`, { cause });
    this.strategy = strategy;
    this.handler = handler;
    this.timeMs = timeMs;
  }
}
