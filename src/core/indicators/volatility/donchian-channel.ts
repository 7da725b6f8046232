import { defineIndicator, type Kernel, length, type ParameterRange } from '../indicator.ts';
import { positionIn, relativeWidth } from './channel.ts';
import { Delay } from './delay.ts';
import { RollingExtreme } from './rolling-extreme.ts';

class DonchianChannel implements Kernel {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly #highest: RollingExtreme;
  readonly #lowest: RollingExtreme;
  readonly #uppers: Delay;
  readonly #lowers: Delay;

  constructor(n: number, offset: number) {
    this.#highest = new RollingExtreme(n, 'highest');
    this.#lowest = new RollingExtreme(n, 'lowest');
    this.#uppers = new Delay(offset);
    this.#lowers = new Delay(offset);
  }

  next(high: number, low: number, close: number): number {
    const out = this.out;
    const upper = this.#uppers.next(this.#highest.next(high));
    const lower = this.#lowers.next(this.#lowest.next(low));
    const middle = (upper + lower) / 2;
    out[0] = middle;
    out[1] = upper;
    out[2] = lower;
    out[3] = positionIn(close, lower, upper);
    out[4] = relativeWidth(lower, middle, upper);
    return middle;
  }
}

const offsetBars: ParameterRange = {
  default: 0,
  min: 0,
  max: 100_000,
  integer: true,
  about:
    'bars by which the window ends before the current one: 1 leaves the current bar out, so that a close can break out',
};

/**
 * Donchian channel: highest high and lowest low of n bars. The window ends with the current bar (StockCharts, Tulip, TradingView);
 * Donchian's breakout rule and Skender leave it out: `offset` 1. `percent` is the place of the close (beyond 0…1 on a breakout).
 */
export const donchianChannel = defineIndicator({
  name: 'donchian-channel',
  title: 'Donchian channel',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['middle', 'upper', 'lower', 'percent', 'width'],
  params: { length: length(20), offset: offsetBars },
  unit: 'price; percent and width ratio',
  formula: 'highest high and lowest low of n bars, middle their mean',
  source: 'Donchian, as described by Faith, Way of the Turtle, 2007',
  warmup: (p) => p.length - 1 + p.offset,
  create: (p) => new DonchianChannel(p.length, p.offset),
});
