import { fieldsOf, line, lines } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { kvo } from './klinger.ts';
import { accumulationDistribution, chaikinOscillator, cmf, mfi } from './money-flow.ts';
import { nvi, obv, pvi, pvt, wad } from './on-balance-volume.ts';
import {
  easeOfMovement,
  forceIndex,
  marketFacilitation,
  relativeVolume,
  volumeOscillator,
} from './volume-oscillators.ts';
import { volumeProfile } from './volume-profile.ts';
import { anchoredVwap, rollingVwap, vwap } from './vwap.ts';

/** Volume indicators as functions of bars. */
export const volume = {
  obv: (bars: SeriesOwner, start = 0): Series => line(obv, fieldsOf(obv, bars), { start }),
  accumulationDistribution: (bars: SeriesOwner): Series =>
    line(accumulationDistribution, fieldsOf(accumulationDistribution, bars), {}),
  chaikinOscillator: (bars: SeriesOwner, fast = 3, slow = 10, seed = 0): Series =>
    line(chaikinOscillator, fieldsOf(chaikinOscillator, bars), { fast, slow, seed }),
  cmf: (bars: SeriesOwner, n = 20): Series => line(cmf, fieldsOf(cmf, bars), { length: n }),
  mfi: (bars: SeriesOwner, n = 14): Series => line(mfi, fieldsOf(mfi, bars), { length: n }),
  vwap: (bars: SeriesOwner, offsetHours = 0): Series => line(vwap, fieldsOf(vwap, bars), { offsetHours }),
  anchoredVwap: (bars: SeriesOwner, anchorMs = 0): Series =>
    line(anchoredVwap, fieldsOf(anchoredVwap, bars), { anchorMs }),
  rollingVwap: (bars: SeriesOwner, n = 14): Series => line(rollingVwap, fieldsOf(rollingVwap, bars), { length: n }),
  forceIndex: (bars: SeriesOwner, n = 13, seed = 0): Series =>
    line(forceIndex, fieldsOf(forceIndex, bars), { length: n, seed }),
  easeOfMovement: (bars: SeriesOwner, n = 14, scale = 1e8) =>
    lines(easeOfMovement, fieldsOf(easeOfMovement, bars), { length: n, scale }),
  marketFacilitation: (bars: SeriesOwner): Series => line(marketFacilitation, fieldsOf(marketFacilitation, bars), {}),
  pvt: (bars: SeriesOwner): Series => line(pvt, fieldsOf(pvt, bars), {}),
  nvi: (bars: SeriesOwner): Series => line(nvi, fieldsOf(nvi, bars), {}),
  pvi: (bars: SeriesOwner): Series => line(pvi, fieldsOf(pvi, bars), {}),
  wad: (bars: SeriesOwner): Series => line(wad, fieldsOf(wad, bars), {}),
  kvo: (bars: SeriesOwner, fast = 34, slow = 55, signal = 13, form = 0, seed = 0) =>
    lines(kvo, fieldsOf(kvo, bars), { fast, slow, signal, form, seed }),
  volumeProfile: (bars: SeriesOwner, n = 50, bins = 24, percent = 70) =>
    lines(volumeProfile, fieldsOf(volumeProfile, bars), { length: n, bins, percent }),
  volumeOscillator: (bars: SeriesOwner, fast = 5, slow = 10): Series =>
    line(volumeOscillator, fieldsOf(volumeOscillator, bars), { fast, slow }),
  relativeVolume: (bars: SeriesOwner, n = 20): Series =>
    line(relativeVolume, fieldsOf(relativeVolume, bars), { length: n }),
};

/** Their definitions, for the catalogue. */
export const volumeIndicators = [
  obv,
  accumulationDistribution,
  chaikinOscillator,
  cmf,
  mfi,
  vwap,
  anchoredVwap,
  rollingVwap,
  forceIndex,
  easeOfMovement,
  marketFacilitation,
  pvt,
  nvi,
  pvi,
  wad,
  kvo,
  volumeProfile,
  volumeOscillator,
  relativeVolume,
] as const;
