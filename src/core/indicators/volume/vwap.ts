import { DAY_MS } from '../../vocabulary/time.ts';
import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { Window } from '../statistics/window.ts';

/** Volume-weighted mean since it was last begun; without volume so far, the last price. */
class Total {
  readonly #sums = new Float64Array(2);

  begin(): void {
    this.#sums.fill(0);
  }

  add(price: number, volume: number): number {
    const sums = this.#sums;
    sums[0] = sums[0]! + price * volume;
    sums[1] = sums[1]! + volume;
    return sums[1]! > 0 ? sums[0]! / sums[1]! : price;
  }
}

class SessionVwap implements Kernel {
  readonly #total = new Total();
  readonly #offsetMs: number;
  #day = Number.NEGATIVE_INFINITY;

  constructor(offsetHours: number) {
    this.#offsetMs = offsetHours * 3_600_000;
  }

  next(openTimeMs: number, high: number, low: number, close: number, volume: number): number {
    const day = Math.floor((openTimeMs - this.#offsetMs) / DAY_MS);
    if (day !== this.#day) this.#total.begin();
    this.#day = day;
    return this.#total.add((high + low + close) / 3, volume);
  }
}

/**
 * Volume-weighted average price of the day so far. The day begins at 00:00 UTC plus `offsetHours`; a bar belongs to the day in
 * which it opens. While the day has no volume, the typical price of the last bar.
 */
export const vwap = defineIndicator({
  name: 'vwap',
  title: 'Volume-weighted average price of the day',
  group: 'volume',
  inputs: ['openTimeMs', 'high', 'low', 'close', 'volume'],
  outputs: ['value'],
  params: { offsetHours: factor(0, -24, 24, 'when the day begins, in hours after 00:00 UTC') },
  unit: 'price',
  formula: 'Σ typical price · volume / Σ volume since the day began',
  source: 'Berkowitz, Logue & Noser, The Total Cost of Transactions on the NYSE, 1988; typical price as StockCharts',
  warmup: () => 0,
  create: (p) => new SessionVwap(p.offsetHours),
});

class AnchoredVwap implements Kernel {
  readonly #total = new Total();
  readonly #anchorMs: number;

  constructor(anchorMs: number) {
    this.#anchorMs = anchorMs;
  }

  next(openTimeMs: number, high: number, low: number, close: number, volume: number): number {
    return openTimeMs < this.#anchorMs ? Number.NaN : this.#total.add((high + low + close) / 3, volume);
  }
}

/**
 * Volume-weighted average price since an instant: from the first bar that opens at or after `anchorMs`, NaN before it. By default
 * from the first bar of the series. The warm-up is that of a series that begins at or after the anchor.
 */
export const anchoredVwap = defineIndicator({
  name: 'anchored-vwap',
  title: 'Anchored volume-weighted average price',
  group: 'volume',
  inputs: ['openTimeMs', 'high', 'low', 'close', 'volume'],
  outputs: ['value'],
  params: { anchorMs: factor(0, 0, 8.64e15, 'epoch milliseconds from which to count') },
  unit: 'price',
  formula: 'Σ typical price · volume / Σ volume since the anchor',
  source: 'Shannon, Maximum Trading Gains with Anchored VWAP, 2022; Skender.Stock.Indicators, Vwap',
  warmup: () => 0,
  create: (p) => new AnchoredVwap(p.anchorMs),
});

class RollingVwap implements Kernel {
  readonly #money: Window;
  readonly #volumes: Window;

  constructor(n: number) {
    this.#money = new Window(n);
    this.#volumes = new Window(n);
  }

  next(high: number, low: number, close: number, volume: number): number {
    const price = (high + low + close) / 3;
    this.#money.push(price * volume);
    if (!this.#volumes.push(volume)) return Number.NaN;
    const total = this.#volumes.sum();
    return total > 0 ? this.#money.sum() / total : price;
  }
}

/** Volume-weighted average price of the last n bars; the typical price of the last one where they had no volume. */
export const rollingVwap = defineIndicator({
  name: 'rolling-vwap',
  title: 'Rolling volume-weighted average price',
  group: 'volume',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'price',
  formula: 'Σ typical price · volume / Σ volume over n bars',
  source: 'StockCharts formula over a window',
  warmup: (p) => p.length - 1,
  create: (p) => new RollingVwap(p.length),
});
