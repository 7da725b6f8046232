import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { choice } from '../volatility/choice.ts';
import { Delay } from '../volatility/delay.ts';
import { trueRange } from '../volatility/true-range.ts';

const CONVENTION_ABOUT =
  '0 Wilder, StockCharts, Skender: sums begin with n bars, ADXR looks n bars back; 1 TA-Lib: n − 1 bars and n − 1 back; 2 Tulip: as TA-Lib, a bar earlier, and a bar that reaches as far up as down counts on both sides, not on none';

/** Bars of directional movement that are summed before Wilder's smoothing takes over. */
function seedBars(n: number, convention: number): number {
  return convention === 0 ? n : Math.max(1, n - 1);
}

/** Row of the first directional index; TA-Lib holds back the value of its seed. */
function firstIndexRow(n: number, convention: number): number {
  return convention === 1 ? n : seedBars(n, convention);
}

/** Bars between the two averages of which ADXR is the mean. */
function ratingLag(n: number, convention: number): number {
  return convention === 0 ? n : n - 1;
}

/** Wilder's running sums of +DM, −DM and true range. */
class DirectionalSums {
  readonly #n: number;
  readonly #seedBars: number;
  /** Whether equal moves up and down count on both sides. */
  readonly #countsEqual: boolean;
  /** [0] +DM, [1] −DM, [2] true range; [3..5] high, low and close of the previous bar. */
  readonly state = Float64Array.of(0, 0, 0, Number.NaN, Number.NaN, Number.NaN);
  #bars = 0;

  constructor(n: number, convention: number) {
    this.#n = n;
    this.#seedBars = seedBars(n, convention);
    this.#countsEqual = convention === 2;
  }

  /** Takes a bar; whether the sums are seeded. */
  next(high: number, low: number, close: number): boolean {
    const s = this.state;
    const up = high - s[3]!;
    const down = s[4]! - low;
    const range = trueRange(high, low, s[5]!);
    s[3] = high;
    s[4] = low;
    s[5] = close;
    if (Number.isNaN(up)) return false;
    const isEqual = up === down && this.#countsEqual;
    const plus = (up > down || isEqual) && up > 0 ? up : 0;
    const minus = (down > up || isEqual) && down > 0 ? down : 0;
    const kept = this.#bars >= this.#seedBars ? 1 - 1 / this.#n : 1;
    s[0] = s[0]! * kept + plus;
    s[1] = s[1]! * kept + minus;
    s[2] = s[2]! * kept + range;
    if (this.#bars >= this.#seedBars) return true;
    return ++this.#bars >= this.#seedBars;
  }
}

class DirectionalMovement implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #sums: DirectionalSums;

  constructor(n: number, convention: number) {
    this.#sums = new DirectionalSums(n, convention);
  }

  next(high: number, low: number): number {
    // The close matters for the true range only, which is not asked for.
    if (!this.#sums.next(high, low, low)) return Number.NaN;
    this.out[0] = this.#sums.state[0]!;
    this.out[1] = this.#sums.state[1]!;
    return this.out[0]!;
  }
}

/** Smoothed directional movement, +DM and −DM, as Wilder's running sums (n times their average). */
export const directionalMovement = defineIndicator({
  name: 'directional-movement',
  title: 'Directional movement',
  group: 'trend',
  inputs: ['high', 'low'],
  outputs: ['plusDm', 'minusDm'],
  params: { length: length(14), convention: choice(0, 2, CONVENTION_ABOUT) },
  unit: 'price',
  formula: 'y = y − y/n + DM; first y = Σ DM',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978',
  warmup: (p) => seedBars(p.length, p.convention),
  settle: (p) => seedBars(p.length, p.convention) + settleBars(1 / p.length),
  create: (p) => new DirectionalMovement(p.length, p.convention),
});

class DirectionalIndex implements Kernel {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly #sums: DirectionalSums;
  readonly #average: Smoothing;
  readonly #earlier: Delay;
  #heldBack: number;

  constructor(n: number, convention: number) {
    this.#sums = new DirectionalSums(n, convention);
    this.#average = new Smoothing(n, 1 / n);
    this.#earlier = new Delay(ratingLag(n, convention));
    this.#heldBack = firstIndexRow(n, convention) - seedBars(n, convention);
  }

  next(high: number, low: number, close: number): number {
    if (!this.#sums.next(high, low, close)) return Number.NaN;
    if (this.#heldBack > 0) {
      this.#heldBack--;
      return Number.NaN;
    }
    const out = this.out;
    const sums = this.#sums.state;
    const plus = sums[0]!;
    const minus = sums[1]!;
    const range = sums[2]!;
    const dx = plus + minus === 0 ? 0 : 100 * (Math.abs(plus - minus) / (plus + minus));
    const adx = this.#average.next(dx);
    out[0] = range === 0 ? 0 : 100 * (plus / range);
    out[1] = range === 0 ? 0 : 100 * (minus / range);
    out[2] = dx;
    out[3] = adx;
    if (!Number.isNaN(adx)) out[4] = 0.5 * (adx + this.#earlier.next(adx));
    return out[0]!;
  }
}

/**
 * Directional system: +DI, −DI, DX, ADX and ADXR (mean of ADX now and n or n − 1 bars ago). A market without any directional
 * movement has DX 0, one that does not move at all DI 0.
 */
export const adx = defineIndicator({
  name: 'adx',
  title: 'Average directional index',
  group: 'trend',
  inputs: ['high', 'low', 'close'],
  outputs: ['plusDi', 'minusDi', 'dx', 'adx', 'adxr'],
  params: { length: length(14), convention: choice(0, 2, CONVENTION_ABOUT) },
  unit: 'percent',
  formula: 'DI = 100·Σw DM/Σw TR; DX = 100·|+DI − −DI|/(+DI + −DI); ADX = Wilder average of DX',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978',
  warmup: (p) => {
    const index = firstIndexRow(p.length, p.convention);
    const average = index + p.length - 1;
    return [index, index, index, average, average + ratingLag(p.length, p.convention)];
  },
  settle: (p) => firstIndexRow(p.length, p.convention) + 3 * p.length + 2 * settleBars(1 / p.length),
  create: (p) => new DirectionalIndex(p.length, p.convention),
});
