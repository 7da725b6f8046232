/** A decimal of a request: `digits` units of 10^-scale, without trailing zeros behind the point. */
export type Amount = { readonly units: number; readonly scale: number };

/** What Binance lets a decimal parameter look like; exponents are refused. */
export const DECIMAL_PATTERN = '^([0-9]{1,20})(\\.[0-9]{1,20})?$';
const DECIMAL = /^([0-9]{1,20})(?:\.([0-9]{1,20}))?$/;

/** Most digits behind the point of a price or an amount. */
export const AMOUNT_SCALE = 8;

/** Null where the text is no decimal. Units past 2^53 are Infinity: more than any balance or filter allows. */
export function parseAmount(text: string): Amount | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  let fraction = match[2] ?? '';
  let end = fraction.length;
  while (end > 0 && fraction.charCodeAt(end - 1) === 48) end--;
  fraction = fraction.slice(0, end);
  const units = Number(match[1]! + fraction);
  return { units: Number.isSafeInteger(units) ? units : Number.POSITIVE_INFINITY, scale: end };
}

const POWERS = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/**
 * How many steps of `step` an amount is: −1 where it is no whole number of them, Infinity where it is too large to count.
 */
export function stepsOf(amount: Amount, step: Amount): number {
  if (amount.scale > step.scale) return -1;
  const units = amount.units * POWERS[step.scale - amount.scale]!;
  if (!Number.isSafeInteger(units)) return Number.POSITIVE_INFINITY;
  return units % step.units === 0 ? units / step.units : -1;
}

/** Units of 10^-scale in an amount, or −1 where it has more digits. */
export function unitsOf(amount: Amount, scale: number): number {
  return stepsOf(amount, { units: 1, scale });
}

/** Text of a count of 10^-scale units with at least eight digits behind the point, as Binance prints prices and amounts. */
export function amountText(units: number, scale: number): string {
  if (units < 0) return `-${amountText(-units, scale)}`;
  const power = POWERS[scale]!;
  const whole = Math.floor(units / power);
  const fraction = units - whole * power;
  const digits = scale === 0 ? '' : String(fraction).padStart(scale, '0');
  return `${wholeText(whole)}.${digits.padEnd(AMOUNT_SCALE, '0')}`;
}

function wholeText(whole: number): string {
  return whole < 1e21 ? String(whole) : BigInt(whole).toString();
}

/** A double with eight digits behind the point (averages and sums of market data). */
export function fixedText(value: number): string {
  return value.toFixed(AMOUNT_SCALE);
}
