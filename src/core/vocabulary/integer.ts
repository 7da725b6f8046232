import { InvariantError } from './assert.ts';

/**
 * Exact arithmetic on safe integers (ticks, lots and quanta), with a named rounding at every division.
 *
 * Why float64 integers and not bigint: measured on the order path, add and compare cost 1 ns against 5–10 ns and bigint
 * allocates. Every result is checked against 2^53, and products that do not fit go through bigint, so no digit is ever lost.
 */
export type Rounding = 'floor' | 'ceil' | 'half-even' | 'trunc';

const SAFE = Number.MAX_SAFE_INTEGER;

/** Returns `value` if it is a safe integer, else throws: an amount past 9.007e15 quanta needs a smaller scale. */
export function safe(value: number, what: string): number {
  if (!(value <= SAFE && value >= -SAFE)) throw new InvariantError(`${what} is outside the exact range: ${value}`);
  return value;
}

function divideBig(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  let quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  const negative = remainder < 0n !== denominator < 0n;
  if (rounding === 'floor') return negative ? quotient - 1n : quotient;
  if (rounding === 'ceil') return negative ? quotient : quotient + 1n;
  if (rounding === 'half-even') {
    const twice = (remainder < 0n ? -remainder : remainder) * 2n;
    const size = denominator < 0n ? -denominator : denominator;
    if (twice > size || (twice === size && quotient % 2n !== 0n)) quotient += negative ? -1n : 1n;
  }
  return quotient;
}

/** 2^51. A quotient of integers, the upper one below this, is rounded by less than its way to the next whole number or half that it is not. */
const EXACT = 2_251_799_813_685_248;
/** 1.5 × 2^52: doubles of this size have no place for a fraction, so that adding it rounds a smaller number, ties to even. */
const WHOLE = 6_755_399_441_055_744;

/** The whole number nearest to a double, of two the even one. */
export function nearestEven(x: number): number {
  if (x < EXACT && x > -EXACT) return x + WHOLE - WHOLE;
  const nearest = Math.round(x);
  return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

function divideSmall(numerator: number, denominator: number, rounding: Rounding): number {
  if (numerator < EXACT && numerator > -EXACT) {
    const quotient = numerator / denominator;
    if (rounding === 'half-even') return quotient + WHOLE - WHOLE;
    if (rounding === 'floor') return Math.floor(quotient) + 0;
    return (rounding === 'ceil' ? Math.ceil(quotient) : Math.trunc(quotient)) + 0;
  }
  // `%` on doubles costs as much as twenty additions. It is exact, and so is the quotient of what is left.
  const remainder = numerator % denominator;
  const quotient = (numerator - remainder) / denominator + 0;
  if (remainder === 0 || rounding === 'trunc') return quotient;
  const away = remainder < 0 === denominator < 0 ? 1 : -1;
  if (rounding !== 'half-even') return (rounding === 'ceil') === away > 0 ? quotient + away : quotient;
  const twice = Math.abs(remainder) * 2;
  const size = Math.abs(denominator);
  return twice > size || (twice === size && quotient % 2 !== 0) ? quotient + away : quotient;
}

/** `a / b`, rounded as said. Both must be safe integers. */
export function divide(a: number, b: number, rounding: Rounding): number {
  if (b === 0) throw new InvariantError('division by zero');
  return divideSmall(a, b, rounding);
}

/** `a × b`, exact, or a stop where the product leaves the exact range. */
export function multiply(a: number, b: number, what: string): number {
  return safe(a * b, what);
}

/** `a × b / c` with one rounding, exact even where `a × b` exceeds 2^53. */
export function multiplyDivide(a: number, b: number, c: number, rounding: Rounding): number {
  if (c === 0) throw new InvariantError('division by zero');
  const product = a * b;
  if (product <= SAFE && product >= -SAFE) return divideSmall(product, c, rounding);
  return safe(Number(divideBig(BigInt(a) * BigInt(b), BigInt(c), rounding)), 'a × b / c');
}

/** bigint division with a named rounding; the slow twin of {@link divide}. */
export const divideExact = divideBig;

const POWERS = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/** 10^n for 0 ≤ n ≤ 22, the powers of ten that a double holds exactly. */
export function powerOfTen(n: number): number {
  const power = POWERS[n];
  if (power === undefined) throw new InvariantError(`10^${n} is no exact double`);
  return power;
}
