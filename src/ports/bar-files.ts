import type { BarColumns } from '../core/vocabulary/market-data.ts';
import type { Timeframe } from '../core/vocabulary/time.ts';
import type { SeriesGap, StoreFinding } from './bar-store.ts';

/** How to read a file of bars; everything may be left out for a file that explains itself. */
export interface BarFileRequest {
  /** Columns by header or position: `time=Date,open=O`. */
  readonly columns?: string;
  readonly timeframe?: Timeframe;
  /** Sort rows that are out of order instead of reporting an error. */
  readonly sort?: boolean;
}

/** Bars of a file as they stand in it, and everything the guard has to say about them, errors included. */
export interface FileBars {
  readonly bars: BarColumns;
  readonly decimals: { readonly price: number; readonly quantity: number };
  /** The most common spacing of the rows; null where there is none. */
  readonly timeframe: Timeframe | null;
  readonly findings: readonly StoreFinding[];
  readonly report: {
    readonly expected: number;
    readonly coverage: number | null;
    readonly gaps: readonly SeriesGap[];
    readonly counts: Readonly<Partial<Record<string, number>>>;
    readonly errors: number;
    readonly warnings: number;
  };
  readonly source: {
    readonly format: string;
    readonly bytes: number;
    readonly compression: string | null;
    readonly lineOf: ((row: number) => number) | null;
  };
}

/** Files of bars, CSV or Parquet, told by their content; paths are relative to the working folder. Reading throws an error with `code`, `file`, `line`, `found`, `expected` and `hint`. */
export interface BarFiles {
  read(path: string, request?: BarFileRequest): Promise<FileBars>;
  /** Writes CSV, gzipped where the name ends in .gz. */
  write(path: string, bars: BarColumns, time: 'ms' | 'iso'): Promise<void>;
}
