import { assembleBarFile, type BarFile, type BarFileOptions } from '../../core/market/bar-file.ts';
import { isNumeric, isTimeText } from '../../core/market/cell-text.ts';
import {
  BAR_COLUMN_FIELDS,
  type BarField,
  type ColumnMapping,
  mapBarColumns,
  missingBarFields,
} from '../../core/market/column-mapping.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { datedOpens } from '../../core/market/dated-opens.ts';
import { noTimes } from '../../core/market/no-times.ts';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { type BarFileLook, lookedAtColumns, ROWS_LOOKED_AT } from '../../ports/bar-files.ts';
import { type FileBytes, type FileLimits, readFileBytes } from './file-bytes.ts';
import {
  type CsvKind,
  type CsvOptions,
  columnsKnown,
  detectLayout,
  firstRows,
  outlineOf,
  refuseMixedSymbols,
  timeTextOf,
  timeUnitOf,
} from './layout.ts';
import { CLOCK, DATE, RowScanner, type ScannedRows, SKIP, TIME } from './scan-rows.ts';

/** How to read a CSV file of bars; everything may be left out for a file that explains itself. */
export interface CsvBarOptions extends CsvOptions<BarField>, FileLimits, BarFileOptions {}

const VALUE_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;
/** Binance's kline archives: open time, o, h, l, c, volume, close time, quote volume, trades, taker base, taker quote, ignore. */
const BINANCE_COLUMNS = 12;
const IN_ORDER: ColumnMapping<BarField> = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 };
const CLOCK_TEXT = /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$/;

function headerlessBars(row: readonly string[]): ColumnMapping<BarField> | null {
  const [first = '', second = ''] = row;
  if (!isTimeText(first)) return null;
  if (CLOCK_TEXT.test(second) && (row.length === 6 || row.length === 7)) {
    const mapping = { date: 0, clock: 1, open: 2, high: 3, low: 4, close: 5 };
    return row.length === 7 ? { ...mapping, volume: 6 } : mapping;
  }
  if (row.length === BINANCE_COLUMNS && isNumeric(row[6]!)) return IN_ORDER;
  if (row.length === 6) return IN_ORDER;
  return row.length === 5 ? { time: 0, open: 1, high: 2, low: 3, close: 4 } : null;
}

const BARS: CsvKind<BarField> = {
  fields: BAR_COLUMN_FIELDS,
  map: mapBarColumns,
  headerless: headerlessBars,
  missing: missingBarFields,
};

/**
 * Reads bars from a CSV file (plain, gzip or zip; told by content). Separator, header, columns, unit and form of times are
 * found by looking; `options` says what cannot be. Rows are returned as they stand (sorted only if asked, exact repeats merged);
 * what the guard thinks of them is in `findings`, errors included: check them before use. A file without volume has volume 0.
 *
 * Throws {@link DataFileError} for what cannot be read at all.
 */
export function readBarFile(path: string, options: CsvBarOptions = {}): BarFile {
  return barsOf(path, readFileBytes(path, options), options);
}

/** Looks at the first lines of a CSV file, without an objection to what its columns are. Throws {@link DataFileError}. */
export function lookAtBarFile(path: string, options: CsvBarOptions = {}): BarFileLook {
  const packed = readFileBytes(path, options);
  const { bytes, fileBytes, compression } = packed;
  const outline = outlineOf(path, bytes, options);
  const { first, hasHeader, firstLine } = outline;
  const { mapping } = columnsKnown(outline, BARS, options);
  const rows = firstRows(bytes, outline, ROWS_LOOKED_AT);
  return {
    ...{ format: 'csv', compression, bytes: fileBytes, firstLine, rows },
    columns: lookedAtColumns(first.length, hasHeader ? first : null, mapping),
    timeUnit: timeUnitOf(mapping, rows[0] ?? [], options.timeUnit),
    read: async () => barsOf(path, packed, options),
  };
}

function barsOf(path: string, { bytes, fileBytes, compression }: FileBytes, options: CsvBarOptions): BarFile {
  const layout = detectLayout(path, bytes, BARS, options);
  const actions = new Int8Array(layout.columnCount).fill(SKIP);
  const { mapping } = layout;
  if (mapping.time !== undefined) actions[mapping.time] = TIME;
  else {
    actions[mapping.date!] = DATE;
    actions[mapping.clock!] = CLOCK;
  }
  // One column may be several fields, as where there are only closes: it is read once.
  const slots = VALUE_FIELDS.map((field, slot) => {
    const index = mapping[field];
    if (index === undefined) return slot;
    if (actions[index] === SKIP) actions[index] = slot;
    return actions[index]!;
  });
  const scan = (asLocal: boolean): ScannedRows =>
    new RowScanner(path, bytes, layout, actions, VALUE_FIELDS.length, timeTextOf(options, asLocal)).scan(false);
  const rows = scan(false);
  if (rows.count === 0) throw noRows(path, layout.firstLine);
  refuseMixedSymbols(path, bytes, layout);
  if (layout.timeUnit === 's' && options.timeUnit === undefined) refuseNoTimes(path, rows);
  const [open = 0, high = 0, low = 0, close = 0, volume = 0] = slots.map((slot) => rows.decimals[slot]!);
  const decimals = { price: Math.max(open, high, low, close), quantity: volume };
  const source = { file: path, format: 'csv' as const, bytes: fileBytes, compression, lineOf: rows.lineOf };
  const openTimeMs = datedOpens(
    rows.timeMs,
    () => (layout.timeUnit === null ? scan(true).timeMs : null),
    options.timeframe,
  );
  return assembleBarFile(
    { ...columnsOf(rows, slots), openTimeMs: openTimeMs ?? rows.timeMs },
    decimals,
    source,
    options,
  );
}

/** Throws {@link DataFileError} where the numbers of the column of times are none. */
function refuseNoTimes(file: string, { timeMs, lineOf }: ScannedRows): void {
  const none = noTimes(timeMs);
  if (none !== null) throw new DataFileError({ code: 'bad-time', file, line: lineOf(0), expected: 'a time', ...none });
}

/** `slots`: where the numbers of each of the {@link VALUE_FIELDS} are. */
function columnsOf(rows: ScannedRows, slots: readonly number[]): BarColumns {
  const [open, high, low, close, volume] = slots.map((slot, k) =>
    slot === k ? rows.numbers[slot]! : rows.numbers[slot]!.slice(),
  );
  return { openTimeMs: rows.timeMs, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

function noRows(file: string, line: number): DataFileError {
  return new DataFileError({
    code: 'file-empty',
    file,
    line,
    found: 'a header and no rows',
    expected: 'at least one bar',
    hint: 'Fetch the file again.',
  });
}
