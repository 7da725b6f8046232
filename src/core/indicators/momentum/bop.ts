import { Smoothing } from '../averages/ema.ts';
import { sma } from '../averages/sma.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { linearRegression } from '../statistics/linear-regression.ts';

class Balance implements Kernel {
  readonly #mean: Kernel;

  constructor(n: number) {
    this.#mean = sma.create({ length: n });
  }

  next(open: number, high: number, low: number, close: number): number {
    return this.#mean.next(high > low ? (close - open) / (high - low) : 0, 0, 0, 0, 0);
  }

  rebase(): void {
    this.#mean.rebase?.();
  }
}

/** Balance of power, −1 to 1, averaged over n bars; `length` 1 is the raw value of TA-Lib and Tulip. 0 for a bar without range. */
export const bop = defineIndicator({
  name: 'bop',
  title: 'Balance of power',
  group: 'momentum',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'ratio',
  formula: 'SMA of (close − open)/(high − low)',
  source: 'Livshin, Stocks & Commodities 19:8, 2001',
  warmup: (p) => p.length - 1,
  create: (p) => new Balance(p.length),
});

class Body implements Kernel {
  readonly #mean: Kernel;

  constructor(n: number) {
    this.#mean = sma.create({ length: n });
  }

  next(open: number, close: number): number {
    return this.#mean.next(close - open, 0, 0, 0, 0);
  }

  rebase(): void {
    this.#mean.rebase?.();
  }
}

/** QStick: the average body of the last n candles. */
export const qstick = defineIndicator({
  name: 'qstick',
  title: 'QStick',
  group: 'momentum',
  inputs: ['open', 'close'],
  outputs: ['value'],
  params: { length: length(8) },
  unit: 'price',
  formula: 'SMA of close − open',
  source: 'Chande and Kroll, The New Technical Trader, 1994',
  warmup: (p) => p.length - 1,
  create: (p) => new Body(p.length),
});

class ElderRay implements Kernel {
  readonly out = new Float64Array(3);
  readonly #average: Smoothing;

  constructor(n: number) {
    this.#average = new Smoothing(n, 2 / (n + 1));
  }

  next(high: number, low: number, close: number): number {
    const average = this.#average.next(close);
    const { out } = this;
    out[0] = high - average;
    out[1] = low - average;
    out[2] = average;
    return out[0]!;
  }
}

/** Elder-ray: how far the bar reaches above (bull) and below (bear) the average that stands for consensus. */
export const elderRay = defineIndicator({
  name: 'elder-ray',
  title: 'Elder-ray',
  group: 'momentum',
  inputs: ['high', 'low', 'close'],
  outputs: ['bull', 'bear', 'ema'],
  params: { length: length(13) },
  unit: 'price',
  formula: 'bull = high − EMA(close), bear = low − EMA(close)',
  source: 'Elder, Trading for a Living, 1993',
  warmup: (p) => p.length - 1,
  settle: (p) => p.length - 1 + settleBars(2 / (p.length + 1)),
  create: (p) => new ElderRay(p.length),
});

const FORECAST = linearRegression.outputs.indexOf('forecast');

/** The line is fitted anew at each bar: what is left of the price is so small that the rounding of running sums would show. */
class ForecastError implements Kernel {
  readonly #line: Kernel;
  /** [0] forecast made at the last bar. */
  readonly #forecast = Float64Array.of(Number.NaN);

  constructor(n: number) {
    this.#line = linearRegression.create({ length: n });
  }

  next(x: number): number {
    const forecast = this.#forecast[0]!;
    this.#line.next(x, 0, 0, 0, 0);
    this.#forecast[0] = this.#line.out![FORECAST]!;
    if (Number.isNaN(forecast)) return forecast;
    return x === 0 ? 0 : (100 * (x - forecast)) / x;
  }
}

/** Forecast oscillator: how far the value is from what the regression line of the bars before foretold, in percent of the value. */
export const forecastOscillator = defineIndicator({
  name: 'forecast-oscillator',
  title: 'Forecast oscillator',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(5, 2) },
  unit: 'percent',
  formula: '100 · (x − forecast of the line through the n values before) / x',
  source: 'Chande and Kroll, The New Technical Trader, 1994',
  warmup: (p) => p.length,
  create: (p) => new ForecastError(p.length),
});
