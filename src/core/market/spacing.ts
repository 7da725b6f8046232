import { DAY_MS, HOUR_MS, MINUTE_MS, parseTimeframe, SECOND_MS, type Timeframe } from '../vocabulary/time.ts';

/** The most common distance of neighbouring times in milliseconds (order ignored, equal times skipped); 0 for fewer than two. */
export function commonSpacing(openTimeMs: Float64Array): number {
  const counts = new Map<number, number>();
  let run = 0;
  let current = 0;
  for (let i = 1; i < openTimeMs.length; i++) {
    const distance = Math.abs(openTimeMs[i]! - openTimeMs[i - 1]!);
    if (distance === current) run++;
    else {
      if (current > 0) counts.set(current, (counts.get(current) ?? 0) + run);
      current = distance;
      run = 1;
    }
  }
  if (current > 0) counts.set(current, (counts.get(current) ?? 0) + run);
  let best = 0;
  let most = 0;
  for (const [distance, count] of counts) {
    if (count > most || (count === most && distance < best)) {
      best = distance;
      most = count;
    }
  }
  return best;
}

/** The timeframe of a distance: 28–31 days is a month. Null where it is no whole number of seconds, or more of a unit than a timeframe can have. */
export function timeframeOfSpacing(spacingMs: number): Timeframe | null {
  const text = inUnits(spacingMs);
  return text !== null && parseTimeframe(text) !== null ? text : null;
}

function inUnits(spacingMs: number): Timeframe | null {
  if (!(spacingMs > 0) || spacingMs % SECOND_MS !== 0) return null;
  if (spacingMs % DAY_MS === 0) {
    const days = spacingMs / DAY_MS;
    const months = Math.round(days / 30.436875);
    if (months >= 1 && days >= months * 28 && Math.abs(days - months * 30.436875) < 3) return `${months}mo`;
    return days % 7 === 0 ? `${days / 7}w` : `${days}d`;
  }
  if (spacingMs % HOUR_MS === 0) return `${spacingMs / HOUR_MS}h`;
  return spacingMs % MINUTE_MS === 0 ? `${spacingMs / MINUTE_MS}m` : `${spacingMs / SECOND_MS}s`;
}

/** Timeframe that most bars of the set agree on, or null for fewer than two bars or an odd spacing. */
export function inferTimeframe(openTimeMs: Float64Array): Timeframe | null {
  return timeframeOfSpacing(commonSpacing(openTimeMs));
}
