/** Numbers as they are shown: a real minus, grouped, no more digits than say something. */

const MINUS = '\u2212';
const NONE = '–';
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(least: number, most: number): Intl.NumberFormat {
  const key = `${least} ${most}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  return format;
}

function written(value: number, least: number, most: number, isSigned: boolean): string {
  if (!Number.isFinite(value)) return NONE;
  const text = formatOf(least, most).format(Math.abs(value));
  const isZero = !/[1-9]/.test(text);
  const sign = isZero ? '' : value < 0 ? MINUS : isSigned ? '+' : '';
  return `${sign}${text}`;
}

type Given = number | string | null | undefined;

function numberOf(value: Given): number {
  return value === null || value === undefined || value === '' ? Number.NaN : Number(value);
}

/** Significant digits of amounts and prices below 1, where two decimals say too little. */
const AMOUNT_DIGITS = 4;
const PRICE_DIGITS = 6;
/** Amounts are counted in so many places; further ones are the noise of doubles. */
const MOST_AMOUNT_PLACES = 8;
const MOST_PRICE_PLACES = 12;

/** Places behind the point that so many significant digits of a number need. */
function placesOf(value: number, digits: number, most: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  return Math.min(most, Math.max(0, digits - 1 - exponent));
}

const placesWritten = (text: string): number => text.split('.')[1]?.length ?? 0;

/** An amount of the account's currency, two decimals; below 1 four significant digits, as coins are worth more than cents. */
export function money(value: Given, { isSigned = false } = {}): string {
  const number = numberOf(value);
  const most = Math.abs(number) < 1 ? Math.max(2, placesOf(number, AMOUNT_DIGITS, MOST_AMOUNT_PLACES)) : 2;
  return written(number, 2, most, isSigned);
}

/** A large amount in few characters: 1.2M. */
export function shortMoney(value: Given): string {
  const number = numberOf(value);
  if (Math.abs(number) < 100_000) return money(number);
  if (!Number.isFinite(number)) return NONE;
  const text = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 }).format(
    Math.abs(number),
  );
  return number < 0 ? `${MINUS}${text}` : text;
}

/** A price. Text is an exact decimal and keeps its digits; a number gets the places that are said, else five to seven significant digits. */
export function price(value: Given, places?: number): string {
  const number = numberOf(value);
  if (typeof value === 'string') places = placesWritten(value);
  if (places !== undefined) return written(number, places, places, false);
  const size = Math.abs(number);
  const most = size >= 1000 ? 2 : size >= 10 ? 3 : size >= 1 ? 4 : placesOf(number, PRICE_DIGITS, MOST_PRICE_PLACES);
  return written(number, 2, Math.max(2, most), false);
}

/** A quantity: an exact decimal, its digits kept; a number to eight places. */
export function quantity(value: Given, { isSigned = false } = {}): string {
  return written(numberOf(value), 0, Math.max(8, typeof value === 'string' ? placesWritten(value) : 0), isSigned);
}

/** A fraction as percent, two decimals: 0.0123 is 1.23 %. */
export function percent(fraction: Given, { isSigned = false } = {}): string {
  const text = written(numberOf(fraction) * 100, 2, 2, isSigned);
  return text === NONE ? text : `${text} %`;
}

export function count(value: Given): string {
  return written(numberOf(value), 0, 0, false);
}

/** +1, 0 or −1 of what rises, stays or falls; 0 of nothing. */
export function signOf(value: Given): -1 | 0 | 1 {
  const number = numberOf(value);
  return number > 0 ? 1 : number < 0 ? -1 : 0;
}
