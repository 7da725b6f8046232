import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { AverageTrueRange } from './atr.ts';
import { positionIn, relativeWidth } from './channel.ts';
import { choice } from './choice.ts';

class KeltnerChannel implements Kernel {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly #middle: Smoothing;
  readonly #atr: AverageTrueRange;
  readonly #multiplier: number;

  constructor(n: number, multiplier: number, atrLength: number, fromFirstBar: number) {
    this.#middle = new Smoothing(fromFirstBar === 1 ? 1 : n, 2 / (n + 1));
    this.#atr = new AverageTrueRange(atrLength, fromFirstBar);
    this.#multiplier = multiplier;
  }

  next(high: number, low: number, close: number): number {
    const out = this.out;
    const middle = this.#middle.next(close);
    const half = this.#multiplier * this.#atr.next(high, low, close);
    const upper = middle + half;
    const lower = middle - half;
    out[0] = middle;
    out[1] = upper;
    out[2] = lower;
    out[3] = positionIn(close, lower, upper);
    // The middle may be there before the bands are.
    out[4] = Number.isNaN(half) ? half : relativeWidth(lower, middle, upper);
    return middle;
  }
}

/**
 * Keltner channel in Raschke's form: an exponential average of the close with bands at a multiple of the average true range.
 * `percent` is the place of the close in the channel (0 lower band, 1 upper), `width` a ratio of the middle.
 */
export const keltnerChannel = defineIndicator({
  name: 'keltner-channel',
  title: 'Keltner channel',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['middle', 'upper', 'lower', 'percent', 'width'],
  params: {
    length: length(20, 1, 'bars of the exponential average'),
    multiplier: factor(2, 0, 100, 'average true ranges from the middle to a band'),
    atrLength: length(10, 1, 'bars of the average true range'),
    fromFirstBar: choice(
      0,
      1,
      '0 seeds the average with the mean of n closes and leaves out the first range (Skender), 1 starts both at the first bar (StockCharts)',
    ),
  },
  unit: 'price; percent and width ratio',
  formula: 'EMA(close, n) ± k·ATR(m)',
  source: 'Raschke and Connors, Street Smarts, 1995; seeds as Skender or StockCharts',
  warmup: (p) => {
    const middle = p.fromFirstBar ? 0 : p.length - 1;
    const bands = Math.max(middle, p.atrLength - p.fromFirstBar);
    return [middle, bands, bands, bands, bands];
  },
  settle: (p) => Math.max(p.length + settleBars(2 / (p.length + 1)), p.atrLength + settleBars(1 / p.atrLength)),
  create: (p) => new KeltnerChannel(p.length, p.multiplier, p.atrLength, p.fromFirstBar),
});
