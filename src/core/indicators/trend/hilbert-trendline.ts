import { defineIndicator, type Kernel } from '../indicator.ts';

const MAX_PERIOD = 50;

/** Last seven values of a series, for Ehlers's filter over taps 0, 2, 4 and 6. */
class Taps {
  readonly #ring = new Float64Array(7);
  #at = 0;

  push(x: number): void {
    this.#ring[this.#at] = x;
    this.#at = this.#at === 6 ? 0 : this.#at + 1;
  }

  /** Value `ago` steps before the last pushed. */
  at(ago: number): number {
    const k = this.#at - 1 - ago;
    return this.#ring[k < 0 ? k + 7 : k]!;
  }

  /** Ehlers's four-tap Hilbert transformer. */
  hilbert(gain: number): number {
    return (0.0962 * this.at(0) + 0.5769 * this.at(2) - 0.5769 * this.at(4) - 0.0962 * this.at(6)) * gain;
  }
}

class HilbertTrendline implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #prices = new Float64Array(MAX_PERIOD + 1);
  readonly #smooth = new Taps();
  readonly #detrended = new Taps();
  readonly #inPhase = new Taps();
  readonly #quadrature = new Taps();
  readonly #trends = new Taps();
  /** [0] in-phase and [1] quadrature smoothed, [2] real and [3] imaginary part, [4] period, [5] smoothed period. */
  readonly #state = new Float64Array(6);
  #row = 0;

  next(price: number): number {
    const row = this.#row++;
    this.#prices[row % this.#prices.length] = price;
    const out = this.out;
    if (row < 6) {
      for (const taps of [this.#smooth, this.#detrended, this.#inPhase, this.#quadrature]) taps.push(0);
      this.#trends.push(0);
      return Number.NaN;
    }
    const smoothed = (4 * price + 3 * this.#price(row - 1) + 2 * this.#price(row - 2) + this.#price(row - 3)) / 10;
    const period = this.#advance(smoothed);
    const trend = period > 0 ? this.#mean(row, period) : price;
    const trends = this.#trends;
    trends.push(trend);
    if (row >= 11) out[0] = (4 * trend + 3 * trends.at(1) + 2 * trends.at(2) + trends.at(3)) / 10;
    if (row >= 7) out[1] = Math.min(period, row + 1);
    out[2] = smoothed;
    return out[0]!;
  }

  #price(row: number): number {
    return this.#prices[row % this.#prices.length]!;
  }

  /** Mean price of the last cycle, or of all there is. */
  #mean(row: number, period: number): number {
    const bars = Math.min(period, row + 1);
    let sum = 0;
    for (let k = row - bars + 1; k <= row; k++) sum += this.#price(k);
    return sum / bars;
  }

  /** Measures the dominant cycle with Ehlers's homodyne discriminator; whole bars. */
  #advance(smoothed: number): number {
    const s = this.#state;
    const gain = 0.075 * s[4]! + 0.54;
    this.#smooth.push(smoothed);
    this.#detrended.push(this.#smooth.hilbert(gain));
    this.#quadrature.push(this.#detrended.hilbert(gain));
    this.#inPhase.push(this.#detrended.at(3));
    const beforeI = s[0]!;
    const beforeQ = s[1]!;
    const i2 = 0.2 * (this.#inPhase.at(0) - this.#quadrature.hilbert(gain)) + 0.8 * beforeI;
    const q2 = 0.2 * (this.#quadrature.at(0) + this.#inPhase.hilbert(gain)) + 0.8 * beforeQ;
    const real = 0.2 * (i2 * beforeI + q2 * beforeQ) + 0.8 * s[2]!;
    const imaginary = 0.2 * (i2 * beforeQ - q2 * beforeI) + 0.8 * s[3]!;
    const previous = s[4]!;
    let period = real !== 0 && imaginary !== 0 ? (2 * Math.PI) / Math.atan(imaginary / real) : 0;
    period = Math.max(Math.min(period, 1.5 * previous), 0.67 * previous);
    period = 0.2 * Math.min(Math.max(period, 6), MAX_PERIOD) + 0.8 * previous;
    s[0] = i2;
    s[1] = q2;
    s[2] = real;
    s[3] = imaginary;
    s[4] = period;
    s[5] = 0.33 * period + 0.67 * s[5]!;
    return Math.floor(s[5]! + 0.5);
  }
}

/**
 * Ehlers's instantaneous trendline: the price averaged over the dominant cycle, which is measured by a Hilbert transform.
 * `trendline`, the cycle's `period` in bars (0 while nothing is measured), and the `smooth` price (weights 4 3 2 1). Usually fed
 * with (high + low)/2.
 */
export const hilbertTrendline = defineIndicator({
  name: 'hilbert-trendline',
  title: 'Hilbert transform instantaneous trendline',
  group: 'trend',
  inputs: ['value'],
  outputs: ['trendline', 'period', 'smooth'],
  params: {},
  unit: 'input; period bars',
  formula: 'mean of the price over the dominant cycle, smoothed with weights 4 3 2 1',
  source: 'Ehlers, Rocket Science for Traders, 2001; start as Skender Stock Indicators',
  warmup: () => [11, 7, 6],
  settle: () => 200,
  create: () => new HilbertTrendline(),
});
