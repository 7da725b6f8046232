import { defineIndicator, factor, type Kernel } from '../indicator.ts';

/** Crossings of a over b: [0] direction, [1] bars since the last one. */
class Cross implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #before = new Float64Array(2).fill(Number.NaN);
  #since = -1;

  next(a: number, b: number): number {
    const before = this.#before;
    const wasA = before[0]!;
    const wasB = before[1]!;
    before[0] = a;
    before[1] = b;
    if (Number.isNaN(wasA)) return Number.NaN;
    const direction = a > b ? (wasA <= wasB ? 1 : 0) : a < b && wasA >= wasB ? -1 : 0;
    const since = direction !== 0 ? 0 : this.#since < 0 ? -1 : this.#since + 1;
    this.#since = since;
    this.out[0] = direction;
    this.out[1] = since;
    return direction;
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    const a = inputs[0]!;
    const b = inputs[1]!;
    const directions = outputs[0]!;
    const bars = outputs[1]!;
    let i = from;
    if (i < to) {
      this.next(a[i]!, b[i]!);
      directions[i] = this.out[0]!;
      bars[i] = this.out[1]!;
      i++;
    }
    if (i === to) return;
    let since = this.#since;
    let wasAbove = a[i - 1]! > b[i - 1]! ? 1 : 0;
    let wasBelow = a[i - 1]! < b[i - 1]! ? 1 : 0;
    for (; i < to; i++) {
      const above = a[i]! > b[i]! ? 1 : 0;
      const below = a[i]! < b[i]! ? 1 : 0;
      const direction = (above & (wasAbove ^ 1)) - (below & (wasBelow ^ 1));
      wasAbove = above;
      wasBelow = below;
      since = direction !== 0 ? 0 : since < 0 ? -1 : since + 1;
      directions[i] = direction;
      bars[i] = since;
    }
    this.#since = since;
    this.#before[0] = a[to - 1]!;
    this.#before[1] = b[to - 1]!;
    this.out[0] = directions[to - 1]!;
    this.out[1] = since;
  }
}

/**
 * Crossing of one series over another. Up (+1): above now and not above at the previous bar; down (−1) the mirror image; so a
 * touch that comes back from the same side counts, and equality never does. `barsSince` is 0 at a crossing and −1 before the
 * first; it remembers the whole series, so a run that starts later may know of none.
 */
export const cross = defineIndicator({
  name: 'cross',
  title: 'Crossing of two series',
  group: 'price',
  inputs: ['value', 'other'],
  outputs: ['direction', 'barsSince'],
  params: {},
  unit: 'flag; bars',
  formula: '+1 where a > b and a[1] ≤ b[1]; −1 where a < b and a[1] ≥ b[1]; else 0',
  source: 'TradingView Pine Script ta.crossover, ta.crossunder; Tulip crossany',
  warmup: () => 1,
  create: () => new Cross(),
});

class CrossLevel implements Kernel {
  readonly out: Float64Array;
  readonly #cross = new Cross();
  readonly #level: number;

  constructor(level: number) {
    this.out = this.#cross.out;
    this.#level = level;
  }

  next(a: number): number {
    return this.#cross.next(a, this.#level);
  }
}

/** Crossing of a series over a fixed level, by the rule of `cross`. */
export const crossLevel = defineIndicator({
  name: 'cross-level',
  title: 'Crossing of a level',
  group: 'price',
  inputs: ['value'],
  outputs: ['direction', 'barsSince'],
  params: { level: factor(0, -1e12, 1e12, 'level in units of the input') },
  unit: 'flag; bars',
  formula: '+1 where a > level and a[1] ≤ level; −1 where a < level and a[1] ≥ level; else 0',
  source: 'TradingView Pine Script ta.crossover, ta.crossunder',
  warmup: () => 1,
  create: (p) => new CrossLevel(p.level),
});

class BarsSince implements Kernel {
  #since = -1;

  next(condition: number): number {
    this.#since = condition !== 0 ? 0 : this.#since < 0 ? -1 : this.#since + 1;
    return this.#since;
  }
}

/** Bars since the input was last other than 0; 0 at such a bar, −1 before the first. */
export const barsSince = defineIndicator({
  name: 'bars-since',
  title: 'Bars since a condition',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: {},
  unit: 'bars',
  formula: '0 where x ≠ 0, else one more than before',
  source: 'TradingView Pine Script ta.barssince',
  warmup: () => 0,
  create: () => new BarsSince(),
});
