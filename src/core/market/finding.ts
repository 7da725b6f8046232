import type { TimeMs } from '../vocabulary/time.ts';

/** How bad each finding is by default: an error makes a set unusable, a warning is said and kept. */
export const FINDING_SEVERITY = {
  'not-a-number': 'error',
  'bar-out-of-order': 'error',
  'bar-conflict': 'error',
  'high-below-low': 'error',
  'open-outside-range': 'error',
  'close-outside-range': 'error',
  'price-not-positive': 'error',
  'volume-negative': 'error',
  'time-in-future': 'error',
  'timeframe-mismatch': 'error',
  'bar-duplicate': 'warning',
  'bar-gap': 'warning',
  'bar-late': 'warning',
  'bar-misaligned': 'warning',
  'bars-sorted': 'warning',
  'zero-volume': 'warning',
  spike: 'warning',
} as const;

/** Everything that can be wrong with bars. `bar-conflict`: same time as another bar, other values. `timeframe-mismatch`: most bars are closer together than said, or all lie on a coarser grid. */
export type FindingCode = keyof typeof FINDING_SEVERITY;

export type FindingSeverity = 'error' | 'warning';

/** One thing found in bars. `row` counts from 0 in the set as it was given; `timeMs` is the bar's open time. */
export interface DataFinding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  readonly row: number;
  readonly timeMs: TimeMs;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
}

/** A finding with the place in the file it came from. `line` counts from 1; null where the source has no lines. */
export interface LocatedFinding extends DataFinding {
  readonly file: string | null;
  readonly line: number | null;
}

/** Names the file and line of every finding. */
export function locateFindings(
  findings: readonly DataFinding[],
  file: string | null,
  lineOf: ((row: number) => number) | null,
): readonly LocatedFinding[] {
  return findings.map((finding) => ({ ...finding, file, line: lineOf === null ? null : lineOf(finding.row) }));
}

/** True where one of them makes the set unusable. */
export function hasErrors(findings: readonly { readonly severity: string }[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}
