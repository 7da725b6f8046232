import { defineIndicator, type Kernel } from '../indicator.ts';

class OnBalanceVolume implements Kernel {
  /** [0] the total, [1] the previous close. */
  readonly #state = new Float64Array(2).fill(Number.NaN);
  readonly #startsWithVolume: boolean;

  constructor(start: number) {
    this.#startsWithVolume = start === 1;
  }

  next(close: number, volume: number): number {
    const state = this.#state;
    const before = state[1]!;
    state[1] = close;
    if (Number.isNaN(before)) state[0] = this.#startsWithVolume ? volume : 0;
    else if (close > before) state[0] = state[0]! + volume;
    else if (close < before) state[0] = state[0]! - volume;
    return state[0]!;
  }
}

/**
 * On-balance volume: a running total, so its level depends on where the series begins and only its changes mean anything. It
 * begins with 0 (Skender, Tulip, StockCharts); `start` 1 begins with the first volume (TA-Lib).
 */
export const obv = defineIndicator({
  name: 'obv',
  title: 'On-balance volume',
  group: 'volume',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  params: {
    start: { default: 0, min: 0, max: 1, integer: true, about: 'begins with 0, or with the first volume if 1' },
  },
  unit: 'volume',
  formula: 'total + volume where the close rose, − volume where it fell',
  source: 'Granville, New Key to Stock Market Profits, 1963',
  warmup: () => 0,
  create: (p) => new OnBalanceVolume(p.start),
});

class PriceVolumeTrend implements Kernel {
  readonly #state = new Float64Array(2).fill(Number.NaN);

  next(close: number, volume: number): number {
    const state = this.#state;
    const before = state[1]!;
    state[1] = close;
    if (Number.isNaN(before)) {
      state[0] = 0;
      return Number.NaN;
    }
    if (before !== 0) state[0] = state[0]! + (volume * (close - before)) / before;
    return state[0]!;
  }
}

/** Price–volume trend: volume in proportion to the change of the close, as a running total from 0. */
export const pvt = defineIndicator({
  name: 'pvt',
  title: 'Price–volume trend',
  group: 'volume',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  params: {},
  unit: 'volume',
  formula: 'Σ volume · (close − close[1]) / close[1]',
  source: 'StockCharts; Achelis, Technical Analysis from A to Z, 2nd ed., 2000',
  warmup: () => 1,
  create: () => new PriceVolumeTrend(),
});

/** Index that takes part in the change of the close only on bars whose volume fell (sign −1) or rose (sign 1). */
class VolumeIndex implements Kernel {
  readonly #state = Float64Array.of(1000, Number.NaN, 0);
  readonly #sign: 1 | -1;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  next(close: number, volume: number): number {
    const state = this.#state;
    const before = state[1]!;
    if (this.#sign * (volume - state[2]!) > 0 && before !== 0 && !Number.isNaN(before))
      state[0] = state[0]! + (state[0]! * (close - before)) / before;
    state[1] = close;
    state[2] = volume;
    return state[0]!;
  }
}

/** Negative volume index: follows the close on bars of less volume than the one before; begins with 1000. */
export const nvi = defineIndicator({
  name: 'nvi',
  title: 'Negative volume index',
  group: 'volume',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  params: {},
  unit: 'index',
  formula: 'index · close / close[1] where volume < volume[1]',
  source: 'Fosback, Stock Market Logic, 1976; Achelis, 2000',
  warmup: () => 0,
  create: () => new VolumeIndex(-1),
});

/** Positive volume index: follows the close on bars of more volume than the one before; begins with 1000. */
export const pvi = defineIndicator({
  name: 'pvi',
  title: 'Positive volume index',
  group: 'volume',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  params: {},
  unit: 'index',
  formula: 'index · close / close[1] where volume > volume[1]',
  source: 'Fosback, Stock Market Logic, 1976; Achelis, 2000',
  warmup: () => 0,
  create: () => new VolumeIndex(1),
});

class WilliamsAd implements Kernel {
  readonly #state = Float64Array.of(0, Number.NaN);

  next(high: number, low: number, close: number): number {
    const state = this.#state;
    const before = state[1]!;
    state[1] = close;
    if (Number.isNaN(before)) return Number.NaN;
    if (close > before) state[0] = state[0]! + close - Math.min(before, low);
    else if (close < before) state[0] = state[0]! + close - Math.max(before, high);
    return state[0]!;
  }
}

/** Williams' accumulation/distribution: how far closes moved into or out of the true range; uses no volume. */
export const wad = defineIndicator({
  name: 'williams-accumulation-distribution',
  title: 'Williams accumulation/distribution',
  group: 'volume',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: {},
  unit: 'price',
  formula: 'Σ close − min(close[1], low) where it rose, close − max(close[1], high) where it fell',
  source: 'Achelis, Technical Analysis from A to Z, 2nd ed., 2000; Tulip wad',
  warmup: () => 1,
  create: () => new WilliamsAd(),
});
