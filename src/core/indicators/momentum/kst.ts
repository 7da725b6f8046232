import { sma } from '../averages/sma.ts';
import { WeightedMean } from '../averages/wma.ts';
import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Lag, percentChange } from './changes.ts';

/** A rate of change and its simple average. */
class SmoothedChange {
  readonly #lag: Lag;
  readonly #mean: Kernel;

  constructor(change: number, smooth: number) {
    this.#lag = new Lag(change);
    this.#mean = sma.create({ length: smooth });
  }

  next(x: number): number {
    const change = percentChange(x, this.#lag.next(x));
    return Number.isNaN(change) ? change : this.#mean.next(change, 0, 0, 0, 0);
  }

  rebase(): void {
    this.#mean.rebase?.();
  }
}

class Kst implements Kernel {
  readonly out = new Float64Array(2);
  readonly #changes: readonly SmoothedChange[];
  readonly #signal: Kernel;

  constructor(changes: readonly SmoothedChange[], signal: number) {
    this.#changes = changes;
    this.#signal = sma.create({ length: signal });
  }

  next(x: number): number {
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += (k + 1) * this.#changes[k]!.next(x);
    this.out[0] = sum;
    this.out[1] = Number.isNaN(sum) ? sum : this.#signal.next(sum, 0, 0, 0, 0);
    return sum;
  }

  rebase(): void {
    for (const change of this.#changes) change.rebase();
    this.#signal.rebase?.();
  }
}

/** Know sure thing: four smoothed rates of change, the longest weighing most. */
export const kst = defineIndicator({
  name: 'kst',
  title: 'Know sure thing',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['kst', 'signal'],
  params: {
    change1: length(10, 1, 'bars of the first rate of change'),
    change2: length(15, 1, 'bars of the second'),
    change3: length(20, 1, 'bars of the third'),
    change4: length(30, 1, 'bars of the fourth'),
    smooth1: length(10, 1, 'length of the average of the first'),
    smooth2: length(10, 1, 'of the second'),
    smooth3: length(10, 1, 'of the third'),
    smooth4: length(15, 1, 'of the fourth'),
    signal: length(9, 1, 'length of the signal average'),
  },
  unit: 'percent',
  formula: 'Σ k · SMA(ROC(change k), smooth k), k = 1…4; signal = SMA of it',
  source: 'Pring, Stocks & Commodities 10:9, 1992; StockCharts ChartSchool',
  warmup: (p) => {
    const line = Math.max(p.change1 + p.smooth1, p.change2 + p.smooth2, p.change3 + p.smooth3, p.change4 + p.smooth4);
    return [line - 1, line - 1 + p.signal - 1];
  },
  create: (p) =>
    new Kst(
      [
        new SmoothedChange(p.change1, p.smooth1),
        new SmoothedChange(p.change2, p.smooth2),
        new SmoothedChange(p.change3, p.smooth3),
        new SmoothedChange(p.change4, p.smooth4),
      ],
      p.signal,
    ),
});

class Coppock implements Kernel {
  readonly #long: Lag;
  readonly #short: Lag;
  readonly #mean: WeightedMean;

  constructor(long: number, short: number, smooth: number) {
    this.#long = new Lag(long);
    this.#short = new Lag(short);
    this.#mean = new WeightedMean(smooth);
  }

  next(x: number): number {
    const sum = percentChange(x, this.#long.next(x)) + percentChange(x, this.#short.next(x));
    return Number.isNaN(sum) ? sum : this.#mean.next(sum);
  }

  rebase(): void {
    this.#mean.rebase();
  }
}

/** Coppock curve, meant for monthly closes of an index: it turns up from below zero after a bear market. */
export const coppock = defineIndicator({
  name: 'coppock',
  title: 'Coppock curve',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    long: length(14, 1, 'bars of the long rate of change'),
    short: length(11, 1, 'bars of the short rate of change'),
    smooth: length(10, 1, 'length of the weighted average'),
  },
  unit: 'percent',
  formula: 'WMA(ROC(14) + ROC(11), 10)',
  source: "Coppock, Barron's, October 1962; StockCharts ChartSchool",
  warmup: (p) => Math.max(p.long, p.short) + p.smooth - 1,
  create: (p) => new Coppock(p.long, p.short, p.smooth),
});
