import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { RollingSum } from './rolling-sum.ts';

class AccelerationBands implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #n: number;
  readonly #factor: number;
  readonly #closes: RollingSum;
  readonly #uppers: RollingSum;
  readonly #lowers: RollingSum;

  constructor(n: number, widthFactor: number) {
    this.#n = n;
    this.#factor = widthFactor;
    this.#closes = new RollingSum(n);
    this.#uppers = new RollingSum(n);
    this.#lowers = new RollingSum(n);
  }

  next(high: number, low: number, close: number): number {
    const widening = high + low === 0 ? 0 : (this.#factor * (high - low)) / (high + low);
    const out = this.out;
    out[0] = this.#closes.next(close) / this.#n;
    out[1] = this.#uppers.next(high * (1 + widening)) / this.#n;
    out[2] = this.#lowers.next(low * (1 - widening)) / this.#n;
    return out[0]!;
  }

  rebase(): void {
    this.#closes.rebase();
    this.#uppers.rebase();
    this.#lowers.rebase();
  }
}

/** Acceleration bands: averages of highs and lows that are moved apart by the bar's relative range. */
export const accelerationBands = defineIndicator({
  name: 'acceleration-bands',
  title: 'Acceleration bands',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['middle', 'upper', 'lower'],
  params: { length: length(20), factor: factor(4, 0, 100, 'times the range over the sum of high and low') },
  unit: 'price',
  formula: 'SMA(high·(1 + k·(h − l)/(h + l))), SMA(close), SMA(low·(1 − k·(h − l)/(h + l)))',
  source: 'Headley, Big Trends in Trading, 2002; as Tulip abands',
  warmup: (p) => p.length - 1,
  create: (p) => new AccelerationBands(p.length, p.factor),
});
