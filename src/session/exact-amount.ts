import { type Decimal, parseDecimal, toUnits } from '../core/vocabulary/decimal.ts';

/** A decimal that the venue told, or a RangeError that names it. */
export function amountOf(text: string): Decimal {
  const amount = parseDecimal(text);
  if (amount === null) throw new RangeError(`expected a decimal, found ${JSON.stringify(text)}`);
  return amount;
}

/** Quanta of 10^-scale as a decimal. */
export function decimalOf(quanta: number, scale: number): Decimal {
  return (BigInt(quanta) * 10n ** BigInt(18 - scale)) as Decimal;
}

/** The decimal in quanta of 10^-scale, half-even. */
export function quantaOf(amount: Decimal, scale: number): number {
  return Number(toUnits(amount, scale, 'half-even'));
}

/** Exact product, cut after 18 places. */
export function productOf(a: Decimal, b: Decimal): Decimal {
  return ((a * b) / 10n ** 18n) as Decimal;
}
