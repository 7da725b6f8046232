import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { choice } from '../volatility/choice.ts';
import { RollingExtreme } from '../volatility/rolling-extreme.ts';

class Aroon implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #n: number;
  readonly #highest: RollingExtreme;
  readonly #lowest: RollingExtreme;

  constructor(n: number, ties: number) {
    this.#n = n;
    this.#highest = new RollingExtreme(n + 1, 'highest', ties === 1 ? 'earliest' : 'latest');
    this.#lowest = new RollingExtreme(n + 1, 'lowest', ties === 1 ? 'earliest' : 'latest');
  }

  next(high: number, low: number): number {
    const extreme = this.#highest.next(high);
    this.#lowest.next(low);
    if (Number.isNaN(extreme)) return extreme;
    const n = this.#n;
    this.out[0] = (100 * (n - this.#highest.age)) / n;
    this.out[1] = (100 * (n - this.#lowest.age)) / n;
    this.out[2] = (100 * (this.#lowest.age - this.#highest.age)) / n;
    return this.out[0]!;
  }
}

/**
 * Aroon: how recent the highest high (`up`) and lowest low (`down`) of the last n + 1 bars are, 100 = now, 0 = n bars ago, and
 * their difference (`oscillator`). Of equal extremes the latest counts (TA-Lib, Tulip); `ties` 1 takes the earliest (Skender).
 */
export const aroon = defineIndicator({
  name: 'aroon',
  title: 'Aroon',
  group: 'trend',
  inputs: ['high', 'low'],
  outputs: ['up', 'down', 'oscillator'],
  params: { length: length(25), ties: choice(0, 1, 'of equal extremes, 0 the latest counts, 1 the earliest') },
  unit: 'percent',
  formula: '100 · (n − bars since the extreme)/n',
  source: 'Chande, The time price oscillator, Stocks & Commodities, 1995; ties as TA-Lib AROON',
  warmup: (p) => p.length,
  create: (p) => new Aroon(p.length, p.ties),
});
