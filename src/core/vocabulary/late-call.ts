/**
 * A strategy asked for something, or changed its `state`, while none of its handlers was running: from a promise or a timer that a handler only
 * began. That belongs to no instant, and would differ from run to run. Thrown where it asked; the strategy is stopped for it.
 */
export class LateCallError extends Error {
  override readonly name = 'LateCallError';
  /** What was called, as its author writes it: `position.close`; or `state`. */
  readonly call: string;

  constructor(call: string) {
    super(
      `${call === 'state' ? 'state was changed' : `${call}() was called`} while none of its handlers was running, from a promise or timer that a handler only began: a handler must do everything before it returns; declare a source for what must be awaited`,
    );
    this.call = call;
  }
}

/** Longest text that is kept of what was thrown: it is journaled. */
const MOST_CHARACTERS = 500;

/**
 * Code that a handler of a strategy only began threw where nobody catches it: the promise was rejected, the timer threw. Whatever else it had to do
 * is not done, and the strategy is stopped for it.
 */
export class LateThrowError extends Error {
  override readonly name = 'LateThrowError';
  /** What was thrown, as `TypeError: …`. */
  readonly threw: string;

  constructor(threw: string) {
    super(`a promise or timer that a handler only began threw ${threw}`);
    this.threw = threw;
  }
}

/** What a strategy did while none of its handlers was running. */
export type LateFault = LateCallError | LateThrowError;

/** The fault that something is that came while no handler was running: one as it is, or what was thrown. */
export function lateFault(thrown: unknown): LateFault {
  if (thrown instanceof LateCallError || thrown instanceof LateThrowError) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new LateThrowError(text.slice(0, MOST_CHARACTERS));
}
