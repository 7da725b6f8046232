/** Milliseconds since 1970-01-01T00:00:00Z; fractions carry microseconds. */
export type TimeMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const WEEK_MS = 604_800_000;
/** 1970-01-05 was a Monday; weeks start there. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** `'1s'`, `'5m'`, `'4h'`, `'1d'`, `'1w'`, `'1mo'`: any count with a unit. */
export type Timeframe = `${number}${'s' | 'm' | 'h' | 'd' | 'w' | 'mo'}`;

const UNIT_MS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: WEEK_MS, mo: 0 } as const;
type Unit = keyof typeof UNIT_MS;

/** A timeframe taken apart. `ms` is 0 for months, whose length is calendar data. */
export interface TimeframeSpec {
  readonly text: Timeframe;
  readonly count: number;
  readonly unit: Unit;
  readonly ms: number;
}

/** Parses `'15m'`; also `'1M'` (month) as several venues write it. Null where it is no timeframe. */
export function parseTimeframe(text: string): TimeframeSpec | null {
  const match = /^(\d{1,4})(s|m|h|d|w|mo|M)$/.exec(text);
  if (!match) return null;
  const count = Number(match[1]);
  const unit = (match[2] === 'M' ? 'mo' : match[2]) as Unit;
  return count === 0 ? null : { text: `${count}${unit}`, count, unit, ms: count * UNIT_MS[unit] };
}

/** Parses, or throws a sentence that says what is accepted. */
export function timeframe(text: string): TimeframeSpec {
  const spec = parseTimeframe(text);
  if (!spec)
    throw new RangeError(`expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1mo, found ${JSON.stringify(text)}`);
  return spec;
}

/**
 * Open time of the bar that holds `timeMs`. Weeks open on Monday, months on the first; `offsetMs` shifts the day's start
 * (a venue whose day opens at 17:00 New York in winter says −7 h as 17 h: offsetMs = 22 h UTC).
 */
export function barOpen(spec: TimeframeSpec, timeMs: TimeMs, offsetMs = 0): TimeMs {
  const t = timeMs - offsetMs;
  if (spec.unit === 'mo') {
    const [year, month] = civilDate(t);
    const index = year * 12 + month - 1;
    const start = index - (((index % spec.count) + spec.count) % spec.count);
    return civilToMs(Math.floor(start / 12), (start % 12) + 1, 1) + offsetMs;
  }
  const origin = spec.unit === 'w' ? FIRST_MONDAY_MS : 0;
  return Math.floor((t - origin) / spec.ms) * spec.ms + origin + offsetMs;
}

/** Close time of the bar that opened at `openMs`: the first instant that is no longer in it. */
export function barClose(spec: TimeframeSpec, openMs: TimeMs, offsetMs = 0): TimeMs {
  if (spec.unit !== 'mo') return openMs + spec.ms;
  const [year, month] = civilDate(openMs - offsetMs);
  const next = year * 12 + month - 1 + spec.count;
  return civilToMs(Math.floor(next / 12), (next % 12) + 1, 1) + offsetMs;
}

/** Year, month (1–12) and day of an instant, UTC. Howard Hinnant's civil_from_days. */
export function civilDate(timeMs: TimeMs): readonly [year: number, month: number, day: number] {
  const z = Math.floor(timeMs / DAY_MS) + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** Midnight UTC of a civil date. Howard Hinnant's days_from_civil. */
export function civilToMs(year: number, month: number, day: number): TimeMs {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return (era * 146_097 + doe - 719_468) * DAY_MS;
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** Whether a day, counted from 1970-01-01, is a Saturday or Sunday; that day was a Thursday. */
export function isWeekend(day: number): boolean {
  const fromThursday = ((day % 7) + 7) % 7;
  return fromThursday === 2 || fromThursday === 3;
}

/** RFC 3339 UTC text: `2024-01-31T13:05:00.250Z`; the fraction only where there is one. */
export function formatTime(timeMs: TimeMs): string {
  const [year, month, day] = civilDate(timeMs);
  const ms = timeMs - Math.floor(timeMs / DAY_MS) * DAY_MS;
  const whole = Math.floor(ms);
  const fraction = whole % 1000 === 0 ? '' : `.${String(whole % 1000).padStart(3, '0')}`;
  const clock = `${two(Math.floor(whole / HOUR_MS))}:${two(Math.floor(whole / MINUTE_MS) % 60)}:${two(Math.floor(whole / 1000) % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}${fraction}Z`;
}

/** The day of an instant: `2024-01-31`. */
export function formatDay(timeMs: TimeMs): string {
  return formatTime(timeMs).slice(0, 10);
}

/** Reads `2024-01-31`, `2024-01-31 13:05`, RFC 3339 with Z or an offset. Text without a zone is UTC. Null if unreadable. */
export function parseTime(text: string): TimeMs | null {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:\s?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$/.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const m = Number(month);
  const d = Number(day);
  const date = civilToMs(Number(year), m, d);
  const [, backMonth, backDay] = civilDate(date);
  if (backMonth !== m || backDay !== d || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.replace(/[^\d]/g, '');
  const offset =
    digits === '' ? 0 : sign * (Number(digits.slice(0, 2)) * HOUR_MS + Number(digits.slice(2)) * MINUTE_MS);
  const clock =
    Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * 1000 + Number(`0.${fraction}`) * 1000;
  return date + clock - offset;
}
