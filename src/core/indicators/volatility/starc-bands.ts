import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { AverageTrueRange } from './atr.ts';
import { RollingSum } from './rolling-sum.ts';

class StarcBands implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #n: number;
  readonly #closes: RollingSum;
  readonly #atr: AverageTrueRange;
  readonly #multiplier: number;

  constructor(n: number, multiplier: number, atrLength: number) {
    this.#n = n;
    this.#closes = new RollingSum(n);
    this.#atr = new AverageTrueRange(atrLength);
    this.#multiplier = multiplier;
  }

  next(high: number, low: number, close: number): number {
    const middle = this.#closes.next(close) / this.#n;
    const half = this.#multiplier * this.#atr.next(high, low, close);
    this.out[0] = middle;
    this.out[1] = middle + half;
    this.out[2] = middle - half;
    return middle;
  }

  rebase(): void {
    this.#closes.rebase();
  }
}

/** Stoller average range channel: a short simple average of the close with bands at a multiple of the average true range. */
export const starcBands = defineIndicator({
  name: 'starc-bands',
  title: 'STARC bands',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['middle', 'upper', 'lower'],
  params: {
    length: length(5, 1, 'bars of the simple average'),
    multiplier: factor(2, 0, 100, 'average true ranges from the middle to a band'),
    atrLength: length(10, 1, 'bars of the average true range'),
  },
  unit: 'price',
  formula: 'SMA(close, n) ± k·ATR(m)',
  source: 'Stoller, as described by Skender Stock Indicators, STARC bands',
  warmup: (p) => {
    const bands = Math.max(p.length - 1, p.atrLength);
    return [p.length - 1, bands, bands];
  },
  settle: (p) => Math.max(p.length - 1, p.atrLength + settleBars(1 / p.atrLength)),
  create: (p) => new StarcBands(p.length, p.multiplier, p.atrLength),
});
