import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { AverageTrueRange } from './atr.ts';
import { choice } from './choice.ts';
import { RollingExtreme } from './rolling-extreme.ts';
import { FIRST_RANGE_ABOUT } from './true-range.ts';

class ChandelierExit implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #highest: RollingExtreme;
  readonly #lowest: RollingExtreme;
  readonly #atr: AverageTrueRange;
  readonly #multiplier: number;

  constructor(n: number, multiplier: number, firstRange: number) {
    this.#highest = new RollingExtreme(n, 'highest');
    this.#lowest = new RollingExtreme(n, 'lowest');
    this.#atr = new AverageTrueRange(n, firstRange);
    this.#multiplier = multiplier;
  }

  next(high: number, low: number, close: number): number {
    const reach = this.#multiplier * this.#atr.next(high, low, close);
    const long = this.#highest.next(high) - reach;
    this.out[0] = long;
    this.out[1] = this.#lowest.next(low) + reach;
    return long;
  }
}

/** Chandelier exit: a stop hung from the highest high (`long`) and one stood on the lowest low (`short`) of n bars. */
export const chandelierExit = defineIndicator({
  name: 'chandelier-exit',
  title: 'Chandelier exit',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['long', 'short'],
  params: {
    length: length(22, 1, 'bars of the extremes and of the average true range'),
    multiplier: factor(3, 0, 100, 'average true ranges from the extreme to the stop'),
    firstRange: choice(0, 1, FIRST_RANGE_ABOUT),
  },
  unit: 'price',
  formula: 'highest high(n) − k·ATR(n); lowest low(n) + k·ATR(n)',
  source: 'LeBeau, as described by Elder, Come into My Trading Room, 2002',
  warmup: (p) => p.length - p.firstRange,
  settle: (p) => p.length + settleBars(1 / p.length),
  create: (p) => new ChandelierExit(p.length, p.multiplier, p.firstRange),
});
