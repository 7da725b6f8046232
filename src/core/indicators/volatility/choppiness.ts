import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { RollingExtreme } from './rolling-extreme.ts';
import { RollingSum } from './rolling-sum.ts';

class Choppiness implements Kernel {
  readonly #highest: RollingExtreme;
  readonly #lowest: RollingExtreme;
  readonly #ranges: RollingSum;
  readonly #scale: number;
  readonly #previousClose = new Float64Array(1).fill(Number.NaN);

  constructor(n: number) {
    this.#highest = new RollingExtreme(n, 'highest');
    this.#lowest = new RollingExtreme(n, 'lowest');
    this.#ranges = new RollingSum(n);
    this.#scale = 100 / Math.log(n);
  }

  next(high: number, low: number, close: number): number {
    const previous = this.#previousClose[0]!;
    this.#previousClose[0] = close;
    if (Number.isNaN(previous)) return Number.NaN;
    const trueHigh = Math.max(high, previous);
    const trueLow = Math.min(low, previous);
    const travelled = this.#ranges.next(trueHigh - trueLow);
    const covered = this.#highest.next(trueHigh) - this.#lowest.next(trueLow);
    return covered === 0 || travelled <= 0 ? 100 : this.#scale * Math.log(travelled / covered);
  }

  rebase(): void {
    this.#ranges.rebase();
  }
}

/**
 * Choppiness index: how much longer the way was than the distance covered, 0 (straight) to 100 (no progress). Uses true highs
 * and lows as Dreiss and Skender do (TradingView takes plain ones). A market that did not move at all counts as 100.
 */
export const choppiness = defineIndicator({
  name: 'choppiness',
  title: 'Choppiness index',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: { length: length(14, 2) },
  unit: 'percent',
  formula: '100 · ln(Σ true range / (highest true high − lowest true low)) / ln n',
  source: 'Dreiss, 1993, as described by Skender Stock Indicators',
  warmup: (p) => p.length,
  create: (p) => new Choppiness(p.length),
});
