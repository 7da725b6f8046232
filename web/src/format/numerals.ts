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

/** An amount of the account's currency, two decimals; of small amounts as many as are needed to see it. */
export function money(value: Given, { isSigned = false } = {}): string {
  const number = numberOf(value);
  const most = number !== 0 && Math.abs(number) < 0.01 ? 6 : 2;
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

/** A price. Text is an exact decimal and keeps its digits; a number gets five to seven significant ones. */
export function price(value: Given): string {
  const number = numberOf(value);
  if (typeof value === 'string') {
    const digits = value.split('.')[1]?.length ?? 0;
    return written(number, digits, digits, false);
  }
  const size = Math.abs(number);
  const digits = size >= 1000 ? 2 : size >= 10 ? 3 : size >= 1 ? 4 : 6;
  return written(number, Math.min(2, digits), digits, false);
}

/** A quantity: an exact decimal, its digits kept. */
export function quantity(value: Given, { isSigned = false } = {}): string {
  return written(numberOf(value), 0, 8, isSigned);
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
