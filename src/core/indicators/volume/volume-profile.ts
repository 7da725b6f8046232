import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { Window } from '../statistics/window.ts';

class VolumeProfile implements Kernel {
  /** poc, high, low. */
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #highs: Window;
  readonly #lows: Window;
  readonly #volumes: Window;
  readonly #bins: Float64Array;
  readonly #share: number;

  constructor(n: number, bins: number, percent: number) {
    this.#highs = new Window(n);
    this.#lows = new Window(n);
    this.#volumes = new Window(n);
    this.#bins = new Float64Array(bins);
    this.#share = percent / 100;
  }

  next(high: number, low: number, volume: number): number {
    this.#highs.push(high);
    this.#lows.push(low);
    if (!this.#volumes.push(volume)) return Number.NaN;
    const { values: highs, start, length: n } = this.#highs;
    const lows = this.#lows.values;
    let bottom = Number.POSITIVE_INFINITY;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + n; i++) {
      top = Math.max(top, highs[i]!);
      bottom = Math.min(bottom, lows[i]!);
    }
    const size = (top - bottom) / this.#bins.length;
    const total = size > 0 ? this.#spread(bottom, size) : 0;
    if (total > 0) this.#measure(bottom, size, total);
    else {
      this.out[0] = (top + bottom) / 2;
      this.out[1] = top;
      this.out[2] = bottom;
    }
    return this.out[0]!;
  }

  /** Spreads each bar's volume evenly over its own range; returns the sum of all bins. */
  #spread(bottom: number, size: number): number {
    const bins = this.#bins;
    const last = bins.length - 1;
    bins.fill(0);
    const { values: highs, start, length: n } = this.#highs;
    for (let i = start; i < start + n; i++) {
      const low = this.#lows.values[i]!;
      const high = highs[i]!;
      const volume = this.#volumes.values[i]!;
      const from = Math.min(last, Math.floor((low - bottom) / size));
      const to = Math.min(last, Math.floor((high - bottom) / size));
      if (from === to) bins[from] = bins[from]! + volume;
      else
        for (let k = from; k <= to; k++) {
          const overlap = Math.min(high, bottom + (k + 1) * size) - Math.max(low, bottom + k * size);
          bins[k] = bins[k]! + (volume * Math.max(0, overlap)) / (high - low);
        }
    }
    let total = 0;
    for (let k = 0; k <= last; k++) total += bins[k]!;
    return total;
  }

  #measure(bottom: number, size: number, total: number): void {
    const bins = this.#bins;
    let poc = 0;
    for (let k = 1; k < bins.length; k++) if (bins[k]! > bins[poc]!) poc = k;
    let low = poc;
    let high = poc;
    let inside = bins[poc]!;
    while (inside < this.#share * total && (low > 0 || high < bins.length - 1)) {
      const below = low > 0 ? bins[low - 1]! : -1;
      const above = high < bins.length - 1 ? bins[high + 1]! : -1;
      if (above >= below) inside += bins[++high]!;
      else inside += bins[--low]!;
    }
    this.out[0] = bottom + (poc + 0.5) * size;
    this.out[1] = bottom + (high + 1) * size;
    this.out[2] = bottom + low * size;
  }
}

/**
 * Volume profile of the last n bars. The range from their lowest low to their highest high is cut into `bins` equal bins, and
 * each bar's volume is spread evenly over its own range. `poc`, the point of control, is the middle of the fullest bin (the
 * lowest of equal ones). The value area grows from it by the fuller neighbour, the upper of equal ones, until it holds
 * `percent` of the volume; `high` and `low` are its outer edges. Without volume or range: the middle and the whole range.
 * Bars do not tell at which price within them trades were made; finer bars give a truer profile.
 */
export const volumeProfile = defineIndicator({
  name: 'volume-profile',
  title: 'Rolling volume profile',
  group: 'volume',
  inputs: ['high', 'low', 'volume'],
  outputs: ['poc', 'high', 'low'],
  params: {
    length: length(50),
    bins: { default: 24, min: 1, max: 1000, integer: true, about: 'equal bins of price' },
    percent: factor(70, 1, 100, 'share of the volume in the value area'),
  },
  unit: 'price',
  formula: 'middle of the fullest price bin; edges of the bins around it that hold percent of the volume',
  source: 'Steidlmayer & Hawkins, Steidlmayer on Markets, 2003; one bin at a time rather than two',
  warmup: (p) => p.length - 1,
  create: (p) => new VolumeProfile(p.length, p.bins, p.percent),
});
