import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Window } from '../statistics/window.ts';

/** One row of the table of functions of a single value. */
interface Unary {
  readonly name: string;
  readonly title: string;
  readonly formula: string;
  readonly unit: string;
  readonly of: (x: number) => number;
}

const unary = (row: Unary) =>
  defineIndicator({
    name: row.name,
    title: row.title,
    group: 'price',
    inputs: ['value'],
    outputs: ['value'],
    params: {},
    unit: row.unit,
    formula: row.formula,
    source: 'arithmetic',
    warmup: () => 0,
    create: () => ({ next: row.of }),
  });

/** Functions of each value. Where they have no finite value (√ of less than 0, ln 0, exp 1000) they are NaN, as if not yet known. */
export const abs = unary({ name: 'abs', title: 'Absolute value', formula: '|x|', unit: 'input', of: Math.abs });
export const sqrt = unary({ name: 'sqrt', title: 'Square root', formula: '√x', unit: 'ratio', of: Math.sqrt });
export const ln = unary({
  name: 'ln',
  title: 'Natural logarithm',
  formula: 'ln x',
  unit: 'ratio',
  of: (x) => (x > 0 ? Math.log(x) : Number.NaN),
});
export const log10 = unary({
  name: 'log10',
  title: 'Decimal logarithm',
  formula: 'log10 x',
  unit: 'ratio',
  of: (x) => (x > 0 ? Math.log10(x) : Number.NaN),
});
export const exp = unary({
  name: 'exp',
  title: 'Exponential',
  formula: 'e to the x',
  unit: 'ratio',
  of: (x) => (x < 709 ? Math.exp(x) : Number.NaN),
});
export const floor = unary({ name: 'floor', title: 'Rounded down', formula: '⌊x⌋', unit: 'input', of: Math.floor });
export const ceil = unary({ name: 'ceil', title: 'Rounded up', formula: '⌈x⌉', unit: 'input', of: Math.ceil });
export const trunc = unary({ name: 'trunc', title: 'Cut to whole', formula: 'trunc x', unit: 'input', of: Math.trunc });
export const round = unary({
  name: 'round',
  title: 'Rounded',
  formula: 'nearest whole number, halves up',
  unit: 'input',
  of: Math.round,
});

/** One row of the table of functions of two values. */
interface Binary extends Omit<Unary, 'of'> {
  readonly of: (a: number, b: number) => number;
}

const binary = (row: Binary) =>
  defineIndicator({
    name: row.name,
    title: row.title,
    group: 'price',
    inputs: ['value', 'other'],
    outputs: ['value'],
    params: {},
    unit: row.unit,
    formula: row.formula,
    source: 'arithmetic',
    warmup: () => 0,
    create: () => ({ next: row.of }),
  });

export const add = binary({ name: 'add', title: 'Sum of two', formula: 'a + b', unit: 'input', of: (a, b) => a + b });
export const subtract = binary({
  name: 'subtract',
  title: 'Difference of two',
  formula: 'a − b',
  unit: 'input',
  of: (a, b) => a - b,
});
export const multiply = binary({
  name: 'multiply',
  title: 'Product of two',
  formula: 'a · b',
  unit: 'product of the inputs',
  of: (a, b) => a * b,
});
export const divide = binary({
  name: 'divide',
  title: 'Ratio of two',
  formula: 'a / b; NaN where b is 0',
  unit: 'ratio',
  of: (a, b) => (b === 0 ? Number.NaN : a / b),
});

/** Greater of x and the decayed last value, which shrinks by a step (linear) or a share (exponential). */
class Decay implements Kernel {
  readonly #last = new Float64Array(1).fill(Number.NaN);
  readonly #step: number;
  readonly #share: number;

  constructor(step: number, share: number) {
    this.#step = step;
    this.#share = share;
  }

  next(x: number): number {
    const decayed = this.#last[0]! * this.#share - this.#step;
    const value = decayed > x ? decayed : x;
    this.#last[0] = value;
    return value;
  }
}

/** Holds peaks and lets them sink by 1/n a bar. */
export const decay = defineIndicator({
  name: 'decay',
  title: 'Linear decay',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(5, 1, 'bars in which 1 decays to 0') },
  unit: 'input',
  formula: 'max(x, y[1] − 1/n)',
  source: 'Tulip decay',
  warmup: () => 0,
  create: (p) => new Decay(1 / p.length, 1),
});

/** Holds peaks and lets them sink by 1/n of their height a bar. */
export const exponentialDecay = defineIndicator({
  name: 'exponential-decay',
  title: 'Exponential decay',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(5, 1, 'bars; 1 − 1/n is kept each') },
  unit: 'input',
  formula: 'max(x, y[1] · (1 − 1/n))',
  source: 'Tulip edecay',
  warmup: () => 0,
  settle: (p) => p.length * 10,
  create: (p) => new Decay(0, 1 - 1 / p.length),
});

class RelativeStrength implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #asset: Window;
  readonly #base: Window;

  constructor(n: number) {
    this.#asset = new Window(n + 1);
    this.#base = new Window(n + 1);
  }

  next(asset: number, base: number): number {
    this.#asset.push(asset);
    const full = this.#base.push(base);
    const ratio = base === 0 ? 0 : asset / base;
    this.out[0] = ratio;
    if (full) {
      const assetBefore = this.#asset.values[this.#asset.start]!;
      const baseBefore = this.#base.values[this.#base.start]!;
      this.out[1] =
        assetBefore === 0 || baseBefore === 0
          ? 0
          : (asset - assetBefore) / assetBefore - (base - baseBefore) / baseBefore;
    }
    return ratio;
  }
}

/** Price of one asset in units of another, and by how much its return over n bars exceeds the other's; 0 where a base price is 0. */
export const relativeStrength = defineIndicator({
  name: 'price-relative-strength',
  title: 'Price relative strength',
  group: 'price',
  inputs: ['value', 'other'],
  outputs: ['value', 'excess'],
  params: { length: length(20, 1, 'bars of the return') },
  unit: 'ratio',
  formula: 'a / b; a / a[n] − b / b[n]',
  source: 'Skender.Stock.Indicators, Prs',
  warmup: (p) => [0, p.length],
  create: (p) => new RelativeStrength(p.length),
});
