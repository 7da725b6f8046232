import { civilDate, civilToMs, DAY_MS, HOUR_MS, type TimeMs } from '../../vocabulary/time.ts';
import { dayOf, fixed, minuteOf, monthName, type SignRule } from './format.ts';

/** Charts are drawn on a square of this many units, stretched by the page to whatever room there is. */
export const EXTENT = 1000;

/** Maps a value to 0 … {@link EXTENT}. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

/** A place on an axis and what is written there. `minor` ones are dropped where room is short. */
export interface Tick {
  readonly value: number;
  readonly label: string;
  readonly minor?: boolean;
}

export function linearScale(low: number, high: number): Scale {
  const span = high > low ? high - low : 1;
  return { low, high: low + span, at: (value) => ((value - low) / span) * EXTENT };
}

/** Equal ratios take equal room. `low` must be positive. */
export function logScale(low: number, high: number): Scale {
  const span = high > low ? Math.log(high / low) : 1;
  return { low, high, at: (value) => (Math.log(Math.max(value, low) / low) / span) * EXTENT };
}

/** Lowest and highest finite value, widened by `margin` of their distance; 0 … 1 of nothing. */
export function extent(values: Iterable<number | null>, margin = 0): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const room = (high - low) * margin || Math.abs(high) * 0.01 || 1;
  return margin === 0 && high > low ? [low, high] : [low - room, high + room];
}

/** 1, 2 or 5 times a power of ten: the one of which nearest to `count` steps make `span`. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  let power = 1;
  while (power * 10 <= rough) power *= 10;
  while (power > rough) power /= 10;
  // Bounds are geometric means of neighbours: √2, √10, √50.
  const ratio = rough / power;
  return power * (ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10);
}

/** Round values between `low` and `high`. */
export function niceValues(low: number, high: number, count: number): number[] {
  const step = niceStep(high - low, count);
  const out: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) out.push(k * step);
  return out;
}

/** Round values for a logarithmic axis: 1, 2, 5 per decade, or as on a linear one where it spans less than a factor of five. */
export function niceRatios(low: number, high: number, count: number): number[] {
  if (high / low < 5) return niceValues(low, high, count);
  const out: number[] = [];
  let power = 1;
  while (power * 10 <= low) power *= 10;
  while (power > low) power /= 10;
  for (; power <= high; power *= 10)
    for (const factor of [1, 2, 5]) if (power * factor >= low && power * factor <= high) out.push(power * factor);
  return out;
}

/** Amounts of money on an axis, with the decimals that tell one from the next. */
export function moneyTicks(values: readonly number[], sign: SignRule = 'auto'): Tick[] {
  const step = Math.abs(values[1]! - values[0]!);
  const places = step < 1 ? Math.max(2, Math.ceil(-Math.log10(step) - 1e-9)) : 0;
  return values.map((value) => ({ value, label: fixed(value, places, sign) }));
}

/** Months, days or hours between two instants, about `count` of them; labels grow with the unit. */
export function timeTicks(fromMs: TimeMs, toMs: TimeMs, count: number): Tick[] {
  const days = (toMs - fromMs) / DAY_MS;
  if (days > 28 * count) {
    const months = [1, 2, 3, 6, 12, 24, 60, 120].find((m) => days / (m * 30.4) <= count) ?? 240;
    const [fromYear, fromMonth] = civilDate(fromMs);
    const out: Tick[] = [];
    for (let k = Math.ceil((fromYear * 12 + fromMonth - 1) / months) * months; ; k += months) {
      const value = civilToMs(Math.floor(k / 12), (k % 12) + 1, 1);
      if (value > toMs) return out;
      if (value >= fromMs)
        out.push({ value, label: k % 12 === 0 ? `${k / 12}` : `${monthName(k % 12)} ${Math.floor(k / 12)}` });
    }
  }
  const steps = days > count ? [1, 2, 7, 14, 28].map((d) => d * DAY_MS) : [1, 2, 6, 12, 24].map((h) => h * HOUR_MS);
  const step = steps.find((s) => (toMs - fromMs) / s <= count) ?? steps.at(-1)!;
  const out: Tick[] = [];
  for (let value = Math.ceil(fromMs / step) * step; value <= toMs; value += step)
    out.push({ value, label: value % DAY_MS === 0 ? dayOf(value).slice(5) : minuteOf(value).slice(11) });
  return out;
}

/** Every second tick marked as minor, so that the rest stays readable on a phone. */
export function halveOnPhones(ticks: readonly Tick[]): Tick[] {
  return ticks.map((tick, i) => ({ ...tick, minor: i % 2 === 1 }));
}
