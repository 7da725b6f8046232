import { defineIndicator, type Kernel } from '../indicator.ts';
import { Candles } from './candles.ts';

/** Inside bar at 1 bar ago, and a false break of it now: −1 broke upwards, 1 downwards, 0 neither. */
function falseBreak(k: Candles): number {
  if (!(k.high(1) < k.high(2) && k.low(1) > k.low(2))) return 0;
  if (k.high(0) < k.high(1) && k.low(0) < k.low(1)) return 1;
  return k.high(0) > k.high(1) && k.low(0) > k.low(1) ? -1 : 0;
}

/** Two inside bars in a row, the outermost closing near its extreme on the side that is broken. */
function modifiedFalseBreak(k: Candles): number {
  if (!(k.high(2) < k.high(3) && k.low(2) > k.low(3))) return 0;
  const sign = falseBreak(k);
  if (sign === 1 && k.close(2) <= k.low(2) + k.near(2)) return 1;
  return sign === -1 && k.close(2) >= k.high(2) - k.near(2) ? -1 : 0;
}

/** Remembers the last pattern for three candles: a close beyond the other end of the inside bar confirms it once. */
class Hikkake implements Kernel {
  readonly #candles = new Candles();
  readonly #detect: (k: Candles) => number;
  /** Candles before the first that may hold a pattern. */
  readonly #first: number;
  readonly #warmup: number;
  #seen = 0;
  #sign = 0;
  #age = 4;

  constructor(detect: (k: Candles) => number, first: number, warmup: number) {
    this.#detect = detect;
    this.#first = first;
    this.#warmup = warmup;
  }

  next(open: number, high: number, low: number, close: number): number {
    const k = this.#candles;
    k.push(open, high, low, close);
    const row = this.#seen;
    if (row <= this.#warmup) this.#seen++;
    if (row < this.#first) return Number.NaN;
    if (this.#age < 4) this.#age++;
    const sign = this.#detect(k);
    let value = 0;
    if (sign !== 0) {
      this.#sign = sign;
      this.#age = 0;
      value = sign * 100;
    } else if (this.#age <= 3) {
      const inside = this.#age + 1;
      if (this.#sign > 0 ? close > k.high(inside) : close < k.low(inside)) {
        value = this.#sign * 200;
        this.#age = 4;
      }
    }
    return row < this.#warmup ? Number.NaN : value;
  }
}

/** Inside bar whose break fails; ±100 at the false break, ±200 where it is confirmed within three candles. */
export const hikkake = defineIndicator({
  name: 'cdl-hikkake',
  title: 'Hikkake pattern',
  group: 'pattern',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params: {},
  unit: 'flag',
  formula: '±100: inside bar, then higher high and low (−) or lower high and low (+); ±200: close beyond its other end',
  source: 'TA-Lib CDLHIKKAKE',
  warmup: () => 5,
  create: () => new Hikkake(falseBreak, 2, 5),
});

/** Hikkake with two inside bars, the first of which closes near its extreme. */
export const hikkakeModified = defineIndicator({
  name: 'cdl-hikkake-modified',
  title: 'Modified hikkake pattern',
  group: 'pattern',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params: {},
  unit: 'flag',
  formula: 'two inside bars, the first closing near its low (+) or high (−), then as the hikkake pattern',
  source: 'TA-Lib CDLHIKKAKEMOD',
  warmup: () => 10,
  create: () => new Hikkake(modifiedFalseBreak, 7, 10),
});
