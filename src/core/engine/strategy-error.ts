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
