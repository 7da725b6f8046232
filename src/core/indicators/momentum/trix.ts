import { Cascade, cascadeSettle } from '../averages/cascade.ts';
import { Smoothing } from '../averages/ema.ts';
import { CASCADE_SEED, seedLength, seedWarmup } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { percentChange } from './changes.ts';

class Trix implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #cascade: Cascade;
  readonly #signal: Smoothing;
  /** [0] previous value of the cascade. */
  readonly #last = Float64Array.of(Number.NaN);

  constructor(n: number, signal: number, seed: number) {
    this.#cascade = new Cascade(n, 3, seed);
    this.#signal = new Smoothing(seedLength(signal, seed), 2 / (signal + 1));
  }

  next(x: number): number {
    const smooth = this.#cascade.next(x);
    const change = percentChange(smooth, this.#last[0]!);
    this.#last[0] = smooth;
    this.out[0] = change;
    if (!Number.isNaN(change)) this.out[1] = this.#signal.next(change);
    return change;
  }
}

/** TRIX: change in percent of a triple exponential average from bar to bar, and its signal line. */
export const trix = defineIndicator({
  name: 'trix',
  title: 'TRIX',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['trix', 'signal'],
  params: { length: length(15), signal: length(9, 1, 'length of the signal average'), seed: CASCADE_SEED },
  unit: 'percent',
  formula: '100 · (y − y[1 bar ago]) / y[1 bar ago], y = EMA(EMA(EMA(x))); signal = EMA of it',
  source: 'Hutson, Stocks & Commodities 1:5, 1983; seed as TA-Lib TRIX',
  warmup: (p) => {
    const line = seedWarmup(p.length, p.seed, 3) + 1;
    return [line, line + seedLength(p.signal, p.seed) - 1];
  },
  settle: (p) => cascadeSettle(p.length, 3, p.seed) + seedLength(p.signal, p.seed) + settleBars(2 / (p.signal + 1)),
  create: (p) => new Trix(p.length, p.signal, p.seed),
});
