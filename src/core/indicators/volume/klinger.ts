import { Smoothing } from '../averages/ema.ts';
import { SEED, seedLength } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { priceDirection } from './price-direction.ts';

/** Volume signed by the trend of high + low + close, and weighted by the bar's range within the range of that trend. */
class VolumeForce {
  /** Sum, range, and cumulative range of the previous bar. */
  readonly #state = new Float64Array(3);
  readonly #form: number;
  #trend = 0;
  #seen = 0;

  constructor(form: number) {
    this.#form = form;
  }

  next(high: number, low: number, close: number, volume: number): number {
    const state = this.#state;
    const sum = high + low + close;
    const range = high - low;
    const before = state[0]!;
    const rangeBefore = state[1]!;
    state[0] = sum;
    state[1] = range;
    const row = this.#seen;
    if (row < 2) this.#seen++;
    if (row === 0) return Number.NaN;
    const direction = priceDirection(sum, before);
    return this.#form === 0
      ? this.#chart(row, direction > 0 ? 1 : -1, range, rangeBefore, volume)
      : this.#original(direction === 0 ? this.#trend : direction, range, rangeBefore, volume);
  }

  #chart(row: number, trend: number, range: number, rangeBefore: number, volume: number): number {
    const same = trend === this.#trend;
    this.#trend = trend;
    if (row === 1) return Number.NaN;
    const cumulative = same ? this.#state[2]! + range : rangeBefore + range;
    this.#state[2] = cumulative;
    if (cumulative === range || volume === 0) return 0;
    return volume * Math.abs(2 * (range / cumulative - 1)) * trend * 100;
  }

  #original(trend: number, range: number, rangeBefore: number, volume: number): number {
    const turned = trend !== this.#trend && trend !== 0;
    if (turned) this.#state[2] = rangeBefore;
    this.#trend = trend;
    const cumulative = this.#state[2]! + range;
    this.#state[2] = cumulative;
    // No force before there is a trend, nor where the trend has no range to weigh by.
    return cumulative > 0 ? volume * Math.abs((2 * range) / cumulative - 1) * 100 * trend : 0;
  }
}

class Klinger implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #force: VolumeForce;
  readonly #fast: Smoothing;
  readonly #slow: Smoothing;
  readonly #signal: Smoothing;

  constructor(fast: number, slow: number, signal: number, form: number, seed: number) {
    this.#force = new VolumeForce(form);
    this.#fast = new Smoothing(seedLength(fast, seed), 2 / (fast + 1));
    this.#slow = new Smoothing(seedLength(slow, seed), 2 / (slow + 1));
    this.#signal = new Smoothing(seedLength(signal, seed, 1), 2 / (signal + 1));
  }

  next(high: number, low: number, close: number, volume: number): number {
    const force = this.#force.next(high, low, close, volume);
    if (Number.isNaN(force)) return Number.NaN;
    const value = this.#fast.next(force) - this.#slow.next(force);
    if (Number.isNaN(value)) return Number.NaN;
    this.out[0] = value;
    this.out[1] = this.#signal.next(value);
    return value;
  }
}

const firstForce = (form: number): number => (form === 0 ? 2 : 1);

/**
 * Klinger volume oscillator with its signal line. Sources differ in the volume force: form 0 weighs by |2 (dm/cm − 1)|
 * (StockCharts, Skender), form 1 by |2 dm/cm − 1| and keeps the trend where the sum is unchanged (Klinger's article, Tulip). dm is
 * the bar's range and cm its sum over the bars of one trend. Tulip's averages begin with the first value: seed 2.
 */
export const kvo = defineIndicator({
  name: 'kvo',
  title: 'Klinger volume oscillator',
  group: 'volume',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value', 'signal'],
  params: {
    fast: length(34, 1, 'bars of the fast average'),
    slow: length(55, 2, 'bars of the slow average'),
    signal: length(13, 1, 'bars of the signal line'),
    form: { default: 0, min: 0, max: 1, integer: true, about: '0 weighs by |2 (dm/cm − 1)|, 1 by |2 dm/cm − 1|' },
    seed: SEED,
  },
  unit: 'volume',
  formula: 'EMA(fast, force) − EMA(slow, force), force = volume · weight · trend · 100',
  source:
    'Klinger, Identifying Trends with Volume Analysis, TASC 1997; Skender.Stock.Indicators, Kvo; form 1: Tulip kvo',
  warmup: (p) => {
    const first = firstForce(p.form) + seedLength(p.slow, p.seed) - 1;
    return [first, first + seedLength(p.signal, p.seed, 1) - 1];
  },
  settle: (p) => firstForce(p.form) + p.slow + p.signal + settleBars(2 / (p.slow + 1)) + settleBars(2 / (p.signal + 1)),
  invalid: (p) => (p.fast < p.slow ? null : `fast must be less than slow, found ${p.fast} and ${p.slow}`),
  create: (p) => new Klinger(p.fast, p.slow, p.signal, p.form, p.seed),
});
