import type { TimeMs } from '../core/vocabulary/time.ts';

/** `Retry-After` of RFC 9110 section 10.2.3, seconds or a date, as milliseconds from now; null where it is absent or neither. */
export function retryAfterMs(header: string | undefined, nowMs: TimeMs): number | null {
  if (header === undefined) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1_000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
