import { isNumeric } from '../../core/market/cell-text.ts';
import { DataFileError, type DataFileErrorCode, excerpt } from '../../core/market/data-file-error.ts';
import { decimalsOf } from '../../core/market/decimals-seen.ts';
import type { TimeText } from '../../core/market/time-text.ts';
import { timestampUnit, toMilliseconds } from '../../core/market/timestamp-unit.ts';
import type { CsvLayout } from './layout.ts';

/** What to do with a column: leave out, a time in one or two columns, a side, or (from 0 up) the number column of that index. */
export const SKIP = -1;
export const TIME = -2;
export const DATE = -3;
export const CLOCK = -4;
export const SIDE = -5;
export const BUYER_IS_MAKER = -6;
/** A number that is a time and so has no column of its own among the numbers. */
const NO_SLOT = -1;

/** The decoded columns. `numbers` in the order of their actions; `decimals` the most significant places seen in each. */
export interface ScannedRows {
  readonly count: number;
  readonly timeMs: Float64Array;
  readonly numbers: readonly Float64Array[];
  readonly side: Int8Array | null;
  readonly decimals: Uint8Array;
  readonly lineOf: (row: number) => number;
}

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const NOT_NUMBERS = new Map([
  ['nan', Number.NaN],
  ['null', Number.NaN],
  ['none', Number.NaN],
  ['n/a', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);
const SIDES = new Map([
  ['buy', 1],
  ['b', 1],
  ['bid', 1],
  ['1', 1],
  ['sell', -1],
  ['s', -1],
  ['ask', -1],
  ['-1', -1],
  ['', 0],
  ['0', 0],
  ['unknown', 0],
]);

/**
 * Decodes rows from bytes in one pass, without a string for any ordinary field. Decimals are correctly rounded: with a mantissa
 * below 2^53 and at most 22 places, mantissa / 10^places is exact in both operands and rounds once; the rest goes through Number().
 * Throws {@link DataFileError} with line and column: bad-number, bad-time, bad-side, mixed-timestamps, columns-wrong.
 */
export class RowScanner {
  readonly #file: string;
  readonly #bytes: Buffer;
  readonly #layout: CsvLayout<string>;
  readonly #actions: Int8Array;
  readonly #times: TimeText;
  readonly #decimals: Uint8Array;
  readonly #shifts: { readonly row: number; readonly lines: number }[] = [];
  #at: number;
  #row = 0;
  #column = 0;
  #blankLines = 0;
  #fieldFrom = 0;
  #fieldTo = 0;

  constructor(
    file: string,
    bytes: Buffer,
    layout: CsvLayout<string>,
    actions: Int8Array,
    numbers: number,
    times: TimeText,
  ) {
    this.#file = file;
    this.#bytes = bytes;
    this.#layout = layout;
    this.#actions = actions;
    this.#times = times;
    this.#decimals = new Uint8Array(numbers);
    this.#at = layout.start;
  }

  /** Decodes all rows. */
  scan(withSide: boolean): ScannedRows {
    const bytes = this.#bytes;
    const end = bytes.length;
    let capacity = this.#estimateRows();
    let timeMs = new Float64Array(capacity);
    let numbers = Array.from(this.#decimals, () => new Float64Array(capacity));
    let side = withSide ? new Int8Array(capacity) : null;
    const values = new Float64Array(this.#decimals.length);
    while (this.#at < end) {
      if (this.#skipBlankLine()) continue;
      if (this.#row === capacity) {
        capacity = Math.ceil(capacity * 1.5) + 16;
        timeMs = grown(timeMs, new Float64Array(capacity));
        numbers = numbers.map((column) => grown(column, new Float64Array(capacity)));
        side = side && grown(side, new Int8Array(capacity));
      }
      const row = this.#row;
      timeMs[row] = this.#scanRow(values, side);
      for (let k = 0; k < values.length; k++) numbers[k]![row] = values[k]!;
      this.#row++;
    }
    const count = this.#row;
    return {
      count,
      timeMs: timeMs.subarray(0, count),
      numbers: numbers.map((column) => column.subarray(0, count)),
      side: side?.subarray(0, count) ?? null,
      decimals: this.#decimals,
      lineOf: this.#lineOf(),
    };
  }

  #estimateRows(): number {
    const bytes = this.#bytes;
    let at = this.#layout.start;
    let lines = 0;
    while (lines < 64 && at < bytes.length) {
      at = bytes.indexOf(10, at) + 1;
      lines++;
    }
    const each = Math.max(1, (at - this.#layout.start) / Math.max(1, lines));
    return Math.ceil(((bytes.length - this.#layout.start) / each) * 1.05) + 16;
  }

  #skipBlankLine(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    if (bytes[at]! > 32) return false;
    while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at++;
    if (bytes[at] !== 10) return false;
    this.#at = at + 1;
    this.#blankLines++;
    this.#shifts.push({ row: this.#row, lines: this.#blankLines });
    return true;
  }

  #scanRow(values: Float64Array, side: Int8Array | null): number {
    const bytes = this.#bytes;
    const actions = this.#actions;
    const separator = this.#layout.separator;
    const columns = actions.length;
    let time = 0;
    for (let column = 0; ; column++) {
      this.#column = column;
      if (column >= columns) this.#failColumns();
      const action = actions[column]!;
      if (action >= 0) values[action] = this.#number(action);
      else if (action === SKIP) this.#findField();
      else if (action === TIME) time = this.#time();
      else if (action === DATE || action === CLOCK) time += this.#half(action);
      else side![this.#row] = this.#side(action);
      const byte = bytes[this.#at]!;
      if (byte === separator) {
        this.#at++;
        continue;
      }
      if (byte === 13) this.#at++;
      if (bytes[this.#at] !== 10) this.#failColumns();
      if (column !== columns - 1) this.#failColumns();
      this.#at++;
      return time;
    }
  }

  /** Number at the cursor; leaves the cursor on the separator or line end behind it. */
  #number(slot: number): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    const negative = bytes[at] === 45;
    if (negative) at++;
    let mantissa = 0;
    let digit = bytes[at]! - 48;
    const whole = at;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digit = bytes[++at]! - 48;
    }
    let digits = at - whole;
    let places = 0;
    if (digit === -2) {
      const point = at;
      digit = bytes[++at]! - 48;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        digit = bytes[++at]! - 48;
      }
      places = at - point - 1;
      digits += places;
    }
    const byte = digit + 48;
    const ended = byte === this.#layout.separator || byte === 10 || byte === 13;
    if (!ended || digits === 0 || mantissa >= 9007199254740992 || places > 22) return this.#slowNumber(slot);
    this.#at = at;
    const value = places === 0 ? mantissa : mantissa / POWERS[places]!;
    if (slot >= 0 && places > this.#decimals[slot]!) {
      if (digits > 15) this.#noteDecimals(slot, value);
      else {
        let last = at - 1;
        while (places > 0 && bytes[last] === 48) {
          last--;
          places--;
        }
        if (places > this.#decimals[slot]!) this.#decimals[slot] = places;
      }
    }
    return negative ? -value : value;
  }

  #slowNumber(slot: number): number {
    const text = this.#fieldText();
    if (isNumeric(text)) {
      const value = Number(text);
      if (slot >= 0) this.#noteDecimals(slot, value);
      return value;
    }
    if (slot === NO_SLOT) return this.#failTime();
    const other = NOT_NUMBERS.get(text.toLowerCase());
    if (other !== undefined) return other;
    const hint = 'Mend or remove the line; a number has a point and no separators of thousands.';
    return this.#fail('bad-number', excerpt(text), 'a decimal number', hint);
  }

  #noteDecimals(slot: number, value: number): void {
    const scale = POWERS[Math.min(this.#decimals[slot]!, 22)]!;
    const near = Math.round(value * scale) / scale;
    if (Math.abs(near - value) <= Math.abs(value) * 2e-15) return;
    const places = decimalsOf(value);
    if (places > this.#decimals[slot]!) this.#decimals[slot] = places;
  }

  #time(): number {
    const unit = this.#layout.timeUnit;
    if (unit === null) return this.#textTime();
    const from = this.#at;
    const byte = this.#bytes[from]!;
    if ((byte < 48 || byte > 57) && byte !== 45 && byte !== 34 && byte !== 32) {
      this.#findField();
      return this.#failTime();
    }
    const value = this.#number(NO_SLOT);
    if (timestampUnit(value) !== unit && value !== 0) {
      const hint = 'One file, one unit: split it, or write all its times in one unit.';
      const found = `${value} (${timestampUnit(value)})`;
      return this.#fail('mixed-timestamps', found, `times in ${unit}, as in the first row`, hint);
    }
    return toMilliseconds(value, unit);
  }

  #textTime(): number {
    this.#findField();
    const value = this.#times.parse(this.#bytes, this.#fieldFrom, this.#fieldTo);
    return Number.isNaN(value) ? this.#failTime() : value;
  }

  #half(action: number): number {
    this.#findField();
    const from = this.#fieldFrom;
    const to = this.#fieldTo;
    const value =
      action === DATE ? this.#times.parse(this.#bytes, from, to) : this.#times.parseClock(this.#bytes, from, to);
    return Number.isNaN(value) ? this.#failTime() : value;
  }

  #failTime(): never {
    const text = this.#bytes.toString('utf8', this.#fieldFrom, this.#fieldTo);
    const numeric = isNumeric(text);
    const wantsNumber = this.#layout.timeUnit !== null;
    if (this.#row > 0 && text !== '' && numeric !== wantsNumber) {
      const expected = wantsNumber
        ? `times in ${this.#layout.timeUnit}, as in the first row`
        : 'dates, as in the first row';
      return this.#fail('mixed-timestamps', excerpt(text), expected, 'Bring all times of the file into one form.');
    }
    const hint = /^\d{1,2}[-./]\d{1,2}[-./]\d{4}/.test(text)
      ? 'Say which comes first, day or month: --date-order dmy or mdy (dateOrder); a clock after it has 24 hours.'
      : 'Accepted: epoch seconds, milliseconds, microseconds; 2024-01-31T13:05:00Z; 2024.01.31 13:05; 20240131 130500.';
    return this.#fail('bad-time', excerpt(text), 'a time', hint);
  }

  #side(action: number): number {
    const text = this.#fieldText().toLowerCase();
    if (action === BUYER_IS_MAKER) {
      if (text === 'true' || text === '1' || text === 't') return -1;
      if (text === 'false' || text === '0' || text === 'f') return 1;
      return this.#fail('bad-side', excerpt(text), 'true or false', 'True where the buyer was the maker.');
    }
    const side = SIDES.get(text);
    return side ?? this.#fail('bad-side', excerpt(text), 'buy or sell', 'The side of the taker.');
  }

  #fieldText(): string {
    this.#findField();
    const text = this.#bytes.toString('utf8', this.#fieldFrom, this.#fieldTo);
    return text.includes('""') ? text.replaceAll('""', '"') : text;
  }

  /** Bounds of the field at the cursor, blanks and quotes left out; the cursor moves behind it. */
  #findField(): void {
    const bytes = this.#bytes;
    const separator = this.#layout.separator;
    let at = this.#at;
    while (bytes[at] === 32) at++;
    if (bytes[at] === 34) {
      const from = ++at;
      while (bytes[at] !== 34 || bytes[at + 1] === 34) {
        if (bytes[at] === 10) this.#failQuote(from);
        at += bytes[at] === 34 ? 2 : 1;
      }
      this.#fieldFrom = from;
      this.#fieldTo = at;
      at++;
      while (bytes[at] === 32) at++;
      this.#at = at;
      return;
    }
    const from = at;
    let byte = bytes[at]!;
    while (byte !== separator && byte !== 10 && byte !== 13) byte = bytes[++at]!;
    this.#at = at;
    while (at > from && bytes[at - 1] === 32) at--;
    this.#fieldFrom = from;
    this.#fieldTo = at;
  }

  #failQuote(from: number): never {
    const found = excerpt(this.#bytes.toString('utf8', from, from + 40));
    return this.#fail('columns-wrong', found, 'a closing quote on the same line', 'Mend or remove the line.');
  }

  #failColumns(): never {
    const end = this.#bytes.indexOf(10, this.#at);
    let from = this.#at;
    while (from > this.#layout.start && this.#bytes[from - 1] !== 10) from--;
    const found = excerpt(this.#bytes.toString('utf8', from, Math.min(end, from + 200)).trim(), 100);
    const hint =
      end === this.#bytes.length - 1
        ? 'The last line may be cut off: fetch the file again.'
        : 'Mend or remove the line.';
    throw this.#error('columns-wrong', found, `${this.#actions.length} columns as in the first line`, hint);
  }

  #fail(code: DataFileErrorCode, found: string, expected: string, hint: string): never {
    throw this.#error(code, found, expected, hint);
  }

  #error(code: DataFileErrorCode, found: string, expected: string, hint: string): DataFileError {
    const column = this.#column;
    return new DataFileError({
      code,
      file: this.#file,
      line: this.#lineOf()(this.#row),
      column: column + 1,
      field: this.#layout.headers?.[column],
      found,
      expected,
      hint,
    });
  }

  #lineOf(): (row: number) => number {
    const first = this.#layout.firstLine;
    const shifts = this.#shifts;
    return (row) => {
      let low = 0;
      let high = shifts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (shifts[middle]!.row <= row) low = middle + 1;
        else high = middle;
      }
      return first + row + (low === 0 ? 0 : shifts[low - 1]!.lines);
    };
  }
}

function grown<T extends Float64Array | Int8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
