import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Window } from './window.ts';

const DEGREES = 180 / Math.PI;

/** Least-squares line through the window, with x = 0 at its oldest value. */
class LinearRegression implements Kernel {
  /** value, slope, intercept, angle, rSquared, forecast, standardError. */
  readonly out = new Float64Array(7).fill(Number.NaN);
  readonly #window: Window;
  /** Sum of (x − mean x)². */
  readonly #xSquares: number;

  constructor(n: number) {
    this.#window = new Window(n);
    this.#xSquares = (n * (n * n - 1)) / 12;
  }

  next(y: number): number {
    const window = this.#window;
    if (!window.push(y)) return Number.NaN;
    const n = window.length;
    const { values, start } = window;
    const xMean = (n - 1) / 2;
    const yMean = window.mean();
    let xy = 0;
    let yy = 0;
    for (let k = 0; k < n; k++) {
      const d = values[start + k]! - yMean;
      xy += (k - xMean) * d;
      yy += d * d;
    }
    const slope = xy / this.#xSquares;
    const explained = slope * xy;
    const out = this.out;
    const value = yMean + slope * xMean;
    out[0] = value;
    out[1] = slope;
    out[2] = yMean - slope * xMean;
    out[3] = Math.atan(slope) * DEGREES;
    out[4] = yy > 0 ? Math.min(1, explained / yy) : 0;
    out[5] = value + slope;
    out[6] = n > 2 ? Math.sqrt(Math.max(0, yy - explained) / (n - 2)) : 0;
    return value;
  }
}

/**
 * Linear regression over the window, all of it at once. `value` is the line at the newest bar (TA-Lib LINEARREG, also called
 * endpoint or least-squares moving average), `intercept` the line at the oldest bar (Skender: extended to the
 * bar before the data), `forecast` the line one bar ahead (TA-Lib TSF), `angle` in degrees per unit of the input.
 * `rSquared` of a flat window is 0: a line explains nothing where there is nothing to explain. `standardError` is that of the
 * estimate, √(residual squares / (n − 2)); two points leave no residual.
 */
export const linearRegression = defineIndicator({
  name: 'linear-regression',
  title: 'Linear regression',
  group: 'statistics',
  inputs: ['value'],
  outputs: ['value', 'slope', 'intercept', 'angle', 'rSquared', 'forecast', 'standardError'],
  params: { length: length(14, 2) },
  unit: 'input',
  formula: 'least squares of y on x = 0 … n − 1; value = intercept + slope · (n − 1), forecast = intercept + slope · n',
  source: 'TA-Lib LINEARREG, LINEARREG_SLOPE, LINEARREG_INTERCEPT, LINEARREG_ANGLE, TSF',
  warmup: (p) => p.length - 1,
  create: (p) => new LinearRegression(p.length),
});
