import { fieldsOf, line, lines } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { accelerationBands } from './acceleration-bands.ts';
import { atr, natr } from './atr.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { chandelierExit } from './chandelier-exit.ts';
import { chosen } from './choice.ts';
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

const SAMPLES = ['population', 'sample'] as const;
type Sample = (typeof SAMPLES)[number] | number;
const AVERAGES = ['simple', 'exponential', 'smoothed'] as const;

/** How far and how unevenly the price moves: ranges, deviations, bands around an average, volatility estimates. */
export const volatility = {
  tr: (bars: Bars, firstRange = 0): Series => line(tr, fieldsOf(tr, bars), { firstRange }),
  atr: (bars: Bars, n = 14, firstRange = 0): Series => line(atr, fieldsOf(atr, bars), { length: n, firstRange }),
  natr: (bars: Bars, n = 14, firstRange = 0): Series => line(natr, fieldsOf(natr, bars), { length: n, firstRange }),
  variance: (source: Series, n = 20, sample: Sample = 'population'): Series =>
    line(variance, [source], { length: n, sample: chosen('variance', 'sample', SAMPLES, sample) }),
  stddev: (source: Series, n = 20, sample: Sample = 'population'): Series =>
    line(stddev, [source], { length: n, sample: chosen('stddev', 'sample', SAMPLES, sample) }),
  bollingerBands: (source: Series, n = 20, deviations = 2, sample: Sample = 'population') =>
    lines(bollingerBands, [source], {
      length: n,
      deviations,
      sample: chosen('bollinger-bands', 'sample', SAMPLES, sample),
    }),
  keltnerChannel: (bars: Bars, n = 20, multiplier = 2, atrLength = 10, fromFirstBar = 0) =>
    lines(keltnerChannel, fieldsOf(keltnerChannel, bars), { length: n, multiplier, atrLength, fromFirstBar }),
  starcBands: (bars: Bars, n = 5, multiplier = 2, atrLength = 10) =>
    lines(starcBands, fieldsOf(starcBands, bars), { length: n, multiplier, atrLength }),
  maEnvelope: (source: Series, n = 20, percent = 2.5, average: (typeof AVERAGES)[number] | number = 'simple') =>
    lines(maEnvelope, [source], { length: n, percent, average: chosen('ma-envelope', 'average', AVERAGES, average) }),
  accelerationBands: (bars: Bars, n = 20, widening = 4) =>
    lines(accelerationBands, fieldsOf(accelerationBands, bars), { length: n, factor: widening }),
  donchianChannel: (bars: Bars, n = 20, offset = 0) =>
    lines(donchianChannel, fieldsOf(donchianChannel, bars), { length: n, offset }),
  chandelierExit: (bars: Bars, n = 22, multiplier = 3, firstRange = 0) =>
    lines(chandelierExit, fieldsOf(chandelierExit, bars), { length: n, multiplier, firstRange }),
  ulcerIndex: (source: Series, n = 14): Series => line(ulcerIndex, [source], { length: n }),
  choppiness: (bars: Bars, n = 14): Series => line(choppiness, fieldsOf(choppiness, bars), { length: n }),
  massIndex: (bars: Bars, n = 25, emaLength = 9, seed = 0): Series =>
    line(massIndex, fieldsOf(massIndex, bars), { length: n, emaLength, seed }),
  historicalVolatility: (
    source: Series,
    n = 20,
    periodsPerYear = 252,
    returns = 0,
    sample: Sample = 'sample',
  ): Series =>
    line(historicalVolatility, [source], {
      length: n,
      periodsPerYear,
      returns,
      sample: chosen('historical-volatility', 'sample', SAMPLES, sample),
    }),
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
