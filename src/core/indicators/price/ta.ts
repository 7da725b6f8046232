import { fieldsOf, line, lines } from '../line.ts';
import { Cross, type Series, type SeriesOwner } from '../series.ts';
import {
  abs,
  add,
  ceil,
  decay,
  divide,
  exp,
  exponentialDecay,
  floor,
  ln,
  log10,
  multiply,
  relativeStrength,
  round,
  sqrt,
  subtract,
  trunc,
} from './arithmetic.ts';
import { averagePrice, medianPrice, typicalPrice, weightedClose } from './bar-price.ts';
import { change, falling, lag, logReturn, rising, sum } from './change.ts';
import { barsSince, cross, crossLevel } from './cross.ts';
import { highest, lowest, midpoint, midprice } from './extremes.ts';

/** Prices of a bar, extremes, changes, crossings and plain arithmetic on series. */
export const price = {
  typicalPrice: (bars: SeriesOwner): Series => line(typicalPrice, fieldsOf(typicalPrice, bars), {}),
  medianPrice: (bars: SeriesOwner): Series => line(medianPrice, fieldsOf(medianPrice, bars), {}),
  weightedClose: (bars: SeriesOwner): Series => line(weightedClose, fieldsOf(weightedClose, bars), {}),
  averagePrice: (bars: SeriesOwner): Series => line(averagePrice, fieldsOf(averagePrice, bars), {}),
  highest: (source: Series, n = 20): Series => line(highest, [source], { length: n }),
  lowest: (source: Series, n = 20): Series => line(lowest, [source], { length: n }),
  /** Bars ago of the highest value; the newest of equal ones. */
  highestBarsAgo: (source: Series, n = 20): Series => lines(highest, [source], { length: n }).barsAgo,
  lowestBarsAgo: (source: Series, n = 20): Series => lines(lowest, [source], { length: n }).barsAgo,
  midpoint: (source: Series, n = 14): Series => line(midpoint, [source], { length: n }),
  midprice: (bars: SeriesOwner, n = 14): Series => line(midprice, fieldsOf(midprice, bars), { length: n }),
  lag: (source: Series, n = 1): Series => line(lag, [source], { length: n }),
  change: (source: Series, n = 1): Series => line(change, [source], { length: n }),
  logReturn: (source: Series, n = 1): Series => line(logReturn, [source], { length: n }),
  rising: (source: Series, n = 1): Series => line(rising, [source], { length: n }),
  falling: (source: Series, n = 1): Series => line(falling, [source], { length: n }),
  sum: (source: Series, n = 20): Series => line(sum, [source], { length: n }),
  /** Crossing of a series over another or over a fixed level. */
  cross: (a: Series, b: Series | number): Cross => {
    const found = typeof b === 'number' ? lines(crossLevel, [a], { level: b }) : lines(cross, [a, b], {});
    return new Cross(found.direction, found.barsSince);
  },
  /** Closed bars since the series was other than 0; −1 before the first. */
  barsSince: (condition: Series): Series => line(barsSince, [condition], {}),
  relativeStrength: (asset: Series, base: Series, n = 20) => lines(relativeStrength, [asset, base], { length: n }),
  abs: (source: Series): Series => line(abs, [source], {}),
  sqrt: (source: Series): Series => line(sqrt, [source], {}),
  ln: (source: Series): Series => line(ln, [source], {}),
  log10: (source: Series): Series => line(log10, [source], {}),
  exp: (source: Series): Series => line(exp, [source], {}),
  floor: (source: Series): Series => line(floor, [source], {}),
  ceil: (source: Series): Series => line(ceil, [source], {}),
  round: (source: Series): Series => line(round, [source], {}),
  trunc: (source: Series): Series => line(trunc, [source], {}),
  add: (a: Series, b: Series): Series => line(add, [a, b], {}),
  subtract: (a: Series, b: Series): Series => line(subtract, [a, b], {}),
  multiply: (a: Series, b: Series): Series => line(multiply, [a, b], {}),
  divide: (a: Series, b: Series): Series => line(divide, [a, b], {}),
  decay: (source: Series, n = 5): Series => line(decay, [source], { length: n }),
  exponentialDecay: (source: Series, n = 5): Series => line(exponentialDecay, [source], { length: n }),
};

/** Their definitions, for the catalogue. */
export const priceIndicators = [
  typicalPrice,
  medianPrice,
  weightedClose,
  averagePrice,
  highest,
  lowest,
  midpoint,
  midprice,
  lag,
  change,
  logReturn,
  rising,
  falling,
  sum,
  cross,
  crossLevel,
  barsSince,
  relativeStrength,
  abs,
  sqrt,
  ln,
  log10,
  exp,
  floor,
  ceil,
  round,
  trunc,
  add,
  subtract,
  multiply,
  divide,
  decay,
  exponentialDecay,
] as const;
