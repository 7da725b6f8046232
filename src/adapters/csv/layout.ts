import { isCompactDate, isNumeric } from '../../core/market/cell-text.ts';
import {
  applyColumnChoice,
  type ColumnChoice,
  type ColumnMapping,
  headerTwice,
  numberOfTimes,
  parseColumnChoice,
  symbolColumn,
} from '../../core/market/column-mapping.ts';
import { DataFileError, excerpt } from '../../core/market/data-file-error.ts';
import { type DateOrder, TimeText } from '../../core/market/time-text.ts';
import { type TimestampUnit, timestampUnit } from '../../core/market/timestamp-unit.ts';
import { MAX_LINE_BYTES } from './file-bytes.ts';
import { refuseOtherFormats } from './other-formats.ts';
import { splitLine } from './split-line.ts';

/** What a caller may say about a file that does not explain itself. */
export interface CsvOptions<F extends string> {
  /** Columns by header or position, or the text form of {@link parseColumnChoice}; what is not named is found by itself. */
  readonly columns?: ColumnChoice<F> | string;
  /** Whether the first line is a header; default: told by looking whether it holds numbers. */
  readonly header?: boolean;
  readonly separator?: ',' | ';' | '\t' | '|';
  /** Unit of numeric times; default: told by their size. */
  readonly timeUnit?: TimestampUnit;
  /** For dates such as 3/10/2004. */
  readonly dateOrder?: DateOrder;
  /** Zone of times that do not say one, in minutes east of UTC; default 0. */
  readonly utcOffsetMinutes?: number;
}

/** How the rows of one file are laid out. */
export interface CsvLayout<F extends string> {
  readonly separator: number;
  readonly mapping: ColumnMapping<F>;
  readonly headers: readonly string[] | null;
  readonly columnCount: number;
  /** Offset and line number of the first row. */
  readonly start: number;
  readonly firstLine: number;
  /** Unit of numeric times; null where times are text. */
  readonly timeUnit: TimestampUnit | null;
}

/** What differs between bars and trades. */
export interface CsvKind<F extends string> {
  readonly fields: readonly F[];
  readonly map: (headers: readonly string[]) => ColumnMapping<F>;
  /** Columns of a file without a header, told by its first row; null where none is known. */
  readonly headerless: (row: readonly string[]) => ColumnMapping<F> | null;
  readonly missing: (mapping: ColumnMapping<F>) => readonly string[];
}

const SEPARATORS = [',', ';', '\t', '|'] as const;
function lineAt(bytes: Buffer, from: number): { readonly text: string; readonly next: number } | null {
  const end = bytes.indexOf(10, from);
  if (end < 0 || end - from > MAX_LINE_BYTES) return null;
  const last = end > from && bytes[end - 1] === 13 ? end - 1 : end;
  return { text: bytes.toString('utf8', from, last), next: end + 1 };
}

function mostFrequent(line: string): string {
  let best = ',';
  let most = 0;
  for (const separator of SEPARATORS) {
    const count = splitLine(line, separator).length - 1;
    if (count > most) {
      best = separator;
      most = count;
    }
  }
  return best;
}

/** Lines of prose that may stand above the columns, such as the address of who made the file. */
const MOST_PREAMBLE_LINES = 20;

/**
 * Where a table begins below lines that are none of it: of one field, or comments after `#`. Null where the first line may be the
 * table's, or nothing below is.
 */
function belowPreamble(
  bytes: Buffer,
  from: number,
  separator: string | undefined,
): { readonly start: number; readonly lines: number } | null {
  let start = from;
  for (let lines = 0; lines <= MOST_PREAMBLE_LINES; lines++) {
    const line = lineAt(bytes, start);
    if (line === null) return null;
    const count = splitLine(line.text, separator ?? mostFrequent(line.text)).length;
    const isComment = line.text.startsWith('#') && isAboveHeader(bytes, line.next, separator);
    if (count > 2 && !isComment) return lines === 0 ? null : { start, lines };
    if (count === 2 && !line.text.startsWith('#')) return null;
    start = line.next;
  }
  return null;
}

/** Whether what follows a line after `#` begins a table of its own: then the line is a comment, and not the names of the columns. */
function isAboveHeader(bytes: Buffer, from: number, separator: string | undefined): boolean {
  const line = lineAt(bytes, from);
  if (line === null || line.text.startsWith('#')) return line !== null;
  const fields = splitLine(line.text, separator ?? mostFrequent(line.text));
  return fields.length > 2 && fields.filter(isNumeric).length * 2 < fields.length;
}

