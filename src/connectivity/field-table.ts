import { ascii, isLiteral } from './json-bytes.ts';

/**
 * What a field holds. `decimal`, `signed`: a quoted number. `integer`: an id. `time`: an instant in ms or µs, kept in ms. `flag`: true or
 * false as 1 or 0. `text`: where its bytes stand. `constant`: exactly this text. `choice`: one of these texts, kept as its place in the
 * list. `levels`: a list of `["price","quantity"]`. `record`: an object with a table of its own. `skip`: not needed.
 */
export type FieldKind =
  | 'skip'
  | 'decimal'
  | 'signed'
  | 'integer'
  | 'time'
  | 'flag'
  | 'text'
  | 'constant'
  | 'choice'
  | 'levels'
  | 'record';

export const KIND_CODES: Readonly<Record<FieldKind, number>> = {
  skip: 0,
  decimal: 1,
  signed: 2,
  integer: 3,
  time: 4,
  flag: 5,
  text: 6,
  constant: 7,
  choice: 8,
  levels: 9,
  record: 10,
};

export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
  /** Where the value goes: a place among the numbers, the texts or the sides of the scanner. */
  readonly slot?: number;
  /** May be absent, a decimal also be an empty text; a number is NaN then. Fields to skip are always optional. */
  readonly optional?: boolean;
  /** Of a constant or a choice. */
  readonly values?: readonly string[];
  /** Of a record. */
  readonly table?: FieldTable;
}

/** New names that are remembered, so that a stream of nonsense does not fill the memory. */
const MOST_LEARNED = 64;
const LONGEST_NAME = 64;

/**
 * The fields of one kind of record, prepared for looking up by byte. A field that it does not know is met once the slow way, reported,
 * and from then on skipped like the fields that are not needed: make one table a connection, not one a process.
 */
export class FieldTable {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
  /**
   * Code of a field by the byte of a name of one letter: kind in bits 0-3, slot in bits 4-8, place in the list from bit 9; -1 where there
   * is no such field. One number, as it is looked up for every field of every frame.
   */
  readonly byLetter = new Int32Array(256).fill(-1);
  readonly longNames: readonly { readonly bytes: Uint8Array; readonly code: number }[];
  readonly values: readonly (readonly Uint8Array[])[];
  readonly tables: readonly (FieldTable | null)[];
  /** Bits of the fields that must be there. */
  readonly required: number;
  /** Numbers that stay NaN where their field is absent. */
  readonly optionalNumbers: readonly number[];
  readonly #learned: { readonly name: string; readonly bytes: Uint8Array }[] = [];

  constructor(name: string, fields: readonly FieldSpec[]) {
    if (fields.length > 31) throw new RangeError(`${name}: ${fields.length} fields; a table holds at most 31`);
    this.name = name;
    this.fields = fields;
    const codes = fields.map((f, i) => KIND_CODES[f.kind] | ((f.slot ?? 0) << 4) | (i << 9));
    this.values = fields.map((f) => (f.values ?? []).map(ascii));
    this.tables = fields.map((f) => f.table ?? null);
    let required = 0;
    fields.forEach((f, i) => {
      if (!f.optional && f.kind !== 'skip') required |= 1 << i;
      if (f.name.length === 1) this.byLetter[f.name.charCodeAt(0)] = codes[i]!;
    });
    this.required = required;
    this.longNames = fields.flatMap((f, i) => (f.name.length > 1 ? [{ bytes: ascii(f.name), code: codes[i]! }] : []));
    const numeric: readonly FieldKind[] = ['decimal', 'signed', 'integer', 'time', 'flag', 'choice'];
    this.optionalNumbers = fields.flatMap((f) => (f.optional && numeric.includes(f.kind) ? [f.slot ?? 0] : []));
  }

  /** Code of the field whose name of several letters stands at [from, to); -1 where there is none. */
  codeAt(bytes: Uint8Array, from: number, to: number): number {
    for (const long of this.longNames)
      if (long.bytes.length === to - from && isLiteral(bytes, from, long.bytes)) return long.code;
    return -1;
  }

  /** Whether the name at [from, to) was learned. */
  hasLearnedAt(bytes: Uint8Array, from: number, to: number): boolean {
    for (const { bytes: name } of this.#learned)
      if (name.length === to - from && isLiteral(bytes, from, name)) return true;
    return false;
  }

  /** Remembers an unknown name; true where it is new and to be reported. */
  learn(name: string): boolean {
    if (name.length > LONGEST_NAME || this.#learned.length >= MOST_LEARNED) return false;
    if (this.#learned.some((l) => l.name === name)) return false;
    this.#learned.push({ name, bytes: new TextEncoder().encode(name) });
    return true;
  }
}
