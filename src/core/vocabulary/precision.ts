import { numberToText, unitsToText } from './decimal.ts';
import { divideExact, type Rounding } from './integer.ts';

/**
 * Generic rounding of amounts and prices to what a venue accepts, exact on the decimal text.
 *
 * Modes as in ccxt: digits behind the point (negative: tens, hundreds …), significant digits, or multiples of a tick. On doubles
 * these give wrong digits (`2.9999 / 0.0001` is no whole number), so a value is a fraction of two integers here.
 */
export const PRECISION_MODES = ['decimal-places', 'significant-digits', 'tick-size'] as const;
export type PrecisionMode = (typeof PRECISION_MODES)[number];

/** `half-away`: the nearest step, ties away from zero, as people round; the rest as in `integer.ts`. */
export type PrecisionRounding = Rounding | 'half-away';

/** Decimal text, or a number standing for its shortest decimal text. */
export type DecimalText = string | number;

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const PATTERN = /^([+-])?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

function power(n: number): bigint {
  return BigInt(`1${'0'.repeat(n)}`);
}

function fraction(value: DecimalText): Fraction {
  const match = PATTERN.exec(typeof value === 'number' ? numberToText(value) : value.trim());
  if (!match) throw new RangeError(`expected a decimal such as "0.001", found ${JSON.stringify(value)}`);
  const [, sign, whole = '', places = '', exponent = '0'] = match;
  const shift = Number(exponent) - places.length;
  const digits = BigInt(whole + places) * (sign === '-' ? -1n : 1n);
  return shift >= 0
    ? { numerator: digits * power(shift), denominator: 1n }
    : { numerator: digits, denominator: power(-shift) };
}

/** The step 10^n. */
function stepOfTen(n: number): Fraction {
  return n >= 0 ? { numerator: power(n), denominator: 1n } : { numerator: 1n, denominator: power(-n) };
}

/** Exponent of the leading digit: 2 for 722.2, −6 for 0.000007222. */
function magnitude({ numerator, denominator }: Fraction): number {
  const size = numerator < 0n ? -numerator : numerator;
  const guess = String(size).length - String(denominator).length;
  const { numerator: n, denominator: d } = stepOfTen(guess);
  return size * d >= n * denominator ? guess : guess - 1;
}

function stepOf(value: Fraction, mode: PrecisionMode, precision: DecimalText): Fraction {
  if (mode === 'tick-size') {
    const tick = fraction(precision);
    if (tick.numerator <= 0n) throw new RangeError(`expected a tick above 0, found ${precision}`);
    return tick;
  }
  const digits = Number(precision);
  if (!Number.isInteger(digits) || (mode === 'significant-digits' && digits < 1))
    throw new RangeError(`expected a whole number of digits, found ${precision}`);
  return stepOfTen(mode === 'decimal-places' ? -digits : magnitude(value) - digits + 1);
}

/** `a / b` to a whole number. */
function whole(a: bigint, b: bigint, rounding: PrecisionRounding): bigint {
  if (rounding !== 'half-away') return divideExact(a, b, rounding);
  const twice = 2n * (a < 0n ? -a : a);
  return (a < 0n ? -1n : 1n) * ((twice + b) / (2n * b));
}

function toStep(value: Fraction, step: Fraction, rounding: PrecisionRounding): string {
  const steps = whole(value.numerator * step.denominator, value.denominator * step.numerator, rounding);
  return unitsToText(steps * step.numerator, String(step.denominator).length - 1);
}

/**
 * `value` as a whole number of steps, in canonical decimal text. `precision` is a number of digits, or the tick. Throws
 * `RangeError` where the text is no decimal, the tick is not above 0 or the digits are no whole number.
 */
export function toPrecision(
  value: DecimalText,
  mode: PrecisionMode,
  precision: DecimalText,
  rounding: PrecisionRounding,
): string {
  const exact = fraction(value);
  return exact.numerator === 0n ? '0' : toStep(exact, stepOf(exact, mode, precision), rounding);
}

/** An amount rounded down to what a venue takes: never more than was meant. */
export function amountToPrecision(amount: DecimalText, mode: PrecisionMode, precision: DecimalText): string {
  return toPrecision(amount, mode, precision, 'trunc');
}

/**
 * An amount in base units, rounded down so that its number of contracts has the precision asked for; base units again. The
 * division into contracts is not rounded on its way.
 */
export function amountToContractPrecision(
  amount: DecimalText,
  contractSize: DecimalText,
  mode: PrecisionMode,
  precision: DecimalText,
): string {
  const base = fraction(amount);
  const size = fraction(contractSize);
  if (size.numerator <= 0n) throw new RangeError(`expected a contract size above 0, found ${contractSize}`);
  if (base.numerator === 0n) return '0';
  const contracts = {
    numerator: base.numerator * size.denominator,
    denominator: base.denominator * size.numerator,
  };
  const step = stepOf(contracts, mode, precision);
  return toStep(
    base,
    { numerator: step.numerator * size.numerator, denominator: step.denominator * size.denominator },
    'trunc',
  );
}