/** The header that pandas writes for columns of two levels, as yfinance has them: `Price,Close,…`, `Ticker,AAPL,…`, `Date,,…`. */
function headerOfLevels(
  bytes: Buffer,
  first: readonly string[],
  from: number,
  separator: string,
): { readonly first: readonly string[]; readonly start: number } | null {
  const second = lineAt(bytes, from);
  const third = second === null ? null : lineAt(bytes, second.next);
  if (first[0] !== 'Price' || second === null || third === null) return null;
  const [name, ...rest] = splitLine(third.text, separator);
  if (splitLine(second.text, separator)[0] !== 'Ticker' || rest.some((text) => text !== '')) return null;
  return { first: [name!, ...first.slice(1)], start: third.next };
}

/** What the first lines of a file say, before anybody knows what its columns are. */
export interface CsvOutline {
  readonly separator: string;
  /** Fields of the first line. */
  readonly first: readonly string[];
  readonly hasHeader: boolean;
  readonly line: number;
  /** Offset and line number of the first row. */
  readonly start: number;
  readonly firstLine: number;
}

/** Throws {@link DataFileError}: file-empty, header-too-long, format-unsupported. */
export function outlineOf(file: string, bytes: Buffer, options: CsvOptions<string>): CsvOutline {
  refuseOtherFormats(file, bytes);
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let firstLine = 1;
  let line = lineAt(bytes, start);
  while (line !== null && line.text.trim() === '') {
    start = line.next;
    firstLine++;
    line = lineAt(bytes, start);
  }
  const below = belowPreamble(bytes, start, options.separator);
  if (below !== null) {
    start = below.start;
    firstLine += below.lines;
    line = lineAt(bytes, start);
  }
  if (start >= bytes.length) {
    throw new DataFileError({
      code: 'file-empty',
      file,
      found: bytes.length === 0 ? 'an empty file' : 'blank lines only',
      expected: 'a header and rows',
      hint: 'Fetch the file again.',
    });
  }
  if (line === null) {
    throw new DataFileError({
      code: 'header-too-long',
      file,
      line: firstLine,
      found: `${excerpt(bytes.toString('latin1', start, start + 40))} and no line end in ${MAX_LINE_BYTES} bytes`,
      expected: 'lines of text',
      hint: 'Is this a CSV file with one row a line?',
    });
  }
  if (line.text.includes('\r'))
    throw new DataFileError({
      code: 'format-unsupported',
      ...{ file, line: firstLine, found: 'lines that end in CR alone', expected: 'lines that end in LF or CR LF' },
      hint: 'Save it with line ends of today.',
    });
  const separator = options.separator ?? mostFrequent(line.text);
  const first = splitLine(line.text, separator);
  const numeric = first.filter(isNumeric).length;
  const hasHeader = options.header ?? numeric * 2 < first.length;
  const levels = hasHeader ? headerOfLevels(bytes, first, line.next, separator) : null;
  if (levels !== null)
    return {
      ...{ separator, first: levels.first, hasHeader, line: firstLine },
      ...{ start: levels.start, firstLine: firstLine + 3 },
    };
  return {
    ...{ separator, first, hasHeader, line: firstLine },
    start: hasHeader ? line.next : start,
    firstLine: hasHeader ? firstLine + 1 : firstLine,
  };
}

/** The first rows of a file, at most so many. */
export function firstRows(
  bytes: Buffer,
  { start, separator }: CsvOutline,
  most: number,
): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  for (let row = lineAt(bytes, start); row !== null && rows.length < most; row = lineAt(bytes, row.next))
    if (row.text.trim() !== '') rows.push(splitLine(row.text, separator));
  return rows;
}

/**
 * Finds separator, header, columns and the kind of time from the first lines of a file.
 * Throws {@link DataFileError}: file-empty, header-too-long, columns-unknown, columns-wrong, format-unsupported.
 */
export function detectLayout<F extends string>(
  file: string,
  bytes: Buffer,
  kind: CsvKind<F>,
  options: CsvOptions<F>,
): CsvLayout<F> {
  const outline = outlineOf(file, bytes, options);
  const { first, hasHeader, start, firstLine } = outline;
  const mapping = mapColumns(file, outline, kind, options);
  return {
    separator: outline.separator.charCodeAt(0),
    mapping,
    headers: hasHeader ? first : null,
    columnCount: first.length,
    ...{ start, firstLine },
    timeUnit: timeUnitOf(mapping, firstRows(bytes, outline, 1)[0] ?? [], options.timeUnit),
  };
}

