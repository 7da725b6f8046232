import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { choice, SEED_ABOUT } from './choice.ts';
import { RollingSum } from './rolling-sum.ts';

class MassIndex implements Kernel {
  readonly #single: Smoothing;
  readonly #double: Smoothing;
  readonly #ratios: RollingSum;
  readonly #lead: number;
  #seen = 0;

  constructor(n: number, emaLength: number, seed: number) {
    const alpha = 2 / (emaLength + 1);
    const seedLength = seed === 1 ? 1 : emaLength;
    this.#single = new Smoothing(seedLength, alpha);
    this.#double = new Smoothing(seedLength, alpha);
    this.#ratios = new RollingSum(n);
    this.#lead = emaLength - 1;
  }

  next(high: number, low: number): number {
    const single = this.#single.next(high - low);
    const row = this.#seen++;
    // With either seed the second average begins when the first has seen as many bars as its length, so warm-ups agree.
    if (row < this.#lead) return Number.NaN;
    const double = this.#double.next(single);
    if (row < 2 * this.#lead) return Number.NaN;
    return this.#ratios.next(double === 0 ? 1 : single / double);
  }

  rebase(): void {
    this.#ratios.rebase();
  }
}

/**
 * Mass index: sum of n ratios of the smoothed range to the twice smoothed range; a bulge above 27 that falls below 26.5 warns of a
 * reversal. Where the range has vanished the ratio counts as 1, its value for a constant range.
 */
export const massIndex = defineIndicator({
  name: 'mass-index',
  title: 'Mass index',
  group: 'volatility',
  inputs: ['high', 'low'],
  outputs: ['value'],
  params: {
    length: length(25, 1, 'ratios that are summed'),
    emaLength: length(9, 1, 'bars of both exponential averages'),
    seed: choice(0, 1, SEED_ABOUT),
  },
  unit: 'ratio',
  formula: 'Σ EMA(high − low) / EMA(EMA(high − low))',
  source: 'Dorsey, The mass index, Stocks & Commodities, 1992; seed 1 as Tulip mass',
  warmup: (p) => 2 * (p.emaLength - 1) + p.length - 1,
  settle: (p) => 2 * (p.emaLength - 1) + p.length - 1 + 2 * settleBars(2 / (p.emaLength + 1)),
  create: (p) => new MassIndex(p.length, p.emaLength, p.seed),
});
