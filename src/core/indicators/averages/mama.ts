import { defineIndicator, factor, type Kernel } from '../indicator.ts';

/** Last eight values, newest at 0: what the Hilbert transformer reads. */
class Past {
  readonly #ring = new Float64Array(8);
  #at = 0;

  push(x: number): void {
    this.#at = (this.#at + 7) & 7;
    this.#ring[this.#at] = x;
  }

  back(bars: number): number {
    return this.#ring[(this.#at + bars) & 7]!;
  }

  /** Ehlers' seven-tap Hilbert transformer. */
  hilbert(): number {
    return 0.0962 * (this.back(0) - this.back(6)) + 0.5769 * (this.back(2) - this.back(4));
  }
}

/** Prices until the filters are fed; the first of them fill the price smoother, their mean seeds both averages. */
const START = 6;

class Mama implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #fast: number;
  readonly #slow: number;
  readonly #price = new Past();
  readonly #smooth = new Past();
  readonly #detrended = new Past();
  readonly #inPhase = new Past();
  readonly #quadrature = new Past();
  /** [0] i2, [1] q2, [2] re, [3] im, [4] period, [5] phase, [6] sum of the first prices. */
  readonly #state = new Float64Array(7);
  #seen = 0;

  constructor(fast: number, slow: number) {
    this.#fast = fast;
    this.#slow = slow;
  }

  next(x: number): number {
    this.#price.push(x);
    const s = this.#state;
    const { out } = this;
    if (this.#seen < START) {
      s[6] = s[6]! + x;
      if (++this.#seen === START) out.fill(s[6]! / START);
      return out[0]!;
    }
    const alpha = this.#alpha();
    out[0] = alpha * x + (1 - alpha) * out[0]!;
    out[1] = 0.5 * alpha * out[0]! + (1 - 0.5 * alpha) * out[1]!;
    return out[0]!;
  }

  #alpha(): number {
    const s = this.#state;
    const p = this.#price;
    const adjust = 0.075 * s[4]! + 0.54;
    this.#smooth.push((4 * p.back(0) + 3 * p.back(1) + 2 * p.back(2) + p.back(3)) / 10);
    this.#detrended.push(this.#smooth.hilbert() * adjust);
    const q1 = this.#detrended.hilbert() * adjust;
    const i1 = this.#detrended.back(3);
    this.#quadrature.push(q1);
    this.#inPhase.push(i1);
    const i2 = 0.2 * (i1 - this.#quadrature.hilbert() * adjust) + 0.8 * s[0]!;
    const q2 = 0.2 * (q1 + this.#inPhase.hilbert() * adjust) + 0.8 * s[1]!;
    s[2] = 0.2 * (i2 * s[0]! + q2 * s[1]!) + 0.8 * s[2]!;
    s[3] = 0.2 * (i2 * s[1]! - q2 * s[0]!) + 0.8 * s[3]!;
    s[0] = i2;
    s[1] = q2;
    const measured = s[2] !== 0 && s[3] !== 0 ? (2 * Math.PI) / Math.atan(s[3]! / s[2]!) : 0;
    const before = s[4]!;
    const near = Math.max(0.67 * before, Math.min(1.5 * before, measured));
    s[4] = 0.2 * Math.max(6, Math.min(50, near)) + 0.8 * before;
    const phase = i1 === 0 ? 0 : (Math.atan(q1 / i1) * 180) / Math.PI;
    const turned = Math.max(1, s[5]! - phase);
    s[5] = phase;
    return Math.max(this.#slow, this.#fast / turned);
  }
}

/**
 * Ehlers' MESA adaptive moving average and its follower. Its speed is the rate at which the phase of the dominant cycle turns.
 * Ehlers feeds it the middle of the bar, (high + low)/2.
 */
export const mama = defineIndicator({
  name: 'mama',
  title: 'MESA adaptive moving average',
  group: 'average',
  inputs: ['value'],
  outputs: ['mama', 'fama'],
  params: {
    fast: factor(0.5, 0.001, 1, 'largest smoothing factor'),
    slow: factor(0.05, 0.001, 1, 'smallest smoothing factor'),
  },
  unit: 'input',
  formula: 'mama += α·(x − mama), fama += α/2·(mama − fama), α = max(slow, fast / phase change in degrees)',
  source: 'Ehlers, MESA and Trading Market Cycles, 2001; start as Skender',
  warmup: () => START - 1,
  settle: (p) => START - 1 + 2 * Math.ceil(Math.log(1e-4) / Math.log(1 - 0.5 * Math.min(p.slow, p.fast))),
  invalid: (p) => (p.slow <= p.fast ? null : `slow must not be larger than fast, found ${p.slow} and ${p.fast}`),
  create: (p) => new Mama(p.fast, p.slow),
});
