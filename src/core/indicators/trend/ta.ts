import type { ParameterValues } from '../indicator.ts';
import { fieldsOf, lines } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { chosen } from '../volatility/choice.ts';
import { alligator, gator } from './alligator.ts';
import { aroon } from './aroon.ts';
import { atrTrailingStop } from './atr-trailing-stop.ts';
import { adx, directionalMovement } from './directional.ts';
import { fractals } from './fractals.ts';
import { hilbertTrendline } from './hilbert-trendline.ts';
import { ichimoku } from './ichimoku.ts';
import { parabolicSar, parabolicSarExtended } from './parabolic-sar.ts';
import { PIVOT_METHODS, type PivotMethod } from './pivot-levels.ts';
import { pivotPoints, pivotPointsRolling } from './pivot-points.ts';
import { superTrend } from './supertrend.ts';
import { volatilityStop } from './volatility-stop.ts';
import { vortex } from './vortex.ts';
import { zigZag } from './zigzag.ts';

type Bars = SeriesOwner;

const WINDOWS = ['hour', 'day', 'week', 'month'] as const;
const STOP_ORIGINS = ['close', 'extremes'] as const;

function checkPivotMethod(given: string): void {
  if ((PIVOT_METHODS as readonly string[]).includes(given)) return;
  throw new RangeError(
    `pivot points: method must be one of ${PIVOT_METHODS.join(', ')}, found ${JSON.stringify(given)}`,
  );
}

/** Direction of the market, its turning points, and stops that follow it. */
export const trend = {
  adx: (bars: Bars, n = 14, convention = 0) => lines(adx, fieldsOf(adx, bars), { length: n, convention }),
  directionalMovement: (bars: Bars, n = 14, convention = 0) =>
    lines(directionalMovement, fieldsOf(directionalMovement, bars), { length: n, convention }),
  aroon: (bars: Bars, n = 25, ties = 0) => lines(aroon, fieldsOf(aroon, bars), { length: n, ties }),
  vortex: (bars: Bars, n = 14) => lines(vortex, fieldsOf(vortex, bars), { length: n }),
  superTrend: (bars: Bars, n = 10, multiplier = 3, firstRange = 0) =>
    lines(superTrend, fieldsOf(superTrend, bars), { length: n, multiplier, firstRange }),
  atrTrailingStop: (
    bars: Bars,
    n = 21,
    multiplier = 3,
    from: (typeof STOP_ORIGINS)[number] | number = 'close',
    firstRange = 0,
  ) =>
    lines(atrTrailingStop, fieldsOf(atrTrailingStop, bars), {
      length: n,
      multiplier,
      from: chosen('atr-trailing-stop', 'from', STOP_ORIGINS, from),
      firstRange,
    }),
  volatilityStop: (bars: Bars, n = 7, multiplier = 3) =>
    lines(volatilityStop, fieldsOf(volatilityStop, bars), { length: n, multiplier }),
  parabolicSar: (bars: Bars, step = 0.02, max = 0.2, convention = 0) =>
    lines(parabolicSar, fieldsOf(parabolicSar, bars), { step, max, convention }),
  /** Parameters by name, all optional; see the definition. */
  parabolicSarExtended: (bars: Bars, given: Partial<ParameterValues<typeof parabolicSarExtended.params>> = {}) =>
    lines(parabolicSarExtended, fieldsOf(parabolicSarExtended, bars), given),
  ichimoku: (bars: Bars, tenkan = 9, kijun = 26, senkouB = 52, displacement = 26) =>
    lines(ichimoku, fieldsOf(ichimoku, bars), { tenkan, kijun, senkouB, displacement }),
  alligator: (source: Series, jaw = 13, teeth = 8, lips = 5, jawOffset = 8, teethOffset = 5, lipsOffset = 3) =>
    lines(alligator, [source], { jaw, teeth, lips, jawOffset, teethOffset, lipsOffset }),
  gator: (source: Series, jaw = 13, teeth = 8, lips = 5, jawOffset = 8, teethOffset = 5, lipsOffset = 3) =>
    lines(gator, [source], { jaw, teeth, lips, jawOffset, teethOffset, lipsOffset }),
  fractals: (bars: Bars, left = 2, right = left) => lines(fractals, fieldsOf(fractals, bars), { left, right }),
  zigZag: (bars: Bars, percent = 5) => lines(zigZag, fieldsOf(zigZag, bars), { percent }),
  /** ZigZag of one series, e.g. the close. */
  zigZagOf: (source: Series, percent = 5) => lines(zigZag, [source, source], { percent }),
  pivotPoints: <const M extends PivotMethod = 'standard'>(
    bars: Bars,
    window: (typeof WINDOWS)[number] | number = 'day',
    method: M = 'standard' as M,
  ) => {
    checkPivotMethod(method);
    const spec: (typeof pivotPoints)[M] = pivotPoints[method];
    const given = { window: chosen(spec.name, 'window', WINDOWS, window) };
    return lines(spec as never, fieldsOf(spec, bars), given) as LinesOf<typeof spec>;
  },
  rollingPivots: <const M extends PivotMethod = 'standard'>(
    bars: Bars,
    n = 20,
    method: M = 'standard' as M,
    offset = 0,
  ) => {
    checkPivotMethod(method);
    const spec: (typeof pivotPointsRolling)[M] = pivotPointsRolling[method];
    return lines(spec as never, fieldsOf(spec, bars), { length: n, offset }) as LinesOf<typeof spec>;
  },
  hilbertTrendline: (source: Series) => lines(hilbertTrendline, [source], {}),
};

type LinesOf<S extends { readonly outputs: readonly string[] }> = { readonly [K in S['outputs'][number]]: Series };

/** Their definitions, for the catalogue. */
export const trendIndicators = [
  adx,
  directionalMovement,
  aroon,
  vortex,
  superTrend,
  atrTrailingStop,
  volatilityStop,
  parabolicSar,
  parabolicSarExtended,
  ichimoku,
  alligator,
  gator,
  fractals,
  zigZag,
  ...PIVOT_METHODS.map((m) => pivotPoints[m]),
  ...PIVOT_METHODS.map((m) => pivotPointsRolling[m]),
  hilbertTrendline,
] as const;
