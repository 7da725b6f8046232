/**
 * Scalars of JSON read straight from bytes, for frames that come by the thousand: no text, no objects, nothing allocated. Every function
 * takes the position at which a value begins and answers the position behind it, or {@link ODD} for anything but the plain form that
 * venues write (white space, escapes, exponents, signs of the wrong kind): the caller then parses the whole frame the slow way. So a
 * plain form is accepted exactly where JSON.parse accepts it, and its number is the one that `Number` makes of the same text.
 *
 * The bytes must end in something that is neither a digit nor a quote, as every object does: that ends the loops over digits.
 *
 * Numbers go into a Float64Array, as a fractional number that a function returns may be put on the heap.
 */

/** Not in plain form. */
export const ODD = -1;

const QUOTE = 34;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const BACKSLASH = 92;
const SPACE = 32;

/** Powers of ten up to 22 are exact doubles: a mantissa below 2^53 divided by one of them is the double nearest to the decimal text. */
export const POWER = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
export const TWO_53 = 9_007_199_254_740_992;
/** This many digits fit a signed 32-bit integer, in which arithmetic is fastest. */
const INT_DIGITS = 9;

/**
 * A quoted decimal without sign (`"61837.63000000"`) into `out[slot]`. Leading zeros are allowed, as `Number` allows them in text.
 */
export function readDecimal(bytes: Uint8Array, at: number, out: Float64Array, slot: number): number {
  if (bytes[at] !== QUOTE) return ODD;
  let i = at + 1;
  let whole = 0;
  let fraction = 0;
  let power = 1;
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
  // More than nine digits have overflowed their 32 bits.
  const isPlain = point - at <= INT_DIGITS + 1 && i - point <= INT_DIGITS + 1 && mantissa < TWO_53;
  if (!isPlain || digit !== QUOTE - ZERO || point === at + 1 || (power === 1) !== (i === point))
    return readLongDecimal(bytes, at, out, slot);
  out[slot] = mantissa / power;
  return i + 1;
}

/** Any plain decimal: for more digits than fit 32 bits, or than a double holds without the zeros at their end. */
function readLongDecimal(bytes: Uint8Array, at: number, out: Float64Array, slot: number): number {
  let i = at + 1;
  while (isDigit(bytes[i])) i++;
  const point = i;
  let end = i;
  if (bytes[i] === POINT) {
    i++;
    while (isDigit(bytes[i])) i++;
    if (i === point + 1) return ODD;
    // Zeros at the end of a fraction say nothing, and venues pad with many of them.
    end = i;
    while (end > point + 1 && bytes[end - 1] === ZERO) end--;
    if (end === point + 1) end = point;
  }
  if (bytes[at] !== QUOTE || point === at + 1 || bytes[i] !== QUOTE) return ODD;
  let mantissa = 0;
  for (let k = at + 1; k < end; k++) if (k !== point) mantissa = mantissa * 10 + (bytes[k]! - ZERO);
  const places = end > point ? end - point - 1 : 0;
  // A sum that stays below 2^53 was never rounded on its way.
  if (mantissa < TWO_53 && places < POWER.length) out[slot] = mantissa / POWER[places]!;
  else out[slot] = Number(latin1(bytes, at + 1, i));
  return Number.isFinite(out[slot]) ? i + 1 : ODD;
}

/** A quoted decimal with or without a minus (`"-0.00010000"`). */
export function readSignedDecimal(bytes: Uint8Array, at: number, out: Float64Array, slot: number): number {
  if (bytes[at + 1] !== MINUS) return readDecimal(bytes, at, out, slot);
  let i = at + 2;
  let mantissa = 0;
  let point = 0;
  for (; isDigit(bytes[i]) || (bytes[i] === POINT && point === 0 && i > at + 2); i++) {
    if (bytes[i] === POINT) point = i;
    else mantissa = mantissa * 10 + (bytes[i]! - ZERO);
  }
  if (bytes[at] !== QUOTE || bytes[i] !== QUOTE || i === at + 2 || i - 1 === point) return ODD;
  const places = point === 0 ? 0 : i - point - 1;
  if (mantissa >= TWO_53 || places >= POWER.length) return ODD;
  out[slot] = -(mantissa / POWER[places]!);
  return i + 1;
}

