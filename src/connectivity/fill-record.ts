import type { FieldSpec, FieldTable } from './field-table.ts';
import type { LevelColumns } from './level-bytes.ts';
import { type RecordScanner, toMs } from './record-scanner.ts';

/** Why a frame cannot be used, or what is new in one that can. */
export interface FrameFault {
  readonly code: 'malformed' | 'out-of-range' | 'schema-drift';
  readonly detail: string;
}

/** A number as venues write it in text. `Number` alone would take "", " 1 ", "0x10" and "Infinity", too. */
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LONGEST_EXCERPT = 40;
/** Elements of a list or object that an excerpt begins with. */
const FEW = 4;
const SCRATCH_BYTES = 4096;
const encoder = new TextEncoder();

/** A value short enough for a message. Looks only a little way into what is nested, as that may be deeper than the stack. */
export function excerptOf(value: unknown): string {
  const text = shallow(value, 0);
  return text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT)}…` : text;
}

function shallow(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_EXCERPT));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value))
    return depth > 1
      ? '[…]'
      : `[${value
          .slice(0, FEW)
          .map((each) => shallow(each, depth + 1))
          .join()}]`;
  const entries = Object.entries(value).slice(0, FEW);
  return depth > 1
    ? '{…}'
    : `{${entries.map(([name, each]) => `${shallow(name, 2)}:${shallow(each, depth + 1)}`).join()}}`;
}

/**
 * The slow way into the same columns: an object from JSON.parse, checked field by field. `faults` takes what is wrong or new; true where
 * the record can be used.
 */
export function fillRecord(scanner: RecordScanner, table: FieldTable, value: unknown, faults: FrameFault[]): boolean {
  scanner.textBytes = new Uint8Array(SCRATCH_BYTES);
  return new Filling(scanner, faults).record(table, value);
}

class Filling {
  readonly #scanner: RecordScanner;
  readonly #faults: FrameFault[];
  #textEnd = 0;

  constructor(scanner: RecordScanner, faults: FrameFault[]) {
    this.#scanner = scanner;
    this.#faults = faults;
  }

  record(table: FieldTable, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#fail('malformed', `${table.name} is ${excerptOf(value)}, expected an object`);
    for (const slot of table.optionalNumbers) this.#scanner.numbers[slot] = Number.NaN;
    const given = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(given))
      if (!table.fields.some((f) => f.name === name) && table.learn(name))
        this.#faults.push({ code: 'schema-drift', detail: `${table.name}: field ${excerptOf(name)} is new` });
    return table.fields.every((field) => {
      if (field.kind === 'skip') return true;
      if (Object.hasOwn(given, field.name)) return this.#field(table, field, given[field.name]);
      return field.optional || this.#fail('malformed', `${table.name}: field ${field.name} is missing`);
    });
  }

  #field(table: FieldTable, field: FieldSpec, value: unknown): boolean {
    const { numbers, sides } = this.#scanner;
    const slot = field.slot ?? 0;
    if (field.optional && value === '' && (field.kind === 'decimal' || field.kind === 'signed')) return true;
    switch (field.kind) {
      case 'decimal':
      case 'signed': {
        const number = decimalOf(value);
        if (number === null || (field.kind === 'decimal' && (number < 0 || Object.is(number, -0))))
          return this.#wrong(table, field, value, field.kind === 'signed' ? 'a decimal text' : 'a decimal text from 0');
        numbers[slot] = number;
        return true;
      }
      case 'integer':
      case 'time':
        if (!Number.isSafeInteger(value) || (value as number) < 0 || Object.is(value, -0))
          return this.#wrong(table, field, value, 'a whole number from 0 to 2^53 - 1');
        numbers[slot] = field.kind === 'time' ? toMs(value as number) : (value as number);
        return true;
      case 'flag':
        if (typeof value !== 'boolean') return this.#wrong(table, field, value, 'true or false');
        numbers[slot] = value ? 1 : 0;
        return true;
      case 'text':
        return typeof value === 'string' ? this.#text(slot, value) : this.#wrong(table, field, value, 'a text');
      case 'constant':
        return field.values?.[0] === value || this.#wrong(table, field, value, excerptOf(field.values?.[0]));
      case 'choice':
        return this.#choice(table, field, value);
      case 'levels':
        return this.#levels(table, field, sides[slot === 0 ? 0 : 1], value);
      default:
        return field.table === undefined || this.record(field.table, value);
    }
  }

  /** A value that the venue did not have before is told once and kept as -1. */
  #choice(table: FieldTable, field: FieldSpec, value: unknown): boolean {
    if (typeof value !== 'string') return this.#wrong(table, field, value, 'a text');
    const at = field.values?.indexOf(value) ?? -1;
    this.#scanner.numbers[field.slot ?? 0] = at;
    if (at < 0 && table.learn(`${field.name}=`))
      this.#faults.push({ code: 'schema-drift', detail: `${table.name}: field ${field.name} has ${excerptOf(value)}` });
    return true;
  }

  #levels(table: FieldTable, field: FieldSpec, side: LevelColumns, value: unknown): boolean {
    side.count = 0;
    if (!Array.isArray(value)) return this.#wrong(table, field, value, 'a list of levels');
    for (const level of value as readonly unknown[]) {
      const price = Array.isArray(level) ? decimalOf(level[0]) : null;
      const quantity = Array.isArray(level) ? decimalOf(level[1]) : null;
      if (price === null || quantity === null || !(price > 0) || quantity < 0)
        return this.#wrong(table, field, level, '["price above 0","quantity from 0"]');
      if (side.count === side.price.length) side.grow();
      side.price[side.count] = price;
      side.quantity[side.count++] = quantity;
    }
    return true;
  }

  #text(slot: number, value: string): boolean {
    const { textBytes, textFrom, textTo } = this.#scanner;
    const { written } = encoder.encodeInto(value, textBytes.subarray(this.#textEnd));
    textFrom[slot] = this.#textEnd;
    this.#textEnd += written;
    textTo[slot] = this.#textEnd;
    return true;
  }

  #wrong(table: FieldTable, field: FieldSpec, value: unknown, expected: string): boolean {
    return this.#fail(
      'out-of-range',
      `${table.name}: field ${field.name} is ${excerptOf(value)}, expected ${expected}`,
    );
  }

  #fail(code: FrameFault['code'], detail: string): false {
    this.#faults.push({ code, detail });
    return false;
  }
}

/** The number in a decimal text; null where there is none or it is too large for a double. */
export function decimalOf(value: unknown): number | null {
  if (typeof value !== 'string' || !DECIMAL.test(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
