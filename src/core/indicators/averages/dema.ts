import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Cascade, cascadeSettle } from './cascade.ts';
import { CASCADE_SEED, seedWarmup } from './seed.ts';

class Dema implements Kernel {
  readonly #cascade: Cascade;

  constructor(n: number, seed: number) {
    this.#cascade = new Cascade(n, 2, seed);
  }

  next(x: number): number {
    const second = this.#cascade.next(x);
    const first = this.#cascade.values[0]!;
    return first + (first - second);
  }
}

class Tema implements Kernel {
  readonly #cascade: Cascade;

  constructor(n: number, seed: number) {
    this.#cascade = new Cascade(n, 3, seed);
  }

  next(x: number): number {
    const third = this.#cascade.next(x);
    const [first, second] = [this.#cascade.values[0]!, this.#cascade.values[1]!];
    return 3 * (first - second) + third;
  }
}

/** Double exponential moving average: an EMA less its own lag. */
export const dema = defineIndicator({
  name: 'dema',
  title: 'Double exponential moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), seed: CASCADE_SEED },
  unit: 'input',
  formula: '2·EMA − EMA(EMA)',
  source: 'Mulloy, Stocks & Commodities 12:1, 1994; seed as TA-Lib DEMA',
  warmup: (p) => seedWarmup(p.length, p.seed, 2),
  settle: (p) => cascadeSettle(p.length, 2, p.seed),
  create: (p) => new Dema(p.length, p.seed),
});

/** Triple exponential moving average. */
export const tema = defineIndicator({
  name: 'tema',
  title: 'Triple exponential moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20), seed: CASCADE_SEED },
  unit: 'input',
  formula: '3·EMA − 3·EMA(EMA) + EMA(EMA(EMA))',
  source: 'Mulloy, Stocks & Commodities 12:1, 1994; seed as TA-Lib TEMA',
  warmup: (p) => seedWarmup(p.length, p.seed, 3),
  settle: (p) => cascadeSettle(p.length, 3, p.seed),
  create: (p) => new Tema(p.length, p.seed),
});
