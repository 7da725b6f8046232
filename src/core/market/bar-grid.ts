import { barClose, barOpen, civilDate, type TimeframeSpec, type TimeMs } from '../vocabulary/time.ts';

/** Where bars of a timeframe open and close. The UTC grid below, or the sessions of an exchange (`session-calendar.ts`, `dated-grid.ts`). */
export interface BarGrid {
  /** Set for the plain calendar, whose bars are a matter of arithmetic; null for sessions. */
  readonly utcOffsetMs: number | null;
  /** Whether bars are stamped with the date of their trading day, so that bars of a day and more roll up on it (`dated-grid.ts`). */
  readonly isDated?: boolean;
  /** Open of the bar that holds `timeMs`; NaN where no session is open then. */
  open(spec: TimeframeSpec, timeMs: TimeMs): TimeMs;
  /** First instant no longer in the bar that opened at `openMs`. */
  close(spec: TimeframeSpec, openMs: TimeMs): TimeMs;
  /** Open of the bar that follows the one opened at `openMs`. */
  next(spec: TimeframeSpec, openMs: TimeMs): TimeMs;
  /** How many bars lie strictly between the two opens. */
  between(spec: TimeframeSpec, fromOpenMs: TimeMs, toOpenMs: TimeMs): number;
}

/** Days from midnight UTC plus `offsetMs`, weeks from Monday, months from the first; never closed. */
export function utcGrid(offsetMs = 0): BarGrid {
  return {
    utcOffsetMs: offsetMs,
    open: (spec, timeMs) => barOpen(spec, timeMs, offsetMs),
    close: (spec, openMs) => barClose(spec, openMs, offsetMs),
    next: (spec, openMs) => barClose(spec, openMs, offsetMs),
    between: (spec, fromOpenMs, toOpenMs) => barsBetween(spec, fromOpenMs, toOpenMs, offsetMs),
  };
}

/** Counted in places on the grid, so that days of 23 or 25 hours are no gaps. */
function barsBetween(spec: TimeframeSpec, fromOpenMs: TimeMs, toOpenMs: TimeMs, offsetMs: number): number {
  const from = barOpen(spec, fromOpenMs, offsetMs);
  const to = barOpen(spec, toOpenMs, offsetMs);
  if (spec.unit !== 'mo') return Math.max(0, (to - from) / spec.ms - 1);
  const [fromYear, fromMonth] = civilDate(from - offsetMs);
  const [toYear, toMonth] = civilDate(to - offsetMs);
  return Math.max(0, ((toYear - fromYear) * 12 + toMonth - fromMonth) / spec.count - 1);
}
