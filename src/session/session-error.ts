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
