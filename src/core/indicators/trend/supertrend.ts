import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { AverageTrueRange } from '../volatility/atr.ts';
import { choice } from '../volatility/choice.ts';
import { FIRST_RANGE_ABOUT } from '../volatility/true-range.ts';
import { RatchetBands, reversalBars } from './ratchet-bands.ts';

class SuperTrend implements Kernel {
  readonly out: Float64Array;
  readonly #atr: AverageTrueRange;
  readonly #multiplier: number;
  readonly #bands = new RatchetBands();

  constructor(n: number, multiplier: number, firstRange: number) {
    this.#atr = new AverageTrueRange(n, firstRange);
    this.#multiplier = multiplier;
    this.out = this.#bands.out;
  }

  next(high: number, low: number, close: number): number {
    const reach = this.#multiplier * this.#atr.next(high, low, close);
    const middle = (high + low) / 2;
    return this.#bands.next(middle + reach, middle - reach, close, middle);
  }
}

/**
 * SuperTrend: a band below a rising market or above a falling one that never moves against it. `value` is the band in force,
 * `direction` 1 rising or −1 falling (it turns on the bar whose close reaches the band), `upper` and `lower` both bands. The
 * first direction is where the close stands in its bar.
 */
export const superTrend = defineIndicator({
  name: 'supertrend',
  title: 'SuperTrend',
  group: 'trend',
  inputs: ['high', 'low', 'close'],
  outputs: ['value', 'direction', 'upper', 'lower'],
  params: {
    length: length(10, 1, 'bars of the average true range'),
    multiplier: factor(3, 0, 100, 'average true ranges from the middle of the bar to a band'),
    firstRange: choice(0, 1, FIRST_RANGE_ABOUT),
  },
  unit: 'price; direction flag',
  formula: '(high + low)/2 ± k·ATR(n), each band moving only towards the price until the close crosses it',
  source: 'Seban, 2008, as described by Skender Stock Indicators',
  warmup: (p) => p.length - p.firstRange,
  settle: (p) => p.length + settleBars(1 / p.length) + reversalBars(p.multiplier),
  create: (p) => new SuperTrend(p.length, p.multiplier, p.firstRange),
});
