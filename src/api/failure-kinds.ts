/** How failures are told. One row: how a kind of failure is told to programs, browsers, shells and people. */
export interface FailureKind {
  /** HTTP status. */
  readonly status: number;
  /** Exit code of the command line. */
  readonly exit: number;
  /** Page of the documentation that explains it. */
  readonly docs: string;
  /** What to do, where the failure itself does not say. */
  readonly hint: string;
}

export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  'not-found': 3,
  conflict: 4,
  locked: 5,
  auth: 6,
  refused: 7,
  data: 8,
  unavailable: 9,
  gate: 10,
  timeout: 124,
  interrupted: 130,
} as const;

export const kind = (exit: keyof typeof EXIT, status: number, docs: string, hint: string): FailureKind => ({
  status,
  exit: EXIT[exit],
  docs,
  hint,
});

export const usage = (hint: string): FailureKind => kind('usage', 400, 'reference/cli', hint);
export const data = (hint: string): FailureKind => kind('data', 422, 'how-to/data', hint);
export const missing = (docs: string, hint: string): FailureKind => kind('not-found', 404, docs, hint);
