import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { percentChange } from './changes.ts';
import { Rsi } from './rsi.ts';

/** Share of the last n values that are smaller than the newest, in percent. */
class PercentRank {
  readonly #window: Float64Array;
  #at = 0;
  #seen = 0;

  constructor(n: number) {
    this.#window = new Float64Array(n);
  }

  /** Ranks x among the n values before it; NaN until there are so many. */
  next(x: number): number {
    const window = this.#window;
    const n = window.length;
    let smaller = 0;
    for (let k = 0; k < n; k++) if (window[k]! < x) smaller++;
    window[this.#at] = x;
    this.#at = this.#at + 1 === n ? 0 : this.#at + 1;
    if (this.#seen === n) return (100 * smaller) / n;
    this.#seen++;
    return Number.NaN;
  }
}

class ConnorsRsi implements Kernel {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #rsi: Rsi;
  readonly #streakRsi: Rsi;
  readonly #rank: PercentRank;
  /** [0] previous value. */
  readonly #last = Float64Array.of(Number.NaN);
  #streak = 0;

  constructor(n: number, streak: number, rank: number) {
    this.#rsi = new Rsi(n);
    this.#streakRsi = new Rsi(streak);
    this.#rank = new PercentRank(rank);
  }

  next(x: number): number {
    const { out } = this;
    const last = this.#last[0]!;
    this.#last[0] = x;
    out[1] = this.#rsi.next(x);
    if (!Number.isNaN(last)) {
      const streak = this.#streak;
      this.#streak = x > last ? Math.max(0, streak) + 1 : x < last ? Math.min(0, streak) - 1 : 0;
      out[2] = this.#streakRsi.next(this.#streak);
      out[3] = this.#rank.next(percentChange(x, last));
    }
    out[0] = (out[1]! + out[2]! + out[3]!) / 3;
    return out[0]!;
  }
}

/**
 * Connors RSI, 0 to 100: the mean of a short RSI, the RSI of the run of rises or falls, and the rank of the last change among the
 * changes before it.
 */
export const connorsRsi = defineIndicator({
  name: 'connors-rsi',
  title: 'Connors RSI',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value', 'rsi', 'streakRsi', 'percentRank'],
  params: {
    length: length(3, 1, 'length of the RSI'),
    streak: length(2, 1, 'length of the RSI of the run'),
    rank: length(100, 1, 'changes that the last one is ranked among'),
  },
  unit: 'percent',
  formula: '(RSI(x, 3) + RSI(run of rises or falls, 2) + percent rank(change, 100)) / 3',
  source: 'Connors and Alvarez, An Introduction to ConnorsRSI, 2012',
  warmup: (p) => {
    const [strength, streak, rank] = [p.length, 1 + p.streak, 1 + p.rank];
    return [Math.max(strength, streak, rank), strength, streak, rank];
  },
  settle: (p) => Math.max(p.length + settleBars(1 / p.length), 1 + p.streak + settleBars(1 / p.streak), 1 + p.rank),
  create: (p) => new ConnorsRsi(p.length, p.streak, p.rank),
});
