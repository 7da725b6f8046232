/** What one check found. A check that did not run says so: it never counts as passed. */
export interface CheckResult {
  readonly name: 'look-ahead' | 'determinism' | 'warm-up' | 'replay' | 'types';
  readonly status: 'passed' | 'failed' | 'warning' | 'not-run';
  /** One line for the summary. */
  readonly text: string;
  /** Where it went wrong, with both values. */
  readonly detail?: string;
}
