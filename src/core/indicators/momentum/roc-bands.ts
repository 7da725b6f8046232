import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { RollingSum } from '../volatility/rolling-sum.ts';
import { Lag, percentChange } from './changes.ts';

class RocBands implements Kernel {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #lag: Lag;
  readonly #average: Smoothing;
  readonly #squares: RollingSum;
  readonly #deviation: number;

  constructor(n: number, average: number, deviation: number) {
    this.#lag = new Lag(n);
    this.#average = new Smoothing(average, 2 / (average + 1));
    this.#squares = new RollingSum(deviation);
    this.#deviation = deviation;
  }

  next(x: number): number {
    const change = percentChange(x, this.#lag.next(x));
    if (Number.isNaN(change)) return change;
    const { out } = this;
    out[0] = change;
    out[1] = this.#average.next(change);
    const width = Math.sqrt(Math.max(0, this.#squares.next(change * change)) / this.#deviation);
    out[2] = width;
    out[3] = -width;
    return change;
  }

  rebase(): void {
    this.#squares.rebase();
  }
}

/** Rate of change with its exponential average, and bands at the root mean square of its last values. */
export const rocBands = defineIndicator({
  name: 'roc-bands',
  title: 'Rate of change with bands',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['roc', 'average', 'upper', 'lower'],
  params: {
    length: length(20),
    average: length(5, 1, 'length of the average'),
    deviation: length(5, 1, 'bars whose root mean square is the band'),
  },
  unit: 'percent',
  formula: 'ROC(n), EMA of it, ±√(mean of ROC² over the last bars)',
  source: 'Skender ROC with bands, after Gerald Appel',
  warmup: (p) => {
    const band = p.length + p.deviation - 1;
    return [p.length, p.length + p.average - 1, band, band];
  },
  settle: (p) => Math.max(p.length + p.deviation, p.length + p.average + settleBars(2 / (p.average + 1))) - 1,
  create: (p) => new RocBands(p.length, p.average, p.deviation),
});
