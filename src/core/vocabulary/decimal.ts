import { z } from 'zod';
import { divideExact, type Rounding } from './integer.ts';

/**
 * An exact decimal at the border (wire, configuration, limits): a bigint counting units of 1e-18.
 * Inside the engine amounts are safe integers of an instrument's ticks and lots; see `instrument.ts`.
 */
export type Decimal = bigint & { readonly __brand: 'Decimal' };

/** Digits behind the point of every {@link Decimal}. */
export const DECIMAL_SCALE = 18;
const ONE = bigPower(18);
const PATTERN = /^([+-])?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/;

function bigPower(n: number): bigint {
  return BigInt(`1${'0'.repeat(n)}`);
}

/** Parses `'12.5'`, `'-0.00000001'` or `'1e-8'`. Null where the text is no decimal or needs more than 18 places. */
export function parseDecimal(text: string): Decimal | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '0', fraction = '', exponent = '0'] = match;
  const shift = DECIMAL_SCALE - fraction.length + Number(exponent);
  let value = BigInt(whole + fraction);
  if (shift >= 0) value *= bigPower(shift);
  else {
    const divisor = bigPower(-shift);
    if (value % divisor !== 0n) return null;
    value /= divisor;
  }
  return (sign === '-' ? -value : value) as Decimal;
}

/** Parses, or throws a sentence that names what was found. For literals and values already checked at the edge. */
export function decimal(value: string | number | bigint): Decimal {
  if (typeof value === 'bigint') return (value * ONE) as Decimal;
  const parsed = parseDecimal(typeof value === 'number' ? numberToText(value) : value);
  if (parsed === null)
    throw new RangeError(`expected a decimal with at most 18 places, found ${JSON.stringify(value)}`);
  return parsed;
}

/** The shortest text of a finite number that reads back as the same number, without an exponent. */
export function numberToText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`expected a finite number, found ${value}`);
  const text = String(value === 0 ? 0 : value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** An integer count of 10^-scale units as decimal text without trailing zeros: `(12345, 2) → '123.45'`. */
export function unitsToText(units: number | bigint, scale: number): string {
  const negative = units < 0;
  const digits = String(negative ? -units : units).padStart(scale + 1, '0');
  const whole = scale === 0 ? digits : digits.slice(0, -scale);
  const fraction = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && text !== '0' ? `-${text}` : text;
}

/** Canonical text: no exponent, no trailing zeros, no negative zero. */
export function formatDecimal(value: Decimal): string {
  return unitsToText(value, DECIMAL_SCALE);
}

/** Nearest double; for display and statistics only, never for an order. */
export function toNumber(value: Decimal): number {
  return Number(formatDecimal(value));
}

/** The decimal as an integer of 10^-scale units, rounded as said. */
export function toUnits(value: Decimal, scale: number, rounding: Rounding): bigint {
  return scale >= DECIMAL_SCALE
    ? value * bigPower(scale - DECIMAL_SCALE)
    : divideExact(value, bigPower(DECIMAL_SCALE - scale), rounding);
}

/** Places behind the point that the value really uses. */
export function decimalPlaces(value: Decimal): number {
  const text = formatDecimal(value);
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** Wire schema: decimal text in, {@link Decimal} inside. Numbers are refused so that no double slips into money. */
export const decimalCodec = z.codec(
  z.string(),
  z.custom<Decimal>((v) => typeof v === 'bigint'),
  {
    decode: (text, context) => {
      const value = parseDecimal(text);
      if (value === null) {
        context.issues.push({
          code: 'custom',
          input: text,
          message: `expected decimal text such as "0.001", found "${text}"`,
        });
        return z.NEVER;
      }
      return value;
    },
    encode: (value) => formatDecimal(value),
  },
);
