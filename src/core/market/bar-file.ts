import type { BarColumns } from '../vocabulary/market-data.ts';
import { type Timeframe, timeframe as timeframeSpec } from '../vocabulary/time.ts';
import type { GuardOptions } from './data-guard.ts';
import type { DecimalsSeen } from './decimals-seen.ts';
import { type DataFinding, type LocatedFinding, locateFindings } from './finding.ts';
import { inspectBars, type QualityReport } from './quality-report.ts';
import { inferTimeframe } from './spacing.ts';
import { tidyBars } from './tidy-bars.ts';

/** Where bars came from. `line` of a row (both from the set as returned) where the format has lines. */
export interface BarFileSource {
  readonly file: string;
  readonly format: 'csv' | 'parquet';
  /** Size of the file as it lies on disk. */
  readonly bytes: number;
  readonly compression: string | null;
  readonly lineOf: ((row: number) => number) | null;
}

/** A bar file read, put in order where asked, and looked at by the guard. */
export interface BarFile {
  readonly bars: BarColumns;
  readonly decimals: DecimalsSeen;
  /** The most common spacing of the rows (or what the caller said); null where there is none. */
  readonly timeframe: Timeframe | null;
  readonly findings: readonly LocatedFinding[];
  readonly report: QualityReport;
  readonly source: BarFileSource;
}

/** What every reader of bar files accepts beside its own options. */
export interface BarFileOptions {
  readonly timeframe?: Timeframe;
  /** Sort rows that are out of order instead of reporting an error. */
  readonly sort?: boolean;
  readonly guard?: Omit<GuardOptions, 'timeframe'>;
}

/** Turns decoded columns into a {@link BarFile}: sorted if asked, exact duplicates merged, inspected, findings with their lines. */
export function assembleBarFile(
  decoded: BarColumns,
  decimals: DecimalsSeen,
  source: BarFileSource,
  options: BarFileOptions,
): BarFile {
  const tidy = tidyBars(decoded, options);
  const { bars, rows } = tidy;
  const timeframe = options.timeframe ?? inferTimeframe(bars.openTimeMs);
  const spec = timeframe === null ? null : timeframeSpec(timeframe);
  const report = inspectBars(bars, { ...options.guard, timeframe: spec });
  const lineOf = source.lineOf;
  const original = (row: number): number => rows?.[row] ?? row;
  const inspected: readonly DataFinding[] =
    rows === null ? report.findings : report.findings.map((f) => ({ ...f, row: original(f.row) }));
  return {
    bars,
    decimals,
    timeframe,
    findings: locateFindings([...tidy.findings, ...inspected], source.file, lineOf),
    report,
    source: lineOf === null ? source : { ...source, lineOf: (row) => lineOf(original(row)) },
  };
}
