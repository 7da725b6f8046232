import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Window } from '../statistics/window.ts';

/** A function of the value now and the value n bars before. */
class Lagged implements Kernel {
  readonly #window: Window;
  readonly #measure: (now: number, before: number) => number;

  constructor(n: number, measure: (now: number, before: number) => number) {
    this.#window = new Window(n + 1);
    this.#measure = measure;
  }

  next(x: number): number {
    const window = this.#window;
    return window.push(x) ? this.#measure(x, window.values[window.start]!) : Number.NaN;
  }
}

/** Value n bars before. */
export const lag = defineIndicator({
  name: 'lag',
  title: 'Lag',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(1, 1, 'bars back') },
  unit: 'input',
  formula: 'x[n bars ago]',
  source: 'Tulip lag',
  warmup: (p) => p.length,
  create: (p) => new Lagged(p.length, (_, before) => before),
});

/** Difference from the value n bars before. */
export const change = defineIndicator({
  name: 'change',
  title: 'Change',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(1, 1, 'bars back') },
  unit: 'input',
  formula: 'x − x[n bars ago]',
  source: 'TradingView Pine Script ta.change; TA-Lib MOM',
  warmup: (p) => p.length,
  create: (p) => new Lagged(p.length, (now, before) => now - before),
});

/** Natural logarithm of the ratio to the value n bars before; 0 where either is not above 0, because there is no such return. */
export const logReturn = defineIndicator({
  name: 'log-return',
  title: 'Logarithmic return',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(1, 1, 'bars back') },
  unit: 'ratio',
  formula: 'ln(x / x[n bars ago])',
  source: 'Campbell, Lo & MacKinlay, The Econometrics of Financial Markets, 1997, ch. 1',
  warmup: (p) => p.length,
  create: (p) => new Lagged(p.length, (now, before) => (now > 0 && before > 0 ? Math.log(now / before) : 0)),
});

/** Counts steps of one direction in a row. */
class Streak implements Kernel {
  readonly #previous = new Float64Array(1);
  readonly #length: number;
  readonly #sign: 1 | -1;
  #seen = 0;
  #streak = 0;

  constructor(n: number, sign: 1 | -1) {
    this.#length = n;
    this.#sign = sign;
  }

  next(x: number): number {
    this.#streak = this.#seen > 0 && this.#sign * (x - this.#previous[0]!) > 0 ? this.#streak + 1 : 0;
    this.#previous[0] = x;
    if (this.#seen < this.#length) {
      this.#seen++;
      return Number.NaN;
    }
    return this.#streak >= this.#length ? 1 : 0;
  }
}

/** 1 where each of the last n steps went up, else 0. */
export const rising = defineIndicator({
  name: 'rising',
  title: 'Rising',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(1, 1, 'steps in a row') },
  unit: 'flag',
  formula: '1 where x > x[1] > … > x[n]; stricter than Pine Script ta.rising, which compares only x with each',
  source: 'own definition',
  warmup: (p) => p.length,
  create: (p) => new Streak(p.length, 1),
});

/** 1 where each of the last n steps went down, else 0. */
export const falling = defineIndicator({
  name: 'falling',
  title: 'Falling',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(1, 1, 'steps in a row') },
  unit: 'flag',
  formula: '1 where x < x[1] < … < x[n]; stricter than Pine Script ta.falling, which compares only x with each',
  source: 'own definition',
  warmup: (p) => p.length,
  create: (p) => new Streak(p.length, -1),
});

class Sum implements Kernel {
  readonly #window: Window;

  constructor(n: number) {
    this.#window = new Window(n);
  }

  next(x: number): number {
    return this.#window.push(x) ? this.#window.sum() : Number.NaN;
  }
}

/** Sum of the last n values. */
export const sum = defineIndicator({
  name: 'sum',
  title: 'Sum',
  group: 'price',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(20) },
  unit: 'input',
  formula: 'Σ of the last n values',
  source: 'TA-Lib SUM',
  warmup: (p) => p.length - 1,
  create: (p) => new Sum(p.length),
});
