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
