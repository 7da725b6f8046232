import { Smoothing } from '../averages/ema.ts';
import { SEED } from '../averages/seed.ts';
import { sma } from '../averages/sma.ts';
import { defineIndicator, type Kernel, length, type ParameterRange, settleBars } from '../indicator.ts';
import { Rsi } from './rsi.ts';
import { WindowMaximum } from './window-maximum.ts';

const AVERAGE: ParameterRange = {
  default: 0,
  min: 0,
  max: 1,
  integer: true,
  about: 'how %K and %D are smoothed: 0 simple average, 1 exponential',
};
const SMOOTH = length(3, 1, 'smoothing of %K; 1 for the fast stochastic');
const SIGNAL = length(3, 1, 'smoothing of %D');

/** Where a value lies in the range of the last n highs and lows, 0 to 100. */
export class RangePosition {
  readonly #highest: WindowMaximum;
  readonly #lowest: WindowMaximum;
  readonly #n: number;
  readonly #rounding: number;
  #seen = 0;

  /** A range no wider than `rounding` is empty. */
  constructor(n: number, rounding = 0) {
    this.#highest = new WindowMaximum(n);
    this.#lowest = new WindowMaximum(n);
    this.#n = n;
    this.#rounding = rounding;
  }

  /** `empty` is the answer where the range is empty; NaN until the window is full. */
  next(high: number, low: number, close: number, empty = 50): number {
    const highest = this.#highest.next(high);
    const lowest = -this.#lowest.next(-low);
    if (this.#seen < this.#n && ++this.#seen < this.#n) return Number.NaN;
    const range = highest - lowest;
    return range > this.#rounding ? 100 * ((close - lowest) / range) : empty;
  }
}

const average = (kind: number, n: number): Kernel =>
  kind === 1 ? new Smoothing(n, 2 / (n + 1)) : sma.create({ length: n });

interface Lengths {
  readonly length: number;
  readonly smooth: number;
  readonly signal: number;
  readonly average: number;
}

const warmup = (p: Lengths, before = 0): readonly number[] => {
  const k = before + p.length - 1 + p.smooth - 1;
  return [k, k + p.signal - 1, k + p.signal - 1];
};
const settle = (p: Lengths, before = 0): number =>
  warmup(p, before)[1]! + (p.average === 1 ? settleBars(2 / (p.smooth + 1)) + settleBars(2 / (p.signal + 1)) : 0);

/** %K, %D and %J; the bar comes as high, low, close, or as one value three times. */
class Stochastic implements Kernel {
  readonly out = new Float64Array(3);
  readonly #position: RangePosition;
  readonly #k: Kernel;
  readonly #d: Kernel;

  constructor(p: Lengths, rounding = 0) {
    this.#position = new RangePosition(p.length, rounding);
    this.#k = average(p.average, p.smooth);
    this.#d = average(p.average, p.signal);
  }

  next(high: number, low: number, close: number): number {
    const { out } = this;
    out.fill(Number.NaN);
    const position = this.#position.next(high, low, close);
    if (Number.isNaN(position)) return Number.NaN;
    const k = this.#k.next(position, 0, 0, 0, 0);
    out[0] = k;
    if (Number.isNaN(k)) return k;
    const d = this.#d.next(k, 0, 0, 0, 0);
    out[1] = d;
    out[2] = 3 * k - 2 * d;
    return k;
  }

  rebase(): void {
    this.#k.rebase?.();
    this.#d.rebase?.();
  }
}

/**
 * While the price stands still gains and losses fade alike, and the RSI stays where it is but for rounding, in percent. A stochastic
 * would blow that up to swings between 0 and 100.
 */
const RSI_ROUNDING = 1e-10;

class StochasticOfOne implements Kernel {
  readonly out: Float64Array;
  readonly #stochastic: Stochastic;
  readonly #rsi: Rsi | null;

