import type { DecodedArray, FileMetaData, SchemaElement } from 'hyparquet';
import { isCompactDate, isNumeric } from '../../core/market/cell-text.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { noTimes } from '../../core/market/no-times.ts';
import { type DateOrder, TimeText } from '../../core/market/time-text.ts';
import { type TimestampUnit, timestampUnit, toMilliseconds } from '../../core/market/timestamp-unit.ts';
import { cellFailure } from './cell-failure.ts';

/** Times that say their unit themselves are milliseconds by now, whenever they were. */
const OF_INSTANTS: ReadonlySet<string> = new Set(['DATE', 'TIMESTAMP', 'TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS']);
const OF_CLOCKS: ReadonlySet<string> = new Set(['TIME', 'TIME_MILLIS', 'TIME_MICROS']);

export interface TimeOptions {
  /** Unit of bare numbers; default: told by their size. */
  readonly timeUnit?: TimestampUnit | undefined;
  readonly dateOrder?: DateOrder | undefined;
}

/**
 * Reads the column of the times: instants, bare numbers as epochs or as `20240131`, and every text that a CSV file may have.
 * Throws {@link DataFileError} `bad-time`, `mixed-timestamps`.
 */
export class TimeReader {
  readonly #file: string;
  readonly #name: string;
  readonly #isInstant: boolean;
  readonly #isUnitSaid: boolean;
  readonly #texts: TimeText;
  #unit: TimestampUnit | null;
  /** Whether bare numbers are dates: the first of them says. */
  #isCompact: boolean | null = null;

  constructor(file: string, metadata: FileMetaData, name: string, { timeUnit, dateOrder }: TimeOptions) {
    const kinds = kindsOf(metadata.schema.find((element) => element.name === name));
    if (kinds.some((kind) => OF_CLOCKS.has(kind)))
      throw new DataFileError({
        code: 'bad-time',
        ...{ file, field: name, found: 'times of day without a date', expected: 'times' },
        hint: 'Write date and clock as one column of timestamps.',
      });
    this.#file = file;
    this.#name = name;
    this.#isInstant = kinds.some((kind) => OF_INSTANTS.has(kind));
    this.#isUnitSaid = timeUnit !== undefined;
    this.#unit = timeUnit ?? null;
    this.#texts = new TimeText({ dateOrder: dateOrder ?? null, zoneMs: 0 });
  }

  /** Reads a chunk into the rows from `from` on. */
  read(data: DecodedArray, out: Float64Array, from: number): void {
    for (let i = 0; i < data.length; i++) out[from + i] = this.#time(data[i], from + i);
  }

  /** Throws where all the numbers that were read are something else than times. */
  refuseNoTimes(timesMs: Float64Array): void {
    const none = this.#unit === 's' && !this.#isUnitSaid ? noTimes(timesMs) : null;
    if (none === null) return;
    throw new DataFileError({ code: 'bad-time', file: this.#file, field: this.#name, expected: 'a time', ...none });
  }

  #time(value: unknown, row: number): number {
    if (typeof value === 'string') return this.#text(value.trim(), row);
    if (typeof value !== 'number' && typeof value !== 'bigint') return this.#fail(value, row);
    if (this.#isInstant) return Number(value);
    this.#isCompact ??= !this.#isUnitSaid && isCompactDate(String(value));
    return this.#isCompact ? this.#text(String(value), row) : this.#epoch(Number(value), row);
  }

  #text(text: string, row: number): number {
    if (isNumeric(text) && !isCompactDate(text)) return this.#epoch(Number(text), row);
    const bytes = Buffer.from(text);
    const timeMs = this.#texts.parse(bytes, 0, bytes.length);
    return Number.isNaN(timeMs) ? this.#fail(text, row) : timeMs;
  }

  #epoch(number: number, row: number): number {
    this.#unit ??= timestampUnit(number);
    if (timestampUnit(number) === this.#unit || number === 0 || this.#isUnitSaid)
      return toMilliseconds(number, this.#unit);
    const hint = 'One file, one unit: split it, or write all its times in one unit.';
    throw cellFailure('mixed-timestamps', this.#file, row, this.#name, number, `times in ${this.#unit}`, hint);
  }

  #fail(value: unknown, row: number): never {
    const hint =
      typeof value === 'string' && /^\d{1,2}[-./]\d{1,2}[-./]\d{4}/.test(value)
        ? 'Say which comes first, day or month: --date-order dmy or mdy.'
        : 'Accepted: timestamps, dates, epochs, and text such as 2024-01-31T13:05:00Z.';
    throw cellFailure('bad-time', this.#file, row, this.#name, value, 'a time', hint);
  }
}

function kindsOf(element: SchemaElement | undefined): readonly string[] {
  // What was written as INT96 is an instant and nothing else.
  if (element?.type === 'INT96') return ['TIMESTAMP'];
  return [element?.converted_type ?? '', element?.logical_type?.type ?? ''];
}
