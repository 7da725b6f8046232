import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { RollingSum } from '../volatility/rolling-sum.ts';

class VolumeWeighted implements Kernel {
  readonly #n: number;
  readonly #money: RollingSum;
  readonly #volumes: RollingSum;
  readonly #prices: RollingSum;

  constructor(n: number) {
    this.#n = n;
    this.#money = new RollingSum(n);
    this.#volumes = new RollingSum(n);
    this.#prices = new RollingSum(n);
  }

  next(price: number, volume: number): number {
    const money = this.#money.next(price * volume);
    const volumes = this.#volumes.next(volume);
    const prices = this.#prices.next(price);
    return volumes === 0 ? prices / this.#n : money / volumes;
  }

  rebase(): void {
    this.#money.rebase();
    this.#volumes.rebase();
    this.#prices.rebase();
  }
}

/** Volume-weighted moving average of the close. Where the window had no volume at all every bar weighs the same. */
export const vwma = defineIndicator({
  name: 'vwma',
  title: 'Volume-weighted moving average',
  group: 'average',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'price',
  formula: 'Σ close·volume / Σ volume over n bars',
  source: 'Tulip Indicators vwma; TradingView ta.vwma',
  warmup: (p) => p.length - 1,
  create: (p) => new VolumeWeighted(p.length),
});
