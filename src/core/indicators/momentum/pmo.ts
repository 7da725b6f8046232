import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { percentChange } from './changes.ts';

class Pmo implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #first: Smoothing;
  readonly #second: Smoothing;
  readonly #signal: Smoothing;
  /** [0] previous value. */
  readonly #last = Float64Array.of(Number.NaN);

  constructor(first: number, second: number, signal: number) {
    this.#first = new Smoothing(first, 2 / first);
    this.#second = new Smoothing(second, 2 / second);
    this.#signal = new Smoothing(signal, 2 / (signal + 1));
  }

  next(x: number): number {
    const change = percentChange(x, this.#last[0]!);
    this.#last[0] = x;
    if (Number.isNaN(change)) return change;
    const once = this.#first.next(change);
    if (Number.isNaN(once)) return once;
    const value = this.#second.next(10 * once);
    this.out[0] = value;
    if (!Number.isNaN(value)) this.out[1] = this.#signal.next(value);
    return value;
  }
}

/** DecisionPoint's price momentum oscillator: one-bar changes in percent, smoothed twice with factors 2/n (not 2/(n+1)). */
export const pmo = defineIndicator({
  name: 'pmo',
  title: 'Price momentum oscillator',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['pmo', 'signal'],
  params: {
    first: length(35, 2, 'length of the first smoothing'),
    second: length(20, 2, 'length of the second smoothing'),
    signal: length(10, 1, 'length of the signal average'),
  },
  unit: 'percent',
  formula: 'S(10 · S(100·Δx/x, 2/35), 2/20), S smooths from the mean of n values; signal = EMA of it',
  source: 'Swenlin, DecisionPoint; StockCharts ChartSchool',
  warmup: (p) => [p.first + p.second - 1, p.first + p.second - 1 + p.signal - 1],
  settle: (p) =>
    p.first + p.second + p.signal + settleBars(2 / p.first) + settleBars(2 / p.second) + settleBars(2 / (p.signal + 1)),
  create: (p) => new Pmo(p.first, p.second, p.signal),
});
