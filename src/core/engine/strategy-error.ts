/** Throws where a handler has answered a promise: what it does later belongs to no instant, and would differ from run to run. */
export function refusePromise(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || typeof (answer as { then?: unknown }).then !== 'function')
    return;
  throw new TypeError('handlers are synchronous, found a promise: what it does later belongs to no instant');
}

/** A strategy that threw: which, in what, at which event time. It is stopped; what it had in the market stays protected. */
export class StrategyError extends Error {
  override readonly name = 'StrategyError';
  readonly strategy: string;
  readonly handler: string;
  readonly timeMs: number;

  constructor(strategy: string, handler: string, timeMs: number, cause: unknown) {
    super(
      `strategy ${strategy}: ${handler} threw ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
      { cause },
    );
    this.strategy = strategy;
    this.handler = handler;
    this.timeMs = timeMs;
  }
}
