import type { FieldTable } from './field-table.ts';
import {
  isLiteral,
  ODD,
  readDecimal,
  readFlag,
  readInteger,
  readSignedDecimal,
  skipScalar,
  skipText,
} from './json-bytes.ts';
import { LevelColumns, readLevels } from './level-bytes.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;

/** An instant beyond this, in ms, lies in the year 5138: it is told in µs. */
const MICROSECONDS_FROM = 1e14;
/** Most numbers and texts of a record. */
const SLOTS = 32;

/** Milliseconds of an instant in ms or µs. */
export function toMs(time: number): number {
  return time >= MICROSECONDS_FROM ? time / 1000 : time;
}

/**
 * Reads records of a table from bytes into columns that are used again for every frame. {@link scan} takes compact JSON in plain form and
 * answers ODD for everything else, correct or not: `fillRecord` then says which.
 */
export class RecordScanner {
  readonly numbers = new Float64Array(SLOTS);
  /** Where texts stand in {@link textBytes}. */
  readonly textFrom = new Int32Array(SLOTS);
  readonly textTo = new Int32Array(SLOTS);
  textBytes: Uint8Array = new Uint8Array(0);
  readonly sides: readonly [LevelColumns, LevelColumns] = [new LevelColumns(), new LevelColumns()];

  /** Reads the object that begins at `at`; answers the position behind it, or ODD. */
  scan(table: FieldTable, bytes: Uint8Array, at: number): number {
    return bytes[at] === OPEN ? this.scanRest(table, bytes, at + 1, 0) : ODD;
  }

  /** Reads an object from the name at `at` on, where the fields of the bits of `before` were read already. */
  scanRest(table: FieldTable, bytes: Uint8Array, at: number, before: number): number {
    const { numbers } = this;
    const { byLetter, optionalNumbers } = table;
    this.textBytes = bytes;
    for (let k = 0; k < optionalNumbers.length; k++) numbers[optionalNumbers[k]!] = Number.NaN;
    let seen = before;
    let i = at;
    for (;;) {
      if (bytes[i] !== QUOTE) return ODD;
      let code: number;
      if (bytes[i + 2] === QUOTE) {
        code = byLetter[bytes[i + 1]!]!;
        if (code < 0 && !table.hasLearnedAt(bytes, i + 1, i + 2)) return ODD;
        i += 3;
      } else {
        const end = skipText(bytes, i);
        if (end === ODD) return ODD;
        code = table.codeAt(bytes, i + 1, end - 1);
        if (code < 0 && !table.hasLearnedAt(bytes, i + 1, end - 1)) return ODD;
        i = end;
      }
      if (bytes[i++] !== COLON) return ODD;
      if (code < 0) i = skipScalar(bytes, i);
      else {
        const field = code >> 9;
        const bit = 1 << field;
        // JSON.parse keeps the last of two fields of one name.
        if ((seen & bit) !== 0) return ODD;
        seen |= bit;
        const slot = (code >> 4) & 31;
        // Kinds by number, as KIND_CODES has them: only literals make a table of jumps.
        switch (code & 15) {
          case 0: // skip
            i = skipScalar(bytes, i);
            break;
          case 1: // decimal
            i = readDecimal(bytes, i, numbers, slot);
            break;
          case 2: // signed
            i = readSignedDecimal(bytes, i, numbers, slot);
            break;
          case 3: // integer
          case 4: // time
            i = readInteger(bytes, i, numbers, slot);
            if ((code & 15) === 4 && numbers[slot]! >= MICROSECONDS_FROM) numbers[slot]! /= 1000;
            break;
          case 5: // flag
            i = readFlag(bytes, i, numbers, slot);
            break;
          case 6: // text
            this.textFrom[slot] = i + 1;
            i = skipText(bytes, i);
            this.textTo[slot] = i - 1;
            break;
          case 7: // constant
            i = skipChoice(table.values[field]!, bytes, i, null, 0);
            break;
          case 8: // choice
            i = skipChoice(table.values[field]!, bytes, i, numbers, slot);
            break;
          case 9: // levels
            i = readLevels(bytes, i, this.sides[slot === 0 ? 0 : 1]);
            break;
          default:
            i = this.scan(table.tables[field]!, bytes, i);
        }
      }
      if (i === ODD) return ODD;
      const next = bytes[i++];
      if (next === COMMA) continue;
      return next === CLOSE && (seen & table.required) === table.required ? i : ODD;
    }
  }
}

/** One of these texts, its place in the list into `out[slot]`. */
function skipChoice(
  values: readonly Uint8Array[],
  bytes: Uint8Array,
  at: number,
  out: Float64Array | null,
  slot: number,
): number {
  if (bytes[at] !== QUOTE) return ODD;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    const end = at + 1 + value.length;
    if (bytes[end] !== QUOTE || !isLiteral(bytes, at + 1, value)) continue;
    if (out !== null) out[slot] = k;
    return end + 1;
  }
  return ODD;
}
