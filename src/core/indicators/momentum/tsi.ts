import { Smoothing } from '../averages/ema.ts';
import { SEED, seedLength } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { WindowMaximum } from './window-maximum.ts';

interface Lengths {
  readonly first: number;
  readonly second: number;
  readonly signal: number;
  readonly seed: number;
}

/** Signal lines start like a first stage: their own mean, or their own first value. */
const signalSeed = (p: Lengths): number => seedLength(p.signal, p.seed);

const warmup = (p: Lengths, before: number): readonly number[] => {
  const line = before + seedLength(p.first, p.seed) - 1 + seedLength(p.second, p.seed, 1) - 1;
  return [line, line + signalSeed(p) - 1];
};

const settle = (p: Lengths, before: number): number =>
  warmup(p, before)[1]! + [p.first, p.second, p.signal].reduce((bars, n) => bars + settleBars(2 / (n + 1)), 0);

/** Twice smoothed numerator over twice smoothed denominator, in percent, and its signal; 0 where the denominator is 0. */
class DoubleSmoothed {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #above: readonly [Smoothing, Smoothing];
  readonly #below: readonly [Smoothing, Smoothing];
  readonly #signal: Smoothing;

  constructor(p: Lengths) {
    const pair = (): readonly [Smoothing, Smoothing] => [
      new Smoothing(seedLength(p.first, p.seed), 2 / (p.first + 1)),
      new Smoothing(seedLength(p.second, p.seed, 1), 2 / (p.second + 1)),
    ];
    this.#above = pair();
    this.#below = pair();
    this.#signal = new Smoothing(signalSeed(p), 2 / (p.signal + 1));
  }

  next(numerator: number, denominator: number): number {
    const above = this.#above[0].next(numerator);
    const below = this.#below[0].next(denominator);
    if (Number.isNaN(above)) return above;
    const top = this.#above[1].next(above);
    const bottom = this.#below[1].next(below);
    if (Number.isNaN(top)) return top;
    const value = bottom === 0 ? 0 : 100 * (top / bottom);
    this.out[0] = value;
    this.out[1] = this.#signal.next(value);
    return value;
  }
}

class TrueStrength implements Kernel {
  readonly out: Float64Array;
  readonly #ratio: DoubleSmoothed;
  /** [0] previous value. */
  readonly #last = new Float64Array(1);
  #seen = false;

  constructor(p: Lengths) {
    this.#ratio = new DoubleSmoothed(p);
    this.out = this.#ratio.out;
  }

  next(x: number): number {
    const change = x - this.#last[0]!;
    this.#last[0] = x;
    if (this.#seen) return this.#ratio.next(change, Math.abs(change));
    this.#seen = true;
    return Number.NaN;
  }
}

class StochasticMomentum implements Kernel {
  readonly out: Float64Array;
  readonly #ratio: DoubleSmoothed;
  readonly #highest: WindowMaximum;
  readonly #lowest: WindowMaximum;
  readonly #n: number;
  #seen = 0;

  constructor(n: number, p: Lengths) {
    this.#ratio = new DoubleSmoothed(p);
    this.out = this.#ratio.out;
    this.#highest = new WindowMaximum(n);
    this.#lowest = new WindowMaximum(n);
    this.#n = n;
  }

  next(high: number, low: number, close: number): number {
    const highest = this.#highest.next(high);
    const lowest = -this.#lowest.next(-low);
    if (this.#seen < this.#n && ++this.#seen < this.#n) return Number.NaN;
    // Not the close less the middle: so at both ends of the range numerator and denominator are the same to the bit.
    const half = 0.5 * (highest - lowest);
    return this.#ratio.next(close - lowest - half, half);
  }
}

/** True strength index, −100 to 100, with a signal line. 0 where nothing ever moved. */
export const tsi = defineIndicator({
  name: 'tsi',
  title: 'True strength index',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['tsi', 'signal'],
  params: {
    first: length(25, 1, 'length of the first smoothing'),
    second: length(13, 1, 'length of the second smoothing'),
    signal: length(7, 1, 'length of the signal average'),
    seed: SEED,
  },
  unit: 'percent',
  formula: '100 · EMA(EMA(Δx, first), second) / EMA(EMA(|Δx|, first), second); signal = EMA of it',
  source: 'Blau, Stocks & Commodities 9:11, 1991; StockCharts ChartSchool',
  warmup: (p) => warmup(p, 1),
  settle: (p) => settle(p, 1),
  create: (p) => new TrueStrength(p),
});

/** Stochastic momentum index, −100 to 100: where the close lies from the middle of its range, smoothed twice. 0 where the range is empty. */
export const smi = defineIndicator({
  name: 'smi',
  title: 'Stochastic momentum index',
  group: 'momentum',
  inputs: ['high', 'low', 'close'],
  outputs: ['smi', 'signal'],
  params: {
    length: length(13),
    first: length(25, 1, 'length of the first smoothing'),
    second: length(2, 1, 'length of the second smoothing'),
    signal: length(3, 1, 'length of the signal average'),
    seed: SEED,
  },
  unit: 'percent',
  formula: '100 · EMA(EMA(close − (H + L)/2)) / EMA(EMA((H − L)/2)), H and L the extremes of n bars',
  source: 'Blau, Stocks & Commodities 11:1, 1993',
  warmup: (p) => warmup(p, p.length - 1),
  settle: (p) => settle(p, p.length - 1),
  create: (p) => new StochasticMomentum(p.length, p),
});