/** Columns as far as they are known, by themselves and by the user's choice; what the choice names and the file has not, as text. */
export function columnsKnown<F extends string>(
  { first, hasHeader }: CsvOutline,
  kind: CsvKind<F>,
  { columns }: CsvOptions<F>,
): { readonly mapping: ColumnMapping<F>; readonly absent: string | null; readonly isReadable: boolean } {
  const mapping = hasHeader ? kind.map(first) : (kind.headerless(first) ?? {});
  if (columns === undefined) return { mapping, absent: null, isReadable: true };
  const choice = typeof columns === 'string' ? parseColumnChoice(columns, kind.fields) : columns;
  if (choice === null) return { mapping, absent: null, isReadable: false };
  const applied = applyColumnChoice(mapping, choice, first);
  return typeof applied === 'string'
    ? { mapping, absent: applied, isReadable: true }
    : { mapping: applied, absent: null, isReadable: true };
}

function mapColumns<F extends string>(
  file: string,
  outline: CsvOutline,
  kind: CsvKind<F>,
  options: CsvOptions<F>,
): ColumnMapping<F> {
  const { first, hasHeader, line } = outline;
  const wrong = (found: string, expected: string, hint: string): DataFileError =>
    new DataFileError({ code: 'columns-unknown', file, line, found, expected, hint });
  const listed = excerpt(first.join(' | '), 200);
  const { mapping, absent, isReadable } = columnsKnown(outline, kind, options);
  if (!isReadable)
    throw wrong(
      excerpt(JSON.stringify(options.columns)),
      `columns such as time=Date,open=O`,
      `Fields: ${kind.fields.join(', ')}.`,
    );
  if (absent !== null) {
    const hint = hasHeader ? 'Use one of these headers, or a position from 1.' : 'Use a position from 1.';
    throw wrong(`${first.length} columns: ${listed}`, `a column ${excerpt(absent)}`, hint);
  }
  const missing = kind.missing(mapping);
  const ofTimes = numberOfTimes(mapping);
  if (ofTimes !== null)
    throw wrong(
      `${ofTimes} in the column of the times`,
      'numbers in a column of their own',
      'Name another column for it.',
    );
  const twice = hasHeader && options.columns === undefined ? headerTwice(mapping, first) : null;
  if (twice !== null)
    throw wrong(
      `headers ${listed}`,
      `one column ${excerpt(twice)}`,
      'Say by position from 1 which one counts: --columns close=5.',
    );
  if (missing.length === 0) return mapping;
  const hint = `Name the columns by header or position from 1: ${missing.map((field) => `${field}=…`).join(',')}, as --columns or the option columns.`;
  throw wrong(hasHeader ? `headers ${listed}` : `no header and ${listed}`, `columns for ${missing.join(', ')}`, hint);
}

/** Unit of the times of a row; null where they are text. */
export function timeUnitOf(
  mapping: ColumnMapping<string>,
  fields: readonly string[],
  said: TimestampUnit | undefined,
): TimestampUnit | null {
  if (mapping['time'] === undefined) return null;
  if (said !== undefined) return said;
  const text = fields[mapping['time']] ?? '';
  return isNumeric(text) && !isCompactDate(text) ? timestampUnit(Number(text)) : null;
}

/** Throws {@link DataFileError} mixed-symbols where a column of symbols says that the rows are of several instruments. */
export function refuseMixedSymbols(file: string, bytes: Buffer, layout: CsvLayout<string>): void {
  const column = layout.headers === null ? -1 : symbolColumn(layout.headers);
  if (column < 0) return;
  const separator = String.fromCharCode(layout.separator);
  let symbol: string | undefined;
  let line = layout.firstLine;
  for (let row = lineAt(bytes, layout.start); row !== null; row = lineAt(bytes, row.next), line++) {
    if (row.text.trim() === '') continue;
    const found = splitLine(row.text, separator)[column] ?? '';
    symbol ??= found;
    if (found === symbol) continue;
    throw new DataFileError({
      code: 'mixed-symbols',
      ...{ file, line, column: column + 1, field: layout.headers![column]! },
      found: excerpt(found),
      expected: `one symbol, ${excerpt(symbol)} as in the first row`,
      hint: 'Split the file by symbol, and give each part its own name.',
    });
  }
}

/** Parser for the text times of a file; `asLocal`: of what local clocks say, without the zone beside it. */
export function timeTextOf(options: CsvOptions<string>, asLocal = false): TimeText {
  return new TimeText({
    dateOrder: options.dateOrder ?? null,
    zoneMs: (options.utcOffsetMinutes ?? 0) * 60_000,
    asLocal,
  });
}
