import { fieldsOf, line, lines } from '../line.ts';
import type { Series, SeriesOwner } from '../series.ts';
import { accelerator, awesome } from './awesome.ts';
import { bop, elderRay, forecastOscillator, qstick } from './bop.ts';
import { cci } from './cci.ts';
import { cmo, mom, roc } from './changes.ts';
import { connorsRsi } from './connors-rsi.ts';
import { dpo } from './dpo.ts';
import { fisher } from './fisher.ts';
import { coppock, kst } from './kst.ts';
import { apo, macd, ppo, pvo } from './macd.ts';
import { pmo } from './pmo.ts';
import { rocBands } from './roc-bands.ts';
import { rsi } from './rsi.ts';
import { stc } from './stc.ts';
import { stochastic, stochasticOf, stochasticRsi, williamsR } from './stochastic.ts';
import { trix } from './trix.ts';
import { smi, tsi } from './tsi.ts';
import { ultimate } from './ultimate.ts';

type Lines<K extends string> = { readonly [name in K]: Series };

/** Momentum indicators as functions of a series, or of bars where they read more than one field. */
export const momentum = {
  rsi: (source: Series, n = 14, seed = 0): Series => line(rsi, [source], { length: n, seed }),
  macd: (source: Series, fast = 12, slow = 26, signal = 9, seed = 0): Lines<'macd' | 'signal' | 'histogram'> =>
    lines(macd, [source], { fast, slow, signal, seed }),
  ppo: (source: Series, fast = 12, slow = 26, signal = 9, seed = 0): Lines<'ppo' | 'signal' | 'histogram'> =>
    lines(ppo, [source], { fast, slow, signal, seed }),
  pvo: (bars: SeriesOwner, fast = 12, slow = 26, signal = 9, seed = 0): Lines<'pvo' | 'signal' | 'histogram'> =>
    lines(pvo, fieldsOf(pvo, bars), { fast, slow, signal, seed }),
  apo: (source: Series, fast = 12, slow = 26, seed = 0): Series => line(apo, [source], { fast, slow, seed }),
  stochastic: (bars: SeriesOwner, n = 14, smooth = 3, signal = 3, average = 0): Lines<'k' | 'd' | 'j'> =>
    lines(stochastic, fieldsOf(stochastic, bars), { length: n, smooth, signal, average }),
  stochasticFast: (bars: SeriesOwner, n = 14, signal = 3): Lines<'k' | 'd' | 'j'> =>
    lines(stochastic, fieldsOf(stochastic, bars), { length: n, smooth: 1, signal, average: 0 }),
  stochasticOf: (source: Series, n = 14, smooth = 3, signal = 3, average = 0): Lines<'k' | 'd' | 'j'> =>
    lines(stochasticOf, [source], { length: n, smooth, signal, average }),
  stochasticRsi: (
    source: Series,
    rsiLength = 14,
    n = 14,
    smooth = 3,
    signal = 3,
    average = 0,
    seed = 0,
  ): Lines<'k' | 'd' | 'j'> =>
    lines(stochasticRsi, [source], { rsi: rsiLength, length: n, smooth, signal, average, seed }),
  williamsR: (bars: SeriesOwner, n = 14): Series => line(williamsR, fieldsOf(williamsR, bars), { length: n }),
  cci: (bars: SeriesOwner, n = 20, constant = 0.015): Series => line(cci, fieldsOf(cci, bars), { length: n, constant }),
  cmo: (source: Series, n = 14, average = 0): Series => line(cmo, [source], { length: n, average }),
  mom: (source: Series, n = 10): Series => line(mom, [source], { length: n }),
  roc: (source: Series, n = 12): Series => line(roc, [source], { length: n }),
  rocBands: (source: Series, n = 20, average = 5, deviation = 5): Lines<'roc' | 'average' | 'upper' | 'lower'> =>
    lines(rocBands, [source], { length: n, average, deviation }),
  tsi: (source: Series, first = 25, second = 13, signal = 7, seed = 0): Lines<'tsi' | 'signal'> =>
    lines(tsi, [source], { first, second, signal, seed }),
  smi: (bars: SeriesOwner, n = 13, first = 25, second = 2, signal = 3, seed = 0): Lines<'smi' | 'signal'> =>
    lines(smi, fieldsOf(smi, bars), { length: n, first, second, signal, seed }),
  trix: (source: Series, n = 15, signal = 9, seed = 0): Lines<'trix' | 'signal'> =>
    lines(trix, [source], { length: n, signal, seed }),
  ultimate: (bars: SeriesOwner, short = 7, middle = 14, long = 28): Series =>
    line(ultimate, fieldsOf(ultimate, bars), { short, middle, long }),
  awesome: (bars: SeriesOwner, fast = 5, slow = 34): Lines<'oscillator' | 'percent'> =>
    lines(awesome, fieldsOf(awesome, bars), { fast, slow }),
  accelerator: (bars: SeriesOwner, fast = 5, slow = 34, signal = 5): Series =>
    line(accelerator, fieldsOf(accelerator, bars), { fast, slow, signal }),
  dpo: (source: Series, n = 20): Series => line(dpo, [source], { length: n }),
  /** Lengths other than Pring's are given by name. */
  kst: (source: Series, lengths: Readonly<Record<string, number>> = {}): Lines<'kst' | 'signal'> =>
    lines(kst, [source], lengths),
  coppock: (source: Series, long = 14, short = 11, smooth = 10): Series =>
    line(coppock, [source], { long, short, smooth }),
  fisher: (bars: SeriesOwner, n = 10): Lines<'fisher' | 'trigger'> =>
    lines(fisher, fieldsOf(fisher, bars), { length: n }),
  stc: (source: Series, fast = 23, slow = 50, cycle = 10, smooth = 3, seed = 0): Series =>
    line(stc, [source], { fast, slow, cycle, smooth, seed }),
  connorsRsi: (source: Series, n = 3, streak = 2, rank = 100): Lines<'value' | 'rsi' | 'streakRsi' | 'percentRank'> =>
    lines(connorsRsi, [source], { length: n, streak, rank }),
  pmo: (source: Series, first = 35, second = 20, signal = 10): Lines<'pmo' | 'signal'> =>
    lines(pmo, [source], { first, second, signal }),
  bop: (bars: SeriesOwner, n = 14): Series => line(bop, fieldsOf(bop, bars), { length: n }),
  qstick: (bars: SeriesOwner, n = 8): Series => line(qstick, fieldsOf(qstick, bars), { length: n }),
  elderRay: (bars: SeriesOwner, n = 13): Lines<'bull' | 'bear' | 'ema'> =>
    lines(elderRay, fieldsOf(elderRay, bars), { length: n }),
  forecastOscillator: (source: Series, n = 5): Series => line(forecastOscillator, [source], { length: n }),
};

/** Their definitions, for the catalogue. */
export const momentumIndicators = [
  rsi,
  macd,
  ppo,
  pvo,
  apo,
  stochastic,
  stochasticOf,
  stochasticRsi,
  williamsR,
  cci,
  cmo,
  mom,
  roc,
  rocBands,
  tsi,
  smi,
  trix,
  ultimate,
  awesome,
  accelerator,
  dpo,
  kst,
  coppock,
  fisher,
  stc,
  connorsRsi,
  pmo,
  bop,
  qstick,
  elderRay,
  forecastOscillator,
] as const;
