import type { BarField, ColumnMapping } from '../core/market/column-mapping.ts';
import type { BarColumns } from '../core/vocabulary/market-data.ts';
import type { Timeframe } from '../core/vocabulary/time.ts';
import type { SeriesGap, StoreFinding } from './bar-store.ts';

/** How to read a file of bars; everything may be left out for a file that explains itself. */
export interface BarFileRequest {
  /** Columns by header or position: `time=Date,open=O`. */
  readonly columns?: string;
  readonly timeframe?: Timeframe;
  /** For dates such as 3/10/2004: day or month first. */
  readonly dateOrder?: 'dmy' | 'mdy';
  /** Sort rows that are out of order instead of reporting an error. */
  readonly sort?: boolean;
  /** Where the file lies, where that is not what it is called: messages name it by its path all the same. */
  readonly at?: string;
  /** Most bytes of the file, and of its text once it is unpacked. */
  readonly maxBytes?: number;
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

/** So many rows are shown of a file that is looked at. */
export const ROWS_LOOKED_AT = 8;

/** What a file looks like before anybody has said what its columns are. */
export interface BarFileLook {
  readonly format: 'csv' | 'parquet';
  readonly compression: string | null;
  readonly bytes: number;
  /** Each column, in the order of the file: its header, and the field that it is taken for. */
  readonly columns: readonly { readonly header: string | null; readonly field: BarField | null }[];
  /** The first rows, as they stand. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the first of them; null where the file has no lines. */
  readonly firstLine: number | null;
  /** Unit of its times; null where they are text, or not known to be times. */
  readonly timeUnit: string | null;
  /** Reads the file that was looked at. Rejects as {@link BarFiles.read}. */
  read(): Promise<FileBars>;
}

/** Columns with the fields of a mapping. */
export function lookedAtColumns(
  count: number,
  headers: readonly string[] | null,
  mapping: ColumnMapping<BarField>,
): BarFileLook['columns'] {
  const fields = new Map(Object.entries(mapping).map(([field, index]) => [index, field as BarField]));
  return Array.from({ length: count }, (_, k) => ({ header: headers?.[k] ?? null, field: fields.get(k) ?? null }));
}

/** Files of bars, CSV or Parquet, told by their content; paths are relative to the working folder. Reading throws an error with `code`, `file`, `line`, `found`, `expected` and `hint`. */
export interface BarFiles {
  read(path: string, request?: BarFileRequest): Promise<FileBars>;
  /** Looks at a file; that its columns are not known is no objection yet. */
  look(path: string, request?: BarFileRequest): Promise<BarFileLook>;
  /** Writes CSV, gzipped where the name ends in .gz. */
  write(path: string, bars: BarColumns, time: 'ms' | 'iso'): Promise<void>;
}
