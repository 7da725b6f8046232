import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { choice } from './choice.ts';
import { FIRST_RANGE_ABOUT, trueRange } from './true-range.ts';

/** Wilder's average of the true range: the mean of the first n, then 1/n of each new one. */
export class AverageTrueRange implements Kernel {
  readonly #n: number;
  readonly #first: boolean;
  /** [0] the average, or the sum while seeding; [1] the previous close. */
  readonly #state = Float64Array.of(0, Number.NaN);
  #seen = 0;

  constructor(n: number, firstRange = 0) {
    this.#n = n;
    this.#first = firstRange === 1;
  }

  next(high: number, low: number, close: number): number {
    const state = this.#state;
    const previous = state[1]!;
    state[1] = close;
    if (this.#seen >= this.#n) {
      const y = state[0]! + (trueRange(high, low, previous) - state[0]!) * (1 / this.#n);
      state[0] = y;
      return y;
    }
    if (Number.isNaN(previous) && !this.#first) return Number.NaN;
    const sum = state[0]! + (Number.isNaN(previous) ? high - low : trueRange(high, low, previous));
    state[0] = sum;
    if (++this.#seen < this.#n) return Number.NaN;
    state[0] = sum / this.#n;
    return state[0]!;
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const out = outputs[0]!;
    let i = from;
    for (; i < to && this.#seen < this.#n; i++) out[i] = this.next(high[i]!, low[i]!, close[i]!);
    let y = this.#state[0]!;
    let previous = this.#state[1]!;
    const alpha = 1 / this.#n;
    for (; i < to; i++) {
      y += (trueRange(high[i]!, low[i]!, previous) - y) * alpha;
      previous = close[i]!;
      out[i] = y;
    }
    this.#state[0] = y;
    this.#state[1] = previous;
  }
}

/**
 * Average true range. Begins with the mean of n true ranges; whether the first bar has one is `firstRange`: TA-Lib and Skender
 * leave it out (default), StockCharts, Tulip and TradingView count its high − low.
 */
export const atr = defineIndicator({
  name: 'atr',
  title: 'Average true range',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: { length: length(14), firstRange: choice(0, 1, FIRST_RANGE_ABOUT) },
  unit: 'price',
  formula: 'y += (true range − y)/n; first y = mean of n true ranges',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978; seed as TA-Lib ATR',
  warmup: (p) => p.length - p.firstRange,
  settle: (p) => p.length + settleBars(1 / p.length),
  create: (p) => new AverageTrueRange(p.length, p.firstRange),
});

class NormalizedAtr implements Kernel {
  readonly #atr: AverageTrueRange;

  constructor(n: number, firstRange: number) {
    this.#atr = new AverageTrueRange(n, firstRange);
  }

  next(high: number, low: number, close: number): number {
    const y = this.#atr.next(high, low, close);
    return close === 0 ? y * 0 : (100 * y) / close;
  }
}

/** Average true range in percent of the close, comparable between instruments; 0 where the close is 0. */
export const natr = defineIndicator({
  name: 'natr',
  title: 'Normalized average true range',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: { length: length(14), firstRange: choice(0, 1, FIRST_RANGE_ABOUT) },
  unit: 'percent',
  formula: '100 · ATR / close',
  source: 'Forman, Cross-market evaluations with normalized average true range, 2006; TA-Lib NATR',
  warmup: (p) => p.length - p.firstRange,
  settle: (p) => p.length + settleBars(1 / p.length),
  create: (p) => new NormalizedAtr(p.length, p.firstRange),
});
