const ZONE = /^([+-]?)([0-9]{1,2})(?::([0-9]{2}))?$/;
const MINUTE_MS = 60_000;

/** Milliseconds that a zone such as `8`, `-1:00` or `05:45` is ahead of UTC; null outside −12:00 … +14:00. */
export function parseZone(text: string): number | null {
  const match = ZONE.exec(text);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (Number(match[3] ?? 0) > 59) return null;
  const zone = match[1] === '-' ? -minutes : minutes;
  return zone < -12 * 60 || zone > 14 * 60 ? null : zone * MINUTE_MS;
}
