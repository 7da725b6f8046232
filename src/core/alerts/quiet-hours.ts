import { DAY_MS, MINUTE_MS, type TimeMs } from '../vocabulary/time.ts';

/** From one minute of the day to another; over midnight where it ends before it begins. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
  /** How far the clock of the place is ahead of UTC. */
  readonly offsetMinutes: number;
}

const PATTERN = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)(?:([+-])(0\d|1[0-4]):([0-5]\d))?$/;

/** `22:00-07:00`, in UTC, or `22:00-07:00+02:00`; null where it is none, or no time at all. */
export function parseQuietHours(text: string): QuietHours | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  const minutes = (hours: number): number => Number(match[hours]) * 60 + Number(match[hours + 1]);
  const [fromMinute, toMinute] = [minutes(1), minutes(3)];
  if (fromMinute === toMinute) return null;
  const offset = match[5] === undefined ? 0 : minutes(6) * (match[5] === '-' ? -1 : 1);
  return { fromMinute, toMinute, offsetMinutes: offset };
}

/** The first instant from `nowMs` on that is not quiet: `nowMs` itself, or the end of the quiet hours that it lies in. */
export function endOfQuiet(quiet: QuietHours | null, nowMs: TimeMs): TimeMs {
  if (quiet === null) return nowMs;
  const { fromMinute, toMinute, offsetMinutes } = quiet;
  const localMs = nowMs + offsetMinutes * MINUTE_MS;
  const ofDayMs = ((localMs % DAY_MS) + DAY_MS) % DAY_MS;
  const [fromMs, toMs] = [fromMinute * MINUTE_MS, toMinute * MINUTE_MS];
  const isQuiet = fromMs < toMs ? ofDayMs >= fromMs && ofDayMs < toMs : ofDayMs >= fromMs || ofDayMs < toMs;
  if (!isQuiet) return nowMs;
  return nowMs + ((toMs - ofDayMs + DAY_MS) % DAY_MS);
}
