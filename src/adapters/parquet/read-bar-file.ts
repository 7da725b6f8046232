import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { AsyncBuffer, Compressors, DecodedArray, FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet';
import { assembleBarFile, type BarFile, type BarFileOptions } from '../../core/market/bar-file.ts';
import { isCompactDate, isNumeric } from '../../core/market/cell-text.ts';
import {
  applyColumnChoice,
  BAR_COLUMN_FIELDS,
  type BarField,
  type ColumnChoice,
  type ColumnMapping,
  headerTwice,
  mapBarColumns,
  missingBarFields,
  numberOfTimes,
  parseColumnChoice,
  symbolColumn,
} from '../../core/market/column-mapping.ts';
import { DataFileError, type DataFileErrorCode, excerpt } from '../../core/market/data-file-error.ts';
import { datedOpens } from '../../core/market/dated-opens.ts';
import { columnDecimals, decimalOfFloat32 } from '../../core/market/decimals-seen.ts';
import type { DateOrder } from '../../core/market/time-text.ts';
import { type TimestampUnit, timestampUnit } from '../../core/market/timestamp-unit.ts';
import { allocateBars } from '../../core/vocabulary/market-data.ts';
import { type BarFileLook, lookedAtColumns, ROWS_LOOKED_AT } from '../../ports/bar-files.ts';
import { cellFailure } from './cell-failure.ts';
import { firstLevels, refuseSeveralSymbols } from './column-levels.ts';
import { TimeReader } from './read-times.ts';
import { localTimes, zoneOf } from './zone.ts';

/** How to read a Parquet file of bars. */
export interface ParquetBarOptions extends BarFileOptions {
  /** Columns by name or position from 1, or their text form; what is not named is found by itself. */
  readonly columns?: ColumnChoice<BarField> | string;
  /** Unit of times stored as bare numbers; default: told by their size. Timestamp columns say it themselves. */
  readonly timeUnit?: TimestampUnit;
  /** For dates such as 3/10/2004 in text. */
  readonly dateOrder?: DateOrder;
  /** Most bytes of the file; default 2 GiB. */
  readonly maxBytes?: number;
  /** Where the file lies, where that is not what it is called. */
  readonly at?: string;
}

/** What Node itself unpacks; Snappy and no compression are the library's own. LZ4 and LZO are left. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};
const READABLE = new Set(['UNCOMPRESSED', 'SNAPPY', ...Object.keys(COMPRESSORS)]);

/** Times as milliseconds instead of Date objects, which would drop the microseconds. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis: bigint) => Number(millis),
  timestampFromMicroseconds: (micros: bigint) => Number(micros) / 1_000,
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos / 1_000n) / 1_000,
  dateFromDays: (days: number) => days * 86_400_000,
};

function failure(code: DataFileErrorCode, file: string, found: string, expected: string, hint: string): DataFileError {
  return new DataFileError({ code, file, found, expected, hint });
}

/**
 * Reads bars from a Parquet file: timestamp, date, integer, floating or text times; integer, floating or decimal prices.
 * Columns are found by name as in CSV files. As there, rows come back as they stand, with what the guard thinks of them.
 * Asynchronous because the library is. Throws {@link DataFileError}.
 */
export async function readBarFile(path: string, options: ParquetBarOptions = {}): Promise<BarFile> {
  return barsOf(path, await openFile(path, options), options);
}

/** Looks at the columns and first rows of a Parquet file, without an objection to what they are. Throws {@link DataFileError}. */
export async function lookAtBarFile(path: string, options: ParquetBarOptions = {}): Promise<BarFileLook> {
  const opened = await openFile(path, options);
  const { file, metadata } = opened;
  const names = topLevelColumns(metadata);
  const { mapping } = columnsKnown(names, options);
  const { parquetReadObjects } = await import('hyparquet');
  let rows: readonly Readonly<Record<string, unknown>>[] = [];
  try {
    const rowEnd = Math.min(ROWS_LOOKED_AT, Number(metadata.num_rows));
    const format = { parsers: PARSERS, compressors: COMPRESSORS };
    rows = await parquetReadObjects({ file, metadata, columns: [...names], rowStart: 0, rowEnd, ...format });
  } catch {
    // Reading it whole says why.
  }
  const time = mapping.time === undefined ? undefined : rows[0]?.[names[mapping.time]!];
  const isNumber = typeof time === 'number' || typeof time === 'bigint';
  return {
    ...{ format: 'parquet', compression: codecsOf(metadata), bytes: file.byteLength, firstLine: null },
    columns: lookedAtColumns(names.length, names, mapping),
    rows: rows.map((row) => names.map((name) => cellText(row[name]))),
    timeUnit: isNumber && !isCompactDate(String(time)) ? (options.timeUnit ?? timestampUnit(Number(time))) : null,
    read: () => barsOf(path, opened, options),
  };
}

interface OpenedFile {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
}

async function openFile(path: string, options: ParquetBarOptions): Promise<OpenedFile> {
  const file = readWhole(path, options.at ?? path, options.maxBytes ?? 2 ** 31);
  const { parquetMetadata } = await import('hyparquet');
  try {
    return { file, metadata: parquetMetadata(file.slice(0) as ArrayBuffer, { parsers: PARSERS }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw failure('file-damaged', path, message, 'a whole Parquet file', 'Fetch the file again.');
  }
}

async function barsOf(path: string, { file, metadata }: OpenedFile, options: ParquetBarOptions): Promise<BarFile> {
  const { parquetRead } = await import('hyparquet');
  const names = topLevelColumns(metadata);
  const mapping = mapColumns(path, names, options);
  const symbols = names[symbolColumn(names)];
  const wanted = [
    ...new Set(Object.values(mapping).map((index) => names[index]!)),
    ...(symbols === undefined ? [] : [symbols]),
  ];
  refuseCodecs(path, metadata, wanted);
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw failure('file-empty', path, 'no rows', 'at least one bar', 'Fetch the file again.');
  const chunks: { readonly name: string; readonly from: number; readonly data: DecodedArray }[] = [];
  try {
    await parquetRead({
      file,
      metadata,
      columns: wanted,
      parsers: PARSERS,
      compressors: COMPRESSORS,
      onChunk: ({ columnName, columnData, rowStart }) =>
        chunks.push({ name: columnName, from: rowStart, data: columnData }),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw failure('file-damaged', path, message, 'readable column chunks', 'Fetch or write the file again.');
  }
  const bars = allocateBars(rows);
  const times = mapping.time === undefined ? null : new TimeReader(path, metadata, names[mapping.time]!, options);
  const seen = new Set(
    chunks.flatMap(({ name, data }) => (name === symbols ? [...new Set(Array.from(data, cellText))] : [])),
  );
  if (seen.size > 1)
    throw failure(
      'mixed-symbols',
      path,
      `${[...seen]
        .slice(0, 3)
        .map((each) => excerpt(each))
        .join(', ')} in the column ${symbols}`,
      'bars of one symbol',
      'Split the file by symbol, and give each part its own name.',
    );
  for (const { name, from, data } of chunks) {
    for (const [field, index] of Object.entries(mapping) as [BarField, number][]) {
      if (names[index] !== name) continue;
      if (field === 'time') times!.read(data, bars.openTimeMs, from);
      else fillNumbers(bars[field as 'open'], from, data, name, path);
    }
  }
  times?.refuseNoTimes(bars.openTimeMs);
  for (const [field, index] of Object.entries(mapping) as [BarField, number][]) {
    const element = metadata.schema.find(({ name }) => name === names[index]);
    if (field !== 'time' && element !== undefined) readAsTyped(bars[field as 'open'], element);
  }
  const zone = mapping.time === undefined ? null : zoneOf(metadata, names[mapping.time]!);
  const openTimeMs =
    datedOpens(bars.openTimeMs, () => (zone === null ? null : localTimes(bars.openTimeMs, zone)), options.timeframe) ??
    bars.openTimeMs;
  const price = Math.max(...[bars.open, bars.high, bars.low, bars.close].map((column) => columnDecimals(column)));
  const source = {
    file: path,
    format: 'parquet' as const,
    bytes: file.byteLength,
    compression: codecsOf(metadata),
    lineOf: null,
  };
  return assembleBarFile({ ...bars, openTimeMs }, { price, quantity: columnDecimals(bars.volume) }, source, options);
}

/** A cell as it is shown; groups as JSON. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object'
    ? JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))
    : String(value as number | bigint | string | boolean);
}

function codecsOf({ row_groups }: FileMetaData): string | null {
  const codecs = new Set(row_groups.flatMap((g) => g.columns.map((c) => c.meta_data?.codec ?? '')));
  const compression = [...codecs].filter((codec) => codec !== '' && codec !== 'UNCOMPRESSED').join(', ');
  return compression === '' ? null : compression.toLowerCase();
}

function readWhole(path: string, at: string, maxBytes: number): AsyncBuffer {
  let fd: number;
  try {
    fd = openSync(at, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'file-not-found' : 'file-unreadable';
    throw failure(kind, path, code, 'a Parquet file', 'Check the path and its permissions.');
  }
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw failure('file-unreadable', path, 'a folder', 'a file', 'Name the file inside it.');
    if (stat.size > maxBytes) {
      throw failure('file-too-large', path, `${stat.size} bytes`, `at most ${maxBytes} bytes`, 'Split the file.');
    }
    const buffer = new ArrayBuffer(stat.size);
    let have = 0;
    while (have < stat.size) {
      const count = readSync(fd, new Uint8Array(buffer, have), 0, stat.size - have, have);
      if (count === 0) break;
      have += count;
    }
    if (stat.size === 0) throw failure('file-empty', path, 'an empty file', 'a Parquet file', 'Fetch the file again.');
    return {
      byteLength: stat.size,
      slice: (from, to) => (from === 0 && to === undefined ? buffer : buffer.slice(from, to)),
    };
  } finally {
    closeSync(fd);
  }
}

/** Names of the columns that are no groups, in file order. */
function topLevelColumns(metadata: FileMetaData): readonly string[] {
  const paths = metadata.row_groups[0]?.columns.map((column) => column.meta_data?.path_in_schema ?? []) ?? [];
  if (paths.length > 0) return paths.filter((path) => path.length === 1).map((path) => path[0]!);
  return metadata.schema.slice(1).map((element) => element.name);
}

/** Columns as far as they are known; what the user's choice names and the file has not, as text. */
function columnsKnown(
  names: readonly string[],
  { columns }: ParquetBarOptions,
): { readonly mapping: ColumnMapping<BarField>; readonly absent: string | null; readonly isReadable: boolean } {
  const mapping = mapBarColumns(firstLevels(names));
  if (columns === undefined) return { mapping, absent: null, isReadable: true };
  const choice = typeof columns === 'string' ? parseColumnChoice(columns, BAR_COLUMN_FIELDS) : columns;
  if (choice === null) return { mapping, absent: null, isReadable: false };
  const applied = applyColumnChoice(mapping, choice, names);
  return typeof applied === 'string'
    ? { mapping, absent: applied, isReadable: true }
    : { mapping: applied, absent: null, isReadable: true };
}

function mapColumns(file: string, names: readonly string[], options: ParquetBarOptions): ColumnMapping<BarField> {
  const { mapping, absent, isReadable } = columnsKnown(names, options);
  const listed = `columns ${excerpt(names.join(' | '), 200)}`;
  const fields = `Fields: ${BAR_COLUMN_FIELDS.join(', ')}.`;
  if (!isReadable)
    throw failure(
      'columns-unknown',
      file,
      excerpt(JSON.stringify(options.columns)),
      'columns such as time=date',
      fields,
    );
  if (absent !== null)
    throw failure('columns-unknown', file, listed, `a column ${excerpt(absent)}`, 'Use one of these names.');
  if (mapping.time === undefined && mapping.date !== undefined)
    throw failure(
      'columns-unknown',
      file,
      listed,
      'one column of times',
      'Write date and clock as one column of timestamps.',
    );
  const twice = headerTwice(mapping, names);
  if (twice !== null)
    throw failure(
      'columns-unknown',
      file,
      listed,
      `one column ${excerpt(twice)}`,
      'Write the file again with one of this name.',
    );
  const ofTimes = numberOfTimes(mapping);
  if (ofTimes !== null)
    throw failure(
      'columns-unknown',
      file,
      `${ofTimes} in the column of the times`,
      'numbers in a column of their own',
      'Name another column for it.',
    );
  const missing = missingBarFields(mapping);
  if (missing.length === 0) {
    if (options.columns === undefined) refuseSeveralSymbols(file, names);
    return mapping;
  }
  const hint = `Name the columns, for example columns: '${missing.map((field) => `${field}=…`).join(',')}'.`;
  throw failure('columns-unknown', file, listed, `columns for ${missing.join(', ')}`, hint);
}

function refuseCodecs(file: string, metadata: FileMetaData, wanted: readonly string[]): void {
  for (const group of metadata.row_groups) {
    for (const { meta_data: column } of group.columns) {
      if (column === undefined || !wanted.includes(column.path_in_schema[0]!) || READABLE.has(column.codec)) continue;
      const readable = [...READABLE].join(', ');
      const hint = 'Write the file again with one of these, for example compression="zstd".';
      throw failure('format-unsupported', file, `${column.codec} compression`, readable, hint);
    }
  }
}

function fillNumbers(out: Float64Array, from: number, data: DecodedArray, name: string, file: string): void {
  for (let i = 0; i < data.length; i++) {
    const value: unknown = data[i];
    if (typeof value === 'number') out[from + i] = value;
    else if (typeof value === 'bigint') out[from + i] = Number(value);
    else if (value === null || value === undefined) out[from + i] = Number.NaN;
    else if (typeof value === 'string' && isNumeric(value.trim())) out[from + i] = Number(value);
    else {
      const hint = 'Write the column as numbers; in text a number has a point and no separators of thousands.';
      throw cellFailure('bad-number', file, from + i, name, value, 'a number', hint);
    }
  }
}

/** What the type of a column says of its numbers. */
function readAsTyped(column: Float64Array, { type, converted_type, scale = 0 }: SchemaElement): void {
  if (type === 'FLOAT') for (let i = 0; i < column.length; i++) column[i] = decimalOfFloat32(column[i]!);
  if (converted_type !== 'DECIMAL' || scale <= 0 || scale > 22) return;
  // The library multiplies by 0.01, which is none of the decimals: 100.10 became 100.10000000000001.
  const power = Number(`1e${scale}`);
  for (let i = 0; i < column.length; i++) {
    const units = Math.round(column[i]! * power);
    if (Number.isSafeInteger(units)) column[i] = units / power;
  }
}
