import { fieldsOf, line, lines } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { accelerationBands } from './acceleration-bands.ts';
import { atr, natr } from './atr.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { chandelierExit } from './chandelier-exit.ts';
import { choppiness } from './choppiness.ts';
import { stddev, variance } from './deviation.ts';
import { donchianChannel } from './donchian-channel.ts';
import { historicalVolatility } from './historical-volatility.ts';
import { keltnerChannel } from './keltner-channel.ts';
import { maEnvelope } from './ma-envelope.ts';
import { massIndex } from './mass-index.ts';
import { garmanKlass, parkinson, rogersSatchell, yangZhang } from './range-volatility.ts';
import { starcBands } from './starc-bands.ts';
import { tr } from './true-range.ts';
import { ulcerIndex } from './ulcer-index.ts';

type Bars = SeriesOwner;

/** How far and how unevenly the price moves: ranges, deviations, bands around an average, volatility estimates. */
export const volatility = {
  tr: (bars: Bars): Series => line(tr, fieldsOf(tr, bars), {}),
  atr: (bars: Bars, n = 14): Series => line(atr, fieldsOf(atr, bars), { length: n }),
  natr: (bars: Bars, n = 14): Series => line(natr, fieldsOf(natr, bars), { length: n }),
  variance: (source: Series, n = 20, of: 'population' | 'sample' = 'population'): Series =>
    line(variance, [source], { length: n, sample: of === 'sample' ? 1 : 0 }),
  stddev: (source: Series, n = 20, of: 'population' | 'sample' = 'population'): Series =>
    line(stddev, [source], { length: n, sample: of === 'sample' ? 1 : 0 }),
  bollingerBands: (source: Series, n = 20, deviations = 2) =>
    lines(bollingerBands, [source], { length: n, deviations }),
  keltnerChannel: (bars: Bars, n = 20, multiplier = 2, atrLength = 10) =>
    lines(keltnerChannel, fieldsOf(keltnerChannel, bars), { length: n, multiplier, atrLength }),
  starcBands: (bars: Bars, n = 5, multiplier = 2, atrLength = 10) =>
    lines(starcBands, fieldsOf(starcBands, bars), { length: n, multiplier, atrLength }),
  maEnvelope: (source: Series, n = 20, percent = 2.5, average: 'simple' | 'exponential' | 'smoothed' = 'simple') =>
    lines(maEnvelope, [source], {
      length: n,
      percent,
      average: ['simple', 'exponential', 'smoothed'].indexOf(average),
    }),
  accelerationBands: (bars: Bars, n = 20, widening = 4) =>
    lines(accelerationBands, fieldsOf(accelerationBands, bars), { length: n, factor: widening }),
  donchianChannel: (bars: Bars, n = 20, offset = 0) =>
    lines(donchianChannel, fieldsOf(donchianChannel, bars), { length: n, offset }),
  chandelierExit: (bars: Bars, n = 22, multiplier = 3) =>
    lines(chandelierExit, fieldsOf(chandelierExit, bars), { length: n, multiplier }),
  ulcerIndex: (source: Series, n = 14): Series => line(ulcerIndex, [source], { length: n }),
  choppiness: (bars: Bars, n = 14): Series => line(choppiness, fieldsOf(choppiness, bars), { length: n }),
  massIndex: (bars: Bars, n = 25, emaLength = 9): Series =>
    line(massIndex, fieldsOf(massIndex, bars), { length: n, emaLength }),
  historicalVolatility: (source: Series, n = 20, periodsPerYear = 252): Series =>
    line(historicalVolatility, [source], { length: n, periodsPerYear }),
  parkinson: (bars: Bars, n = 20, periodsPerYear = 252): Series =>
    line(parkinson, fieldsOf(parkinson, bars), { length: n, periodsPerYear }),
  garmanKlass: (bars: Bars, n = 20, periodsPerYear = 252): Series =>
    line(garmanKlass, fieldsOf(garmanKlass, bars), { length: n, periodsPerYear }),
  rogersSatchell: (bars: Bars, n = 20, periodsPerYear = 252): Series =>
    line(rogersSatchell, fieldsOf(rogersSatchell, bars), { length: n, periodsPerYear }),
  yangZhang: (bars: Bars, n = 20, periodsPerYear = 252): Series =>
    line(yangZhang, fieldsOf(yangZhang, bars), { length: n, periodsPerYear }),
};

/** Their definitions, for the catalogue. */
export const volatilityIndicators = [
  tr,
  atr,
  natr,
  variance,
  stddev,
  bollingerBands,
  keltnerChannel,
  starcBands,
  maEnvelope,
  accelerationBands,
  donchianChannel,
  chandelierExit,
  ulcerIndex,
  choppiness,
  massIndex,
  historicalVolatility,
  parkinson,
  garmanKlass,
  rogersSatchell,
  yangZhang,
] as const;
