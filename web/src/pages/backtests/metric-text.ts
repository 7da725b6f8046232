import { count, money, percent } from '../../format/numerals.ts';
import { duration, timeText } from '../../format/times.ts';

const MINUS = '\u2212';

/** A ratio, two decimals. */
export function ratio(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `${MINUS}${text}` : text;
}

/** A figure of a report in its unit. */
export function metricText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'percent':
    case 'probability':
      return percent(value);
    case 'money':
      return money(value);
    case 'count':
      return count(value);
    case 'days':
      return `${count(value)} d`;
    case 'ms':
      return duration(value);
    case 'time':
      return timeText(value, 'utc', 'day');
    case 'bps':
      return `${ratio(value)} bps`;
    default:
      return ratio(value);
  }
}
