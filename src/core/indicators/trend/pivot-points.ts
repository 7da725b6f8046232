import { defineIndicator, type Kernel, length, type ParameterRange } from '../indicator.ts';
import { choice } from '../volatility/choice.ts';
import { Delay } from '../volatility/delay.ts';
import { RollingExtreme } from '../volatility/rolling-extreme.ts';
import { PIVOT_FORMULAS, PIVOT_OUTPUTS, PIVOT_SOURCES, type PivotMethod, pivotLevels } from './pivot-levels.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Number of the hour (0), day (1), week from Monday (2) or month (3) of UTC in which an instant lies. */
export function calendarWindow(openTimeMs: number, window: number): number {
  if (window === 0) return Math.floor(openTimeMs / HOUR_MS);
  const day = Math.floor(openTimeMs / DAY_MS);
  if (window === 1) return day;
  // 1 January 1970 was a Thursday.
  if (window === 2) return Math.floor((day + 3) / 7);
  return month(day);
}

/** Months since year 0 of a day counted from 1970, by the civil calendar (Hinnant, chrono-compatible date algorithms). */
function month(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // Months counted from March, so that the leap day is the last of its year.
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return (era * 400 + yearOfEra) * 12 + fromMarch + 2;
}

class PivotPoints implements Kernel {
  readonly out: Float64Array;
  readonly #method: PivotMethod;
  readonly #window: number;
  /** Open, high, low and close of the window so far, and its number. */
  readonly #state = new Float64Array(5).fill(Number.NaN);
  #complete = 0;

  constructor(method: PivotMethod, window: number) {
    this.#method = method;
    this.#window = window;
    this.out = new Float64Array(PIVOT_OUTPUTS[method].length + 1).fill(Number.NaN);
  }

  next(open: number, high: number, low: number, close: number, openTimeMs: number): number {
    const s = this.#state;
    const out = this.out;
    const window = calendarWindow(openTimeMs, this.#window);
    const started = !Number.isNaN(s[4]!);
    if (started && window !== s[4]!) {
      pivotLevels(this.#method, out, s[0]!, s[1]!, s[2]!, s[3]!, open);
      this.#complete++;
    }
    if (window !== s[4]!) {
      s[0] = open;
      s[1] = high;
      s[2] = low;
      s[4] = window;
    } else {
      if (high > s[1]!) s[1] = high;
      if (low < s[2]!) s[2] = low;
    }
    s[3] = close;
    if (this.#complete === 0) pivotLevels(this.#method, out, s[0]!, s[1]!, s[2]!, close, s[0]!);
    out[out.length - 1] = this.#complete;
    return out[0]!;
  }
}

class RollingPivots implements Kernel {
  readonly out: Float64Array;
  readonly #method: PivotMethod;
  readonly #highest: RollingExtreme;
  readonly #lowest: RollingExtreme;
  readonly #opens: Delay;
  readonly #highs: Delay;
  readonly #lows: Delay;
  readonly #closes: Delay;

  constructor(method: PivotMethod, n: number, offset: number) {
    this.#method = method;
    this.out = new Float64Array(PIVOT_OUTPUTS[method].length).fill(Number.NaN);
    this.#highest = new RollingExtreme(n, 'highest');
    this.#lowest = new RollingExtreme(n, 'lowest');
    this.#opens = new Delay(n + offset);
    this.#highs = new Delay(offset + 1);
    this.#lows = new Delay(offset + 1);
    this.#closes = new Delay(offset + 1);
  }

  next(open: number, high: number, low: number, close: number): number {
    const windowOpen = this.#opens.next(open);
    const windowHigh = this.#highs.next(this.#highest.next(high));
    const windowLow = this.#lows.next(this.#lowest.next(low));
    const windowClose = this.#closes.next(close);
    if (Number.isNaN(windowOpen)) return Number.NaN;
    pivotLevels(this.#method, this.out, windowOpen, windowHigh, windowLow, windowClose, open);
    return this.out[0]!;
  }
}

const TITLES: Readonly<Record<PivotMethod, string>> = {
  standard: 'standard',
  fibonacci: 'Fibonacci',
  camarilla: 'Camarilla',
  woodie: 'Woodie',
  demark: 'DeMark',
};

const windowRange = choice(1, 3, "0 or 'hour', 1 or 'day', 2 or 'week' from Monday, 3 or 'month'; all of UTC");

const offsetRange: ParameterRange = {
  default: 0,
  min: 0,
  max: 100_000,
  integer: true,
  about: 'further bars between the window and the current bar',
};

/**
 * Pivot points of the calendar window (hour, day, week, month of UTC) before the current one. The last output, `windows`, counts the
 * windows that ended before this bar: 0 means that the data began in this window, and the levels are those of its bars so far as
 * a stand-in (they change with every bar until the window ends, and should not be traded); 1 that the window behind the levels
 * may have been seen in part; from 2 on they do not depend on where the data began.
 */
function calendarPivots<const M extends PivotMethod>(method: M) {
  return defineIndicator({
    name: `pivot-points-${method}`,
    title: `Pivot points, ${TITLES[method]}`,
    group: 'trend',
    inputs: ['open', 'high', 'low', 'close', 'openTimeMs'],
    outputs: [...PIVOT_OUTPUTS[method], 'windows'] as unknown as readonly [...(typeof PIVOT_OUTPUTS)[M], 'windows'],
    params: { window: windowRange },
    unit: 'price; windows count',
    formula: PIVOT_FORMULAS[method],
    source: PIVOT_SOURCES[method],
    warmup: () => 0,
    create: (p) => new PivotPoints(method, p.window),
  });
}

/**
 * Pivot points of the n bars that end before the current one (or `offset` bars earlier). Woodie's take the open of the current bar,
 * DeMark's that of the window's first.
 */
function rollingPivots<const M extends PivotMethod>(method: M) {
  return defineIndicator({
    name: `rolling-pivots-${method}`,
    title: `Rolling pivot points, ${TITLES[method]}`,
    group: 'trend',
    inputs: ['open', 'high', 'low', 'close'],
    outputs: PIVOT_OUTPUTS[method] as (typeof PIVOT_OUTPUTS)[M],
    params: { length: length(20), offset: offsetRange },
    unit: 'price',
    formula: PIVOT_FORMULAS[method],
    source: PIVOT_SOURCES[method],
    warmup: (p) => p.length + p.offset,
    create: (p) => new RollingPivots(method, p.length, p.offset),
  });
}

/** Pivot points by calendar window, one definition a method. */
export const pivotPoints = {
  standard: calendarPivots('standard'),
  fibonacci: calendarPivots('fibonacci'),
  camarilla: calendarPivots('camarilla'),
  woodie: calendarPivots('woodie'),
  demark: calendarPivots('demark'),
};

/** Pivot points over the last n bars, one definition a method. */
export const pivotPointsRolling = {
  standard: rollingPivots('standard'),
  fibonacci: rollingPivots('fibonacci'),
  camarilla: rollingPivots('camarilla'),
  woodie: rollingPivots('woodie'),
  demark: rollingPivots('demark'),
};
