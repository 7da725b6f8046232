import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { Cascade, cascadeSettle } from './cascade.ts';
import { CASCADE_SEED, seedWarmup } from './seed.ts';

class T3 implements Kernel {
  readonly #cascade: Cascade;
  /** Weights of the third, fourth, fifth and sixth stage. */
  readonly #weights: Float64Array;

  constructor(n: number, v: number, seed: number) {
    this.#cascade = new Cascade(n, 6, seed);
    const [v2, v3] = [v * v, v * v * v];
    this.#weights = Float64Array.of(1 + 3 * v + 3 * v2 + v3, -3 * v - 6 * v2 - 3 * v3, 3 * v2 + 3 * v3, -v3);
  }

  next(x: number): number {
    const sixth = this.#cascade.next(x);
    const stages = this.#cascade.values;
    const w = this.#weights;
    return w[0]! * stages[2]! + w[1]! * stages[3]! + w[2]! * stages[4]! + w[3]! * sixth;
  }
}

/** Tillson's T3: a generalised DEMA applied three times. */
export const t3 = defineIndicator({
  name: 't3',
  title: 'Tillson T3 moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    length: length(5),
    volumeFactor: factor(0.7, 0, 1, 'how much lag is taken out: 0 is a triple EMA, 1 a triple DEMA'),
    seed: CASCADE_SEED,
  },
  unit: 'input',
  formula: 'GD(GD(GD(x))), GD = (1+v)·EMA − v·EMA(EMA)',
  source: 'Tillson, Stocks & Commodities 16:1, 1998; seed as TA-Lib T3',
  warmup: (p) => seedWarmup(p.length, p.seed, 6),
  settle: (p) => cascadeSettle(p.length, 6, p.seed),
  create: (p) => new T3(p.length, p.volumeFactor, p.seed),
});
