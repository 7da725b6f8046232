import { defineIndicator, type Kernel, length } from '../indicator.ts';

/**
 * Extremes of the last `n` values with their age, by a queue of candidates: whoever is beaten or equalled by a newer value can
 * never be the extreme again. One push and, on average, one pop a step.
 */
export class Extreme {
  readonly #values: Float64Array;
  readonly #rows: Float64Array;
  readonly #mask: number;
  readonly #length: number;
  /** 1 for the highest, −1 for the lowest. */
  readonly #sign: 1 | -1;
  #head = 0;
  #tail = 0;
  #row = -1;

  constructor(n: number, sign: 1 | -1) {
    let capacity = 2;
    while (capacity < n + 1) capacity *= 2;
    this.#values = new Float64Array(capacity);
    this.#rows = new Float64Array(capacity);
    this.#mask = capacity - 1;
    this.#length = n;
    this.#sign = sign;
  }

  /** Adds a value; false until there are `n`. */
  push(x: number): boolean {
    const mask = this.#mask;
    const row = ++this.#row;
    const signed = this.#sign * x;
    if (this.#head !== this.#tail && this.#rows[this.#head]! <= row - this.#length)
      this.#head = (this.#head + 1) & mask;
    while (this.#head !== this.#tail && this.#values[(this.#tail - 1) & mask]! <= signed)
      this.#tail = (this.#tail - 1) & mask;
    this.#values[this.#tail] = signed;
    this.#rows[this.#tail] = row;
    this.#tail = (this.#tail + 1) & mask;
    return row >= this.#length - 1;
  }

  get value(): number {
    return this.#sign * this.#values[this.#head]!;
  }

  get barsAgo(): number {
    return this.#row - this.#rows[this.#head]!;
  }
}

class ExtremeKernel implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #extreme: Extreme;

  constructor(n: number, sign: 1 | -1) {
    this.#extreme = new Extreme(n, sign);
  }

  next(x: number): number {
    if (!this.#extreme.push(x)) return Number.NaN;
    this.out[0] = this.#extreme.value;
    this.out[1] = this.#extreme.barsAgo;
    return this.out[0]!;
  }
}

/** Highest of the last n values, and how many bars ago it was; of equal ones the newest. */
export const highest = defineIndicator({
  name: 'highest',
  title: 'Highest value',
  group: 'price',
  inputs: ['value'],
  outputs: ['value', 'barsAgo'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'max of the last n values',
  source: 'TA-Lib MAX, MAXINDEX (which counts from the start of the data)',
  warmup: (p) => p.length - 1,
  create: (p) => new ExtremeKernel(p.length, 1),
});

/** Lowest of the last n values, and how many bars ago it was; of equal ones the newest. */
export const lowest = defineIndicator({
  name: 'lowest',
  title: 'Lowest value',
  group: 'price',
  inputs: ['value'],
  outputs: ['value', 'barsAgo'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'min of the last n values',
  source: 'TA-Lib MIN, MININDEX (which counts from the start of the data)',
  warmup: (p) => p.length - 1,
  create: (p) => new ExtremeKernel(p.length, -1),
});

class Middle implements Kernel {
  readonly #high: Extreme;
  readonly #low: Extreme;

  constructor(n: number) {
    this.#high = new Extreme(n, 1);
    this.#low = new Extreme(n, -1);
  }

  next(high: number, low: number): number {
    this.#high.push(high);
    return this.#low.push(low) ? (this.#high.value + this.#low.value) / 2 : Number.NaN;
  }
}

class MiddleOfOne implements Kernel {
  readonly #middle: Middle;

  constructor(n: number) {
    this.#middle = new Middle(n);
  }

  next(x: number): number {
    return this.#middle.next(x, x);
  }
}

/** Middle between highest and lowest of the last n values of one series. */
export const midpoint = defineIndicator({
  name: 'midpoint',
  title: 'Midpoint',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'input',
  formula: '(highest + lowest) / 2',
  source: 'TA-Lib MIDPOINT',
  warmup: (p) => p.length - 1,
  create: (p) => new MiddleOfOne(p.length),
});

/** Middle between the highest high and the lowest low of n bars. */
export const midprice = defineIndicator({
  name: 'midprice',
  title: 'Midprice',
  group: 'price',
  inputs: ['high', 'low'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'price',
  formula: '(highest high + lowest low) / 2',
  source: 'TA-Lib MIDPRICE',
  warmup: (p) => p.length - 1,
  create: (p) => new Middle(p.length),
});
