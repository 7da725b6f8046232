import { DAY_MS } from '../vocabulary/time.ts';
import { ALWAYS_OPEN, dayIndexOfClose, type ReportCalendar } from './calendar.ts';
import { simpleReturns } from './returns.ts';

/** Money put into (positive) or taken out of the account at an instant. */
export interface CashFlow {
  readonly timeMs: number;
  readonly amount: number;
}

/** Marked-to-market equity at bar closes, oldest first. A point that is not finite counts as missing. */
export interface EquityCurve {
  readonly timeMs: Float64Array;
  readonly equity: Float64Array;
  /** Equity before the first point; without it the first point is where the curve begins. */
  readonly initialEquity?: number;
  /** When the curve begins; without it at the first point. */
  readonly startMs?: number;
  readonly flows?: readonly CashFlow[];
}

/** One value a day of the calendar, oldest first. `returns[i]` is the return of the day `dayMs[i]` (its midnight). */
export interface DailyReturns {
  readonly dayMs: Float64Array;
  readonly returns: Float64Array;
  /** Equity at the day's close, flows included. */
  readonly equity: Float64Array;
  readonly calendar: ReportCalendar;
}

/** First finite equity, or `initialEquity`; null of an empty curve. */
export function startEquity(curve: EquityCurve): number | null {
  if (curve.initialEquity !== undefined) return curve.initialEquity;
  for (const value of curve.equity) if (Number.isFinite(value)) return value;
  return null;
}

/** Last finite equity, or what the curve began with; null of an empty curve. */
export function endEquity(curve: EquityCurve): number | null {
  for (let i = curve.equity.length - 1; i >= 0; i--) if (Number.isFinite(curve.equity[i]!)) return curve.equity[i]!;
  return curve.initialEquity ?? null;
}

/** Elapsed days from the curve's beginning to its last point. */
export function elapsedDays(curve: EquityCurve): number {
  const last = curve.timeMs[curve.timeMs.length - 1];
  return last === undefined ? 0 : (last - (curve.startMs ?? curve.timeMs[0]!)) / DAY_MS;
}

/** Σ of all flows. */
export function netFlow(curve: EquityCurve): number {
  return (curve.flows ?? []).reduce((total, flow) => total + flow.amount, 0);
}

/**
 * The curve without the effect of deposits and withdrawals: what one unit of the account was worth (time-weighted).
 * A flow counts as arrived just before the first point at or after it. Without flows the curve itself, not a copy.
 */
export function timeWeighted(curve: EquityCurve): EquityCurve {
  const flows = [...(curve.flows ?? [])].sort((a, b) => a.timeMs - b.timeMs);
  const start = startEquity(curve);
  if (flows.length === 0 || start === null) return curve;
  const equity = new Float64Array(curve.equity.length);
  let units = 1;
  let last = start;
  let next = 0;
  for (let i = 0; i < equity.length; i++) {
    for (let flow = flows[next]; flow !== undefined && flow.timeMs <= curve.timeMs[i]!; flow = flows[++next]) {
      // Units are issued at the price before the flow, so that price does not move.
      if (last > 0) units *= (last + flow.amount) / last;
      last += flow.amount;
    }
    const value = curve.equity[i]!;
    if (Number.isFinite(value)) last = value;
    equity[i] = Number.isFinite(value) ? value / units : Number.NaN;
  }
  return { timeMs: curve.timeMs, equity, initialEquity: start, startMs: curve.startMs ?? curve.timeMs[0] ?? 0 };
}

/**
 * Samples a curve on the daily closes of a calendar and returns one return a day; flat days count. Bars of any size go in.
 * The first day's return runs from the curve's beginning; a curve that begins with its only point of a day begins at that close.
 */
export function dailyReturns(curve: EquityCurve, calendar: ReportCalendar = ALWAYS_OPEN): DailyReturns {
  const weighted = timeWeighted(curve);
  const closes = dailyCloses(weighted, calendar);
  const money = weighted === curve ? closes : dailyCloses(curve, calendar);
  const path = new Float64Array(closes.equity.length + 1);
  path[0] = closes.start;
  path.set(closes.equity, 1);
  return { dayMs: closes.dayMs, returns: simpleReturns(path), equity: money.equity, calendar };
}

/** Index of the day in which a curve with an equity of its own before the first point begins: a first bar of a week has flat days before its close. */
function dayBegun({ initialEquity, startMs }: EquityCurve, { days, dayOffsetMs }: ReportCalendar): number {
  if (initialEquity === undefined || startMs === undefined || days === 'sessions') return Number.POSITIVE_INFINITY;
  return Math.floor((startMs - dayOffsetMs) / DAY_MS);
}

interface DailyCloses {
  readonly dayMs: Float64Array;
  readonly equity: Float64Array;
  readonly start: number;
}

function dailyCloses(curve: EquityCurve, calendar: ReportCalendar): DailyCloses {
  const { timeMs, equity } = curve;
  const start = startEquity(curve);
  const n = timeMs.length;
  if (start === null || n === 0) return { dayMs: new Float64Array(0), equity: new Float64Array(0), start: 0 };
  const firstDay = Math.min(dayBegun(curve, calendar), dayIndexOfClose(timeMs[0]!, calendar));
  const lastDay = dayIndexOfClose(timeMs[n - 1]!, calendar);
  const dayMs = new Float64Array(lastDay - firstDay + 1);
  const close = new Float64Array(dayMs.length);
  let count = 0;
  let value = start;
  // With no equity known before it, a lone first point is the beginning itself and not the end of a day's move.
  let i = curve.initialEquity === undefined && (n === 1 || dayIndexOfClose(timeMs[1]!, calendar) !== firstDay) ? 1 : 0;
  let day = firstDay + i;
  while (day <= lastDay) {
    const endMs = (day + 1) * DAY_MS + calendar.dayOffsetMs;
    const before = i;
    while (i < n && timeMs[i]! <= endMs) {
      const point = equity[i++]!;
      if (Number.isFinite(point)) value = point;
    }
    if (calendar.days === 'every-day' || i > before) {
      dayMs[count] = day * DAY_MS + calendar.dayOffsetMs;
      close[count++] = value;
    }
    day++;
  }
  return { dayMs: dayMs.slice(0, count), equity: close.slice(0, count), start };
}
