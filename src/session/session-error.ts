/**
 * `diverged`: the journal, taken again, does not lead to the state that was noted in it. `different`: the session was begun with
 * something else. `deposed`: the right to trade was lost.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: 'diverged' | 'different' | 'deposed';
  readonly hint: string;

  constructor(code: SessionError['code'], message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** The right to trade an account is no longer this session's; `loss` says why (`LeaseLoss`). */
export function deposed(loss: string): SessionError {
  return loss === 'late'
    ? new SessionError(
        'deposed',
        'the right to trade the account was not renewed in time: its database did not answer, or this machine stood still',
        'Entries were withdrawn, stops are left at the venue. See to the database, then start the session again: it asks the venue what has become of everything.',
      )
    : new SessionError(
        'deposed',
        loss === 'overslept'
          ? 'this program stood still for longer than its right to trade the account lasts'
          : 'the right to trade the account was taken by another program, as tradewright-kill does',
        'Nothing was sent since. See tradewright status for latches; once they are re-armed, start the session again.',
      );
}
