import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { AverageTrueRange } from '../volatility/atr.ts';
import { choice } from '../volatility/choice.ts';
import { FIRST_RANGE_ABOUT } from '../volatility/true-range.ts';
import { RatchetBands, reversalBars } from './ratchet-bands.ts';

class AtrTrailingStop implements Kernel {
  readonly out: Float64Array;
  readonly #atr: AverageTrueRange;
  readonly #multiplier: number;
  readonly #fromExtremes: boolean;
  readonly #bands = new RatchetBands();

  constructor(n: number, multiplier: number, from: number, firstRange: number) {
    this.#atr = new AverageTrueRange(n, firstRange);
    this.#multiplier = multiplier;
    this.#fromExtremes = from === 1;
    this.out = this.#bands.out;
  }

  next(high: number, low: number, close: number): number {
    const reach = this.#multiplier * this.#atr.next(high, low, close);
    const upper = (this.#fromExtremes ? high : close) + reach;
    const lower = (this.#fromExtremes ? low : close) - reach;
    return this.#bands.next(upper, lower, close, Number.NaN);
  }
}

/**
 * ATR trailing stop: a stop k average true ranges behind the close (or behind the high and low) that never retreats. `value` is the
 * stop in force, `direction` 1 while it protects a long and −1 a short position; it turns when a close reaches it. The first
 * direction is that of the last change of the close.
 */
export const atrTrailingStop = defineIndicator({
  name: 'atr-trailing-stop',
  title: 'ATR trailing stop',
  group: 'trend',
  inputs: ['high', 'low', 'close'],
  outputs: ['value', 'direction', 'upper', 'lower'],
  params: {
    length: length(21, 1, 'bars of the average true range'),
    multiplier: factor(3, 0, 100, 'average true ranges from the price to the stop'),
    from: choice(0, 1, "0 or 'close' measures from the close, 1 or 'extremes' from the high and the low"),
    firstRange: choice(0, 1, FIRST_RANGE_ABOUT),
  },
  unit: 'price; direction flag',
  formula: 'close ± k·ATR(n), each side moving only towards the price until the close crosses it',
  source: 'as described by Skender Stock Indicators, ATR trailing stop',
  warmup: (p) => p.length - p.firstRange,
  settle: (p) => p.length + settleBars(1 / p.length) + reversalBars(p.multiplier),
  create: (p) => new AtrTrailingStop(p.length, p.multiplier, p.from, p.firstRange),
});
