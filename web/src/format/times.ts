import type { Appearance } from '../theme/appearance.ts';

export const A_DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

type Shape = 'time' | 'day' | 'minute' | 'second';
const SHAPES: Readonly<Record<Shape, Intl.DateTimeFormatOptions>> = {
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { year: 'numeric', month: '2-digit', day: '2-digit' },
  minute: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  second: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

/** A time in the clock that is chosen: 2026-03-01 12:00. */
export function timeText(
  time: string | number | null | undefined,
  clock: Appearance['clock'],
  shape: Shape = 'second',
): string {
  if (time === null || time === undefined) return '–';
  const key = `${clock} ${shape}`;
  let format = formats.get(key);
  if (format === undefined) {
    // Swedish dates are those of ISO 8601.
    format = new Intl.DateTimeFormat('sv-SE', { ...SHAPES[shape], ...(clock === 'utc' ? { timeZone: 'UTC' } : {}) });
    formats.set(key, format);
  }
  return format.format(new Date(time));
}

/** How long ago or how long it takes, in the two largest units: 3 min 20 s. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const units = [
    ['d', A_DAY_MS],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  const [name, size] = units[first]!;
  const whole = Math.floor(ms / size);
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % size) / next[1]);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next![0]}`;
}

/** A short time in the unit in which it has a few digits: `340 µs`, `1.24 ms`, `2.1 s`. */
export function latency(seconds: number): string {
  const [value, unit] = seconds < 1e-3 ? [seconds * 1e6, 'µs'] : seconds < 1 ? [seconds * 1e3, 'ms'] : [seconds, 's'];
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`;
}
