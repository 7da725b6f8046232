import { ODD, POWER, readDecimal, TWO_53 } from './json-bytes.ts';

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const INT_DIGITS = 9;
const LEVELS_AT_FIRST = 64;

/** Levels of one side, as they stood in the frame. */
export class LevelColumns {
  price = new Float64Array(LEVELS_AT_FIRST);
  quantity = new Float64Array(LEVELS_AT_FIRST);
  count = 0;

  /** Doubles the room. A frame's size is limited, and with it this. */
  grow(): void {
    const { price, quantity } = this;
    this.price = new Float64Array(price.length * 2);
    this.price.set(price);
    this.quantity = new Float64Array(quantity.length * 2);
    this.quantity.set(quantity);
  }
}

/**
 * A list of `["price","quantity"]` into columns; a price of zero is {@link ODD}, as is every other form. Digits are read here once more,
 * as `readDecimal` reads them, since books are most of what comes and calling it for each number costs a quarter of the time.
 */
export function readLevels(bytes: Uint8Array, at: number, side: LevelColumns): number {
  if (bytes[at] !== OPEN_LIST) return ODD;
  side.count = 0;
  if (bytes[at + 1] === CLOSE_LIST) return at + 2;
  let i = at + 1;
  let n = 0;
  for (;;) {
    if (n === side.price.length) side.grow();
    if (bytes[i] !== OPEN_LIST) return ODD;
    for (let k = 0; k < 2; k++) {
      const out = k === 0 ? side.price : side.quantity;
      const quote = i + 1;
      if (bytes[quote] !== QUOTE) return ODD;
      let whole = 0;
      let fraction = 0;
      let power = 1;
      i = quote + 1;
      let digit = bytes[i]! - ZERO;
      while (digit >>> 0 <= 9) {
        whole = (whole * 10 + digit) | 0;
        digit = bytes[++i]! - ZERO;
      }
      const point = i;
      if (digit === POINT - ZERO) {
        digit = bytes[++i]! - ZERO;
        while (digit >>> 0 <= 9) {
          fraction = (fraction * 10 + digit) | 0;
          digit = bytes[++i]! - ZERO;
        }
        power = POWER[i - point - 1]!;
      }
      const mantissa = whole * power + fraction;
      const isShort = point - quote <= INT_DIGITS + 1 && i - point <= INT_DIGITS + 1 && mantissa < TWO_53;
      if (isShort && digit === QUOTE - ZERO && point > quote + 1 && (power === 1) === (i === point)) {
        out[n] = mantissa / power;
        i++;
      } else {
        i = readDecimal(bytes, quote, out, n);
        if (i === ODD) return ODD;
      }
      if (bytes[i] !== (k === 0 ? COMMA : CLOSE_LIST)) return ODD;
    }
    if (side.price[n++] === 0) return ODD;
    const next = bytes[i + 1];
    i += 2;
    if (next === COMMA) continue;
    side.count = n;
    return next === CLOSE_LIST ? i : ODD;
  }
}
