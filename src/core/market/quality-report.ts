import type { BarColumns } from '../vocabulary/market-data.ts';
import { DAY_MS, type TimeframeSpec, type TimeMs } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { type BarGap, DataGuard, type GuardOptions } from './data-guard.ts';
import { type DataFinding, FINDING_SEVERITY, type FindingCode } from './finding.ts';
import { commonSpacing, timeframeOfSpacing } from './spacing.ts';

/** What a set of bars is worth. `expected` counts the bars that a set without gaps would have from first to last. */
export interface QualityReport {
  readonly rows: number;
  readonly firstMs: TimeMs | null;
  readonly lastMs: TimeMs | null;
  readonly expected: number;
  /** Bars present of those expected, 0 … 1; null for an empty set or an unknown timeframe. */
  readonly coverage: number | null;
  readonly gaps: readonly BarGap[];
  readonly counts: Readonly<Partial<Record<FindingCode, number>>>;
  readonly findings: readonly DataFinding[];
  readonly errors: number;
  readonly warnings: number;
}

/** Runs a whole set through a {@link DataGuard}. Never throws on data and never changes it. */
export function inspectBars(bars: BarColumns, options: GuardOptions = {}): QualityReport {
  const guard = new DataGuard(options);
  const { openTimeMs, open, high, low, close, volume } = bars;
  const rows = openTimeMs.length;
  for (let i = 0; i < rows; i++) guard.check(openTimeMs[i]!, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!);
  checkTimeframe(guard, openTimeMs, options.timeframe ?? null);
  let errors = 0;
  let warnings = 0;
  for (const [code, count] of Object.entries(guard.counts)) {
    if (FINDING_SEVERITY[code as FindingCode] === 'error') errors += count;
    else warnings += count;
  }
  const missing = guard.gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const timed = rows > 0 && options.timeframe != null;
  return {
    rows,
    firstMs: rows === 0 ? null : openTimeMs[0]!,
    lastMs: rows === 0 ? null : openTimeMs[rows - 1]!,
    expected: rows + missing,
    coverage: timed ? rows / (rows + missing) : null,
    gaps: guard.gaps,
    counts: guard.counts,
    findings: guard.findings,
    errors,
    warnings,
  };
}

function checkTimeframe(guard: DataGuard, openTimeMs: Float64Array, spec: TimeframeSpec | null): void {
  if (spec === null) return;
  const spacing = commonSpacing(openTimeMs);
  const shortest = spec.unit === 'mo' ? spec.count * 28 * DAY_MS : spec.ms;
  if (spacing === 0 || (spacing >= shortest && !isCoarser(openTimeMs, shortest))) return;
  const found = `${timeframeOfSpacing(spacing) ?? `${spacing} ms`} between most bars`;
  const hint = 'Name the timeframe that the bars have; higher timeframes are rolled up from it.';
  guard.add('timeframe-mismatch', 0, openTimeMs[0]!, found, spec.text, hint);
}

/** Odds against chance, in powers of two, from which on bars are of another grid. */
const SURE = 30;

/**
 * Whether all bars lie on a grid coarser than was said: hours called minutes would be known 59 minutes too early. Minutes of which most
 * are missing lie on any grid by chance: of `n` spacings all are multiples of `k` once in kⁿ.
 */
function isCoarser(openTimeMs: Float64Array, saidMs: number): boolean {
  let stepMs = 0;
  for (let i = 1; i < openTimeMs.length && (i === 1 || stepMs > saidMs); i++)
    stepMs = commonDivisor(stepMs, Math.abs(openTimeMs[i]! - openTimeMs[i - 1]!));
  return stepMs > saidMs && (openTimeMs.length - 1) * Math.log2(stepMs / saidMs) >= SURE;
}

function commonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** Gaps alone, of bars whose times rise. */
export function findGaps(openTimeMs: Float64Array, spec: TimeframeSpec, grid: BarGrid = utcGrid()): readonly BarGap[] {
  const gaps: BarGap[] = [];
  const step = grid.utcOffsetMs === null || spec.ms === 0 ? Number.NaN : spec.ms;
  for (let i = 1; i < openTimeMs.length; i++) {
    const from = openTimeMs[i - 1]!;
    const to = openTimeMs[i]!;
    if (to - from === step) continue;
    const missing = grid.between(spec, from, to);
    if (missing > 0) gaps.push({ fromMs: grid.next(spec, from), toMs: to, missing });
  }
  return gaps;
}
