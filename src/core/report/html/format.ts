import { formatTime, type TimeMs } from '../../vocabulary/time.ts';
import type { ReportMetric } from '../report.ts';

/** The minus sign U+2212: as wide as a plus and a digit. */
const MINUS = '\u2212';
/** Narrow no-break space, between groups of digits and before a unit. */
const THIN = '\u202f';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `'auto'` writes a minus only, `'always'` also a plus; zero after rounding has neither. */
export type SignRule = 'auto' | 'always';

/** A number with `places` decimals, digits in groups of three and a real minus: `−12 345.60`. */
export function fixed(value: number, places: number, sign: SignRule = 'auto'): string {
  if (!Number.isFinite(value)) return 'n/a';
  const text = Math.abs(value).toFixed(places);
  if (text.includes('e')) return text;
  const zero = !/[1-9]/.test(text);
  const [whole = '0', fraction] = text.split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  const prefix = zero ? '' : value < 0 ? MINUS : sign === 'always' ? '+' : '';
  return prefix + grouped + (fraction === undefined ? '' : `.${fraction}`);
}

/** A fraction as percent: 0.1234 → `12.34 %`. */
export function percent(fraction: number, sign: SignRule = 'auto', places = 2): string {
  return `${fixed(fraction * 100, places, sign)}${THIN}%`;
}

/** A number that already is in percent, as fields that end in `Pct` are. */
export function percentNumber(value: number, sign: SignRule = 'auto', places = 2): string {
  return `${fixed(value, places, sign)}${THIN}%`;
}

/** What the amounts of an account are written in. */
export interface MoneyUnit {
  /** Empty where it is not known. */
  readonly currency: string;
  readonly places: number;
}

const CENTS: MoneyUnit = { currency: '', places: 2 };

/** Money to the places of its account, with the currency where it is known. */
export function money(amount: number, { currency, places }: MoneyUnit = CENTS, sign: SignRule = 'auto'): string {
  return fixed(amount, places, sign) + (currency === '' ? '' : `${THIN}${currency}`);
}

/** Decimal text from the wire with a real minus and grouped digits; every decimal stays. */
export function decimalText(text: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text;
  const [, sign, whole = '', fraction = ''] = match;
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  return (sign === '-' ? MINUS : '') + grouped + fraction;
}

/** Decimals that the prices of a column need, at most 8. */
export function placesOf(values: readonly number[]): number {
  let places = 0;
  for (const value of values) {
    const text = String(value);
    const point = text.indexOf('.');
    if (point >= 0 && !text.includes('e')) places = Math.max(places, text.length - point - 1);
  }
  return Math.min(8, places);
}

/** `2024-01-31 13:05`. */
export function minuteOf(timeMs: TimeMs): string {
  return formatTime(timeMs).slice(0, 16).replace('T', ' ');
}

/** `2024-01-31`. */
export function dayOf(timeMs: TimeMs): string {
  return formatTime(timeMs).slice(0, 10);
}

/** The day that an instant closes, `2024-01-31`: the last bar of a day ends at midnight, when the next has begun. */
export function closingDayOf(timeMs: TimeMs): string {
  return dayOf(timeMs - 1);
}

export function monthName(index: number): string {
  return MONTHS[index] ?? '';
}

/** A length of time in its two largest units: `3 d 4 h`. */
export function duration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const;
  for (const [i, [name, size]] of units.entries()) {
    const next = units[i + 1];
    // Rounded to what is shown first, so that what is nearly a whole of this unit is one, and not sixty of the next.
    const shown = next === undefined || ms >= 10 * size ? size : next[1];
    const rounded = ms < shown ? 0 : Math.round(ms / shown) * shown;
    if (rounded < size) continue;
    const whole = Math.floor(rounded / size);
    const rest = next === undefined || whole >= 10 ? 0 : Math.round((rounded - whole * size) / next[1]);
    return `${fixed(whole, 0)}${THIN}${name}${next && rest > 0 ? ` ${rest}${THIN}${next[0]}` : ''}`;
  }
  return `${fixed(ms, ms < 10 ? 1 : 0)}${THIN}ms`;
}

const REASONS: Readonly<Record<string, string>> = {
  'too-short': 'the period is too short',
  'no-data': 'no data',
  'no-trades': 'no trades',
  'no-wins': 'no winning trade',
  'no-losses': 'no losing trade',
  'no-profit': 'no profit',
  'no-drawdown': 'no drawdown',
  'no-benchmark': 'no benchmark',
  'no-initial-stop': 'no initial stop was given',
  'no-upside': 'the benchmark never rose',
  'zero-variance': 'it does not vary',
  'zero-tail': 'the tail is zero',
  ruined: 'the account was lost',
  'not-measured': 'not measured in this run',
  'no-convergence': 'the estimate did not converge',
  'out-of-range': 'outside the range of numbers',
};

/** Why a figure is missing, in words. An unknown reason is written as it came. */
export function reasonText(reason: string | undefined): string {
  return reason === undefined ? 'not computed' : (REASONS[reason] ?? reason);
}

/** Names whose percentages and amounts are changes, which always carry a sign. */
const CHANGE = /return|cagr|profit$|alpha|excess|^best|^worst|expectancy|^average(win|loss)|^largest|^median|mae|mfe/i;

/** A metric's value in its unit, without its label. */
export function metricValue(
  metric: Pick<ReportMetric, 'name' | 'unit'>,
  value: number,
  unit: MoneyUnit = CENTS,
): string {
  const sign = CHANGE.test(metric.name) ? 'always' : 'auto';
  switch (metric.unit) {
    case 'percent':
      return percent(value, sign);
    case 'money':
      return money(value, unit, sign);
    case 'count':
      return fixed(value, Number.isInteger(value) ? 0 : 1);
    case 'days':
      return `${fixed(value, value < 10 && !Number.isInteger(value) ? 1 : 0)}${THIN}d`;
    case 'ms':
      return duration(value);
    case 'bps':
      return `${fixed(value, 2)}${THIN}bps`;
    case 'time':
      return minuteOf(value);
    case 'probability':
      return fixed(value, 3);
    case 'R':
      return `${fixed(value, 2, 'always')}${THIN}R`;
    default:
      return fixed(value, 2);
  }
}
