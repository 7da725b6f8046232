import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { AverageTrueRange } from '../volatility/atr.ts';
import { reversalBars } from './ratchet-bands.ts';

class VolatilityStop implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #n: number;
  readonly #atr: AverageTrueRange;
  readonly #multiplier: number;
  /** [0] first close, [1] highest and [2] lowest close of the first n; then [1] is the significant close. [3] the previous ATR. */
  readonly #state = Float64Array.of(Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN);
  #long = true;
  #seen = 0;

  constructor(n: number, multiplier: number) {
    this.#n = n;
    this.#atr = new AverageTrueRange(n);
    this.#multiplier = multiplier;
  }

  next(high: number, low: number, close: number): number {
    const s = this.#state;
    const range = s[3]!;
    s[3] = this.#atr.next(high, low, close);
    if (this.#seen < this.#n) {
      if (this.#seen === 0) s[0] = close;
      s[1] = Math.max(s[1]!, close);
      s[2] = Math.min(s[2]!, close);
      if (++this.#seen === this.#n) {
        this.#long = close > s[0]!;
        if (!this.#long) s[1] = s[2]!;
      }
      return Number.NaN;
    }
    const reach = this.#multiplier * range;
    const stop = this.#long ? s[1]! - reach : s[1]! + reach;
    const stopped = this.#long ? close < stop : close > stop;
    if (stopped) {
      this.#long = !this.#long;
      s[1] = close;
    } else s[1] = this.#long ? Math.max(s[1]!, close) : Math.min(s[1]!, close);
    // Before the first average true range there is no stop, only the search for the significant close.
    if (Number.isNaN(range)) return Number.NaN;
    const out = this.out;
    out[0] = stop;
    out[1] = this.#long ? 1 : -1;
    out[2] = stopped ? 1 : 0;
    return stop;
  }
}

/**
 * Wilder's volatility system: a stop k average true ranges (of the bar before) behind the most favourable close of the trade; a
 * close beyond it reverses the position. `stop` is the level the bar was held against, `direction` the position after its close,
 * `stopped` 1 on the bar that reverses. The first direction is a guess from the first n closes, so the trend up to the
 * first reversal should not be traded; Skender omits it.
 */
export const volatilityStop = defineIndicator({
  name: 'volatility-stop',
  title: 'Volatility stop',
  group: 'trend',
  inputs: ['high', 'low', 'close'],
  outputs: ['stop', 'direction', 'stopped'],
  params: {
    length: length(7, 1, 'bars of the average true range'),
    multiplier: factor(3, 0, 100, 'average true ranges from the significant close to the stop'),
  },
  unit: 'price; direction and stopped flag',
  formula: 'significant close ∓ k·previous ATR(n)',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978; as Skender Stock Indicators',
  warmup: (p) => p.length + 1,
  settle: (p) => p.length + 1 + settleBars(1 / p.length) + reversalBars(p.multiplier),
  create: (p) => new VolatilityStop(p.length, p.multiplier),
});