/** Digits without sign and quotes, below 2^53: an id or a time. A point or an exponent behind them is the caller's to see. */
export function readInteger(bytes: Uint8Array, at: number, out: Float64Array, slot: number): number {
  let i = at;
  let high = 0;
  let digit = bytes[i]! - ZERO;
  while (digit >>> 0 <= 9 && i - at < INT_DIGITS) {
    high = (high * 10 + digit) | 0;
    digit = bytes[++i]! - ZERO;
  }
  if (i === at || (bytes[at] === ZERO && i > at + 1)) return ODD;
  let low = 0;
  const middle = i;
  while (digit >>> 0 <= 9 && i - middle < INT_DIGITS) {
    low = (low * 10 + digit) | 0;
    digit = bytes[++i]! - ZERO;
  }
  const value = high * POWER[i - middle]! + low;
  if (value >= TWO_53) return ODD;
  out[slot] = value;
  return i;
}

/** `true` or `false` as 1 or 0. */
export function readFlag(bytes: Uint8Array, at: number, out: Float64Array, slot: number): number {
  if (bytes[at] === 116) {
    if (bytes[at + 1] !== 114 || bytes[at + 2] !== 117 || bytes[at + 3] !== 101) return ODD;
    out[slot] = 1;
    return at + 4;
  }
  if (bytes[at] !== 102 || bytes[at + 1] !== 97 || bytes[at + 2] !== 108) return ODD;
  if (bytes[at + 3] !== 115 || bytes[at + 4] !== 101) return ODD;
  out[slot] = 0;
  return at + 5;
}

/** A quoted text without escapes; its bytes are those between the quotes. */
export function skipText(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return ODD;
  for (let i = at + 1; ; i++) {
    let c = bytes[i]!;
    while (c > QUOTE && c !== BACKSLASH) c = bytes[++i]!;
    if (c === QUOTE) return i + 1;
    // What is left are blank and exclamation mark, a backslash, control characters, and the end of the bytes.
    if (!(c === SPACE || c === SPACE + 1)) return ODD;
  }
}

/** A text, a number in plain form, `true`, `false` or `null`; objects and lists are {@link ODD}. */
export function skipScalar(bytes: Uint8Array, at: number): number {
  const c = bytes[at]!;
  if (c === QUOTE) return skipText(bytes, at);
  if (c === 116) return bytes[at + 1] === 114 && bytes[at + 2] === 117 && bytes[at + 3] === 101 ? at + 4 : ODD;
  if (c === 102) return isLiteral(bytes, at, FALSE) ? at + 5 : ODD;
  if (c === 110) return isLiteral(bytes, at, NULL) ? at + 4 : ODD;
  return skipNumber(bytes, at);
}

function skipNumber(bytes: Uint8Array, at: number): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let i = first;
  while (isDigit(bytes[i])) i++;
  if (i === first || (bytes[first] === ZERO && i > first + 1)) return ODD;
  if (bytes[i] === POINT) {
    const point = i++;
    while (isDigit(bytes[i])) i++;
    if (i === point + 1) return ODD;
  }
  return isNumberByte(bytes[i]) ? ODD : i;
}

/** Whether these bytes stand at a position. */
export function isLiteral(bytes: Uint8Array, at: number, literal: Uint8Array): boolean {
  for (let k = 0; k < literal.length; k++) if (bytes[at + k] !== literal[k]) return false;
  return true;
}

/** ASCII bytes of a text, as field names and constants are. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

const FALSE = ascii('false');
const NULL = ascii('null');

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= ZERO && c <= ZERO + 9;
}

/** What may go on after the digits of a JSON number: digit, point, exponent. */
function isNumberByte(c: number | undefined): boolean {
  return c !== undefined && (isDigit(c) || c === POINT || c === 101 || c === 69);
}

/** ASCII text of a range of bytes. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
