import { Smoothing } from '../averages/ema.ts';
import { SEED, seedLength } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { Window } from '../statistics/window.ts';
import { priceDirection } from './price-direction.ts';

/** Where the close lies in the bar's range, from −1 at the low to 1 at the high; 0 for a bar without a range. */
const multiplierOf = (high: number, low: number, close: number): number =>
  high > low ? (close - low - (high - close)) / (high - low) : 0;

class AccumulationDistribution implements Kernel {
  /** value, multiplier, flow. */
  readonly out = new Float64Array(3);

  next(high: number, low: number, close: number, volume: number): number {
    const out = this.out;
    const multiplier = multiplierOf(high, low, close);
    out[1] = multiplier;
    out[2] = multiplier * volume;
    out[0] = out[0]! + out[2]!;
    return out[0]!;
  }
}

/**
 * Accumulation/distribution line: running total of volume weighted by where the bar closed in its range, with that weight and
 * the weighted volume. A bar without a range adds nothing. Only changes of the level mean anything.
 */
export const accumulationDistribution = defineIndicator({
  name: 'accumulation-distribution',
  title: 'Accumulation/distribution line',
  group: 'volume',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value', 'multiplier', 'flow'],
  params: {},
  unit: 'volume',
  formula: 'multiplier = ((close − low) − (high − close)) / (high − low); value = Σ multiplier · volume',
  source: 'Chaikin; StockCharts; TA-Lib AD',
  warmup: () => 0,
  create: () => new AccumulationDistribution(),
});

class ChaikinOscillator implements Kernel {
  /** value, fast, slow, line. */
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #line = new AccumulationDistribution();
  readonly #fast: Smoothing;
  readonly #slow: Smoothing;
  #missing: number;

  constructor(fast: number, slow: number, seed: number) {
    this.#fast = new Smoothing(seedLength(fast, seed), 2 / (fast + 1));
    this.#slow = new Smoothing(seedLength(slow, seed), 2 / (slow + 1));
    this.#missing = slow - 1;
  }

  next(high: number, low: number, close: number, volume: number): number {
    const out = this.out;
    const line = this.#line.next(high, low, close, volume);
    const fast = this.#fast.next(line);
    const slow = this.#slow.next(line);
    out[3] = line;
    out[1] = fast;
    out[2] = slow;
    if (this.#missing > 0) {
      this.#missing--;
      return Number.NaN;
    }
    out[0] = fast - slow;
    return fast - slow;
  }
}

/**
 * Chaikin oscillator: fast less slow exponential average of the accumulation/distribution line, with all three. Averages begin
 * with the mean of their first values (StockCharts, Skender); `seed` 2 begins them with the first value (TA-Lib, Tulip).
 */
export const chaikinOscillator = defineIndicator({
  name: 'chaikin-oscillator',
  title: 'Chaikin oscillator',
  group: 'volume',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value', 'fast', 'slow', 'line'],
  params: {
    fast: length(3, 1, 'bars of the fast average'),
    slow: length(10, 2, 'bars of the slow average'),
    seed: SEED,
  },
  unit: 'volume',
  formula: 'EMA(fast, AD) − EMA(slow, AD)',
  source: 'Chaikin; Skender.Stock.Indicators, ChaikinOsc; seed 2: TA-Lib ADOSC',
  warmup: (p) => [p.slow - 1, seedLength(p.fast, p.seed) - 1, seedLength(p.slow, p.seed) - 1, 0],
  settle: (p) => p.slow - 1 + settleBars(2 / (p.slow + 1)),
  invalid: (p) => (p.fast < p.slow ? null : `fast must be less than slow, found ${p.fast} and ${p.slow}`),
  create: (p) => new ChaikinOscillator(p.fast, p.slow, p.seed),
});

class ChaikinMoneyFlow implements Kernel {
  /** value, multiplier, flow. */
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #flows: Window;
  readonly #volumes: Window;

  constructor(n: number) {
    this.#flows = new Window(n);
    this.#volumes = new Window(n);
  }

  next(high: number, low: number, close: number, volume: number): number {
    const out = this.out;
    const multiplier = multiplierOf(high, low, close);
    out[1] = multiplier;
    out[2] = multiplier * volume;
    this.#flows.push(multiplier * volume);
    if (!this.#volumes.push(volume)) return Number.NaN;
    const total = this.#volumes.sum();
    out[0] = total > 0 ? this.#flows.sum() / total : 0;
    return out[0]!;
  }
}

/** Chaikin money flow: weighted over plain volume of n bars, from −1 to 1, with weight and weighted volume of the bar; 0 without volume. */
export const cmf = defineIndicator({
  name: 'cmf',
  title: 'Chaikin money flow',
  group: 'volume',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value', 'multiplier', 'flow'],
  params: { length: length(20) },
  unit: 'ratio',
  formula: 'Σ multiplier · volume / Σ volume over n bars',
  source: 'Chaikin; StockCharts',
  warmup: (p) => [p.length - 1, 0, 0],
  create: (p) => new ChaikinMoneyFlow(p.length),
});

class MoneyFlowIndex implements Kernel {
  readonly #rises: Window;
  readonly #falls: Window;
  readonly #previous = new Float64Array(1).fill(Number.NaN);

  constructor(n: number) {
    this.#rises = new Window(n);
    this.#falls = new Window(n);
  }

  next(high: number, low: number, close: number, volume: number): number {
    const typical = (high + low + close) / 3;
    const before = this.#previous[0]!;
    this.#previous[0] = typical;
    if (Number.isNaN(before)) return Number.NaN;
    const direction = priceDirection(typical, before);
    this.#rises.push(direction > 0 ? typical * volume : 0);
    if (!this.#falls.push(direction < 0 ? typical * volume : 0)) return Number.NaN;
    const rises = this.#rises.sum();
    const total = rises + this.#falls.sum();
    return total > 0 ? 100 * (rises / total) : 50;
  }
}

/**
 * Money flow index, from 0 to 100: share of the money (typical price times volume) that changed hands on rising bars. Where no
 * bar of the window rose or fell, or none had volume, neither side has a share: 50, the middle (TA-Lib says 0, Tulip NaN).
 */
export const mfi = defineIndicator({
  name: 'mfi',
  title: 'Money flow index',
  group: 'volume',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'percent',
  formula: '100 · Σ flow of rising bars / Σ flow of rising and falling bars, flow = typical price · volume',
  source: 'Quong & Soudack, Volume-Weighted RSI: Money Flow, 1989',
  warmup: (p) => p.length,
  create: (p) => new MoneyFlowIndex(p.length),
});