  constructor(p: Lengths, rsi: Rsi | null) {
    this.#stochastic = new Stochastic(p, rsi ? RSI_ROUNDING : 0);
    this.#rsi = rsi;
    this.out = this.#stochastic.out;
  }

  next(x: number): number {
    const value = this.#rsi ? this.#rsi.next(x) : x;
    if (!Number.isNaN(value)) return this.#stochastic.next(value, value, value);
    this.out.fill(Number.NaN);
    return Number.NaN;
  }

  rebase(): void {
    this.#stochastic.rebase();
  }
}

/**
 * Stochastic oscillator, slow by default; `smooth` 1 gives the fast one. %J is 3·%K − 2·%D. Where the range is empty %K is 50, in
 * the middle: packages say 0 there, which would read as oversold.
 */
export const stochastic = defineIndicator({
  name: 'stochastic',
  title: 'Stochastic oscillator',
  group: 'momentum',
  inputs: ['high', 'low', 'close'],
  outputs: ['k', 'd', 'j'],
  params: { length: length(14), smooth: SMOOTH, signal: SIGNAL, average: AVERAGE },
  unit: 'percent',
  formula: 'k = mean of 100·(close − lowest low)/(highest high − lowest low); d = mean of k; j = 3k − 2d',
  source: 'Lane, Stocks & Commodities 2:3, 1984',
  warmup: (p) => warmup(p),
  settle: (p) => settle(p),
  create: (p) => new Stochastic(p),
});

/** Stochastic oscillator of any series: where its value lies in its own recent range. */
export const stochasticOf = defineIndicator({
  name: 'stochastic-of',
  title: 'Stochastic of a series',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['k', 'd', 'j'],
  params: { length: length(14), smooth: SMOOTH, signal: SIGNAL, average: AVERAGE },
  unit: 'percent',
  formula: 'k = mean of 100·(x − lowest)/(highest − lowest); d = mean of k; j = 3k − 2d',
  source: 'Lane, Stocks & Commodities 2:3, 1984, on a series',
  warmup: (p) => warmup(p),
  settle: (p) => settle(p),
  create: (p) => new StochasticOfOne(p, null),
});

/**
 * Stochastic RSI on a scale of 0 to 100, smoothed as on TradingView (3, 3). Skender uses `smooth` 1; TA-Lib and Chande's
 * original too, the latter on a scale of 0 to 1. Where the RSI stands still, because the price does or only ever rises, it is 50;
 * packages give the rounding of their RSI there.
 */
export const stochasticRsi = defineIndicator({
  name: 'stochastic-rsi',
  title: 'Stochastic RSI',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['k', 'd', 'j'],
  params: {
    rsi: length(14, 1, 'length of the RSI'),
    length: length(14),
    smooth: SMOOTH,
    signal: SIGNAL,
    average: AVERAGE,
    seed: SEED,
  },
  unit: 'percent',
  formula: 'stochastic of RSI(n)',
  source: 'Chande and Kroll, The New Technical Trader, 1994',
  warmup: (p) => warmup(p, p.seed === 2 ? 1 : p.rsi),
  settle: (p) => settle(p, p.rsi + settleBars(1 / p.rsi)),
  create: (p) => new StochasticOfOne(p, new Rsi(p.rsi, p.seed)),
});

class WilliamsR implements Kernel {
  readonly #position: RangePosition;

  constructor(n: number) {
    this.#position = new RangePosition(n);
  }

  next(high: number, low: number, close: number): number {
    return this.#position.next(high, low, close) - 100;
  }
}

/** Williams %R, −100 to 0: the fast stochastic less 100. −50 where the range is empty. */
export const williamsR = defineIndicator({
  name: 'williams-r',
  title: 'Williams %R',
  group: 'momentum',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'percent',
  formula: '−100 · (highest high − close)/(highest high − lowest low)',
  source: 'Williams, How I Made One Million Dollars, 1979',
  warmup: (p) => p.length - 1,
  create: (p) => new WilliamsR(p.length),
});
