import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { RangePosition } from './stochastic.ts';

class Fisher implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #position: RangePosition;
  /** [0] smoothed position, [1] its transform. */
  readonly #state = new Float64Array(2);

  constructor(n: number) {
    this.#position = new RangePosition(n);
  }

  next(high: number, low: number): number {
    const x = 0.5 * (high + low);
    const position = this.#position.next(x, x, x);
    if (Number.isNaN(position)) return position;
    const s = this.#state;
    const { out } = this;
    const smooth = 0.66 * (position / 100 - 0.5) + 0.67 * s[0]!;
    const bounded = smooth > 0.99 ? 0.999 : smooth < -0.99 ? -0.999 : smooth;
    const fisher = 0.5 * Math.log((1 + bounded) / (1 - bounded)) + 0.5 * s[1]!;
    out[1] = s[1]!;
    s[0] = bounded;
    s[1] = fisher;
    out[0] = fisher;
    return fisher;
  }
}

/**
 * Fisher transform of where the middle of the bar lies in its range; the trigger is the transform of one bar before, 0 at first.
 * Where the range is empty the position counts as the middle.
 */
export const fisher = defineIndicator({
  name: 'fisher',
  title: 'Fisher transform',
  group: 'momentum',
  inputs: ['high', 'low'],
  outputs: ['fisher', 'trigger'],
  params: { length: length(10) },
  unit: 'ratio',
  formula: 'f = ½·ln((1+v)/(1−v)) + ½·f′, v = 0.66·(position − ½) + 0.67·v′, beyond ±0.99 set to ±0.999',
  source: 'Ehlers, Stocks & Commodities 20:11, 2002; start as Tulip Indicators',
  warmup: (p) => p.length - 1,
  settle: (p) => p.length - 1 + settleBars(0.33) + settleBars(0.5),
  create: (p) => new Fisher(p.length),
});
