import { defineIndicator, type Kernel, length } from '../indicator.ts';

class VolumeWeighted implements Kernel {
  readonly #prices: Float64Array;
  readonly #volumes: Float64Array;
  /** [0] Σ price·volume, [1] Σ volume, [2] Σ price. */
  readonly #sums = new Float64Array(3);
  #at = 0;
  #seen = 0;
  #traded = 0;

  constructor(n: number) {
    this.#prices = new Float64Array(n);
    this.#volumes = new Float64Array(n);
  }

  next(price: number, volume: number): number {
    const prices = this.#prices;
    const volumes = this.#volumes;
    const sums = this.#sums;
    const n = prices.length;
    const at = this.#at;
    const [oldPrice, oldVolume] = [prices[at]!, volumes[at]!];
    sums[0] = sums[0]! + (price * volume - oldPrice * oldVolume);
    sums[1] = sums[1]! + (volume - oldVolume);
    sums[2] = sums[2]! + (price - oldPrice);
    this.#traded += (volume === 0 ? 0 : 1) - (oldVolume === 0 ? 0 : 1);
    prices[at] = price;
    volumes[at] = volume;
    this.#at = at + 1 === n ? 0 : at + 1;
    if (this.#seen < n && ++this.#seen < n) return Number.NaN;
    return this.#traded === 0 ? sums[2]! / n : sums[0]! / sums[1]!;
  }

  rebase(): void {
    const sums = this.#sums.fill(0);
    const n = this.#prices.length;
    for (let k = 0; k < n; k++) {
      const j = (this.#at + k) % n;
      sums[0] = sums[0]! + this.#prices[j]! * this.#volumes[j]!;
      sums[1] = sums[1]! + this.#volumes[j]!;
      sums[2] = sums[2]! + this.#prices[j]!;
    }
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
