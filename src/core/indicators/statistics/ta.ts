import { line, lines } from '../line.ts';
import type { Series } from '../series.ts';
import { hurst } from './hurst.ts';
import { linearRegression } from './linear-regression.ts';
import {
  autocorrelation,
  kurtosis,
  meanAbsoluteDeviation,
  shannonEntropy,
  skewness,
  standardError,
  zScore,
} from './moments.ts';
import { median, percentileRank, quantile } from './order.ts';
import { beta, correlation, covariance } from './pair.ts';

/** Statistics of a series, or of two, over a window. */
export const statistics = {
  linearRegression: (source: Series, n = 14) => lines(linearRegression, [source], { length: n }),
  correlation: (source: Series, other: Series, n = 20): Series => line(correlation, [source, other], { length: n }),
  covariance: (source: Series, other: Series, n = 20, sample = 0): Series =>
    line(covariance, [source, other], { length: n, sample }),
  beta: (source: Series, market: Series, n = 20): Series => line(beta, [source, market], { length: n }),
  standardError: (source: Series, n = 20, sample = 0): Series => line(standardError, [source], { length: n, sample }),
  zScore: (source: Series, n = 20, sample = 0): Series => line(zScore, [source], { length: n, sample }),
  skewness: (source: Series, n = 20): Series => line(skewness, [source], { length: n }),
  kurtosis: (source: Series, n = 20): Series => line(kurtosis, [source], { length: n }),
  meanAbsoluteDeviation: (source: Series, n = 20): Series => line(meanAbsoluteDeviation, [source], { length: n }),
  autocorrelation: (source: Series, n = 50, lag = 1): Series => line(autocorrelation, [source], { length: n, lag }),
  shannonEntropy: (source: Series, n = 50, bins = 10): Series => line(shannonEntropy, [source], { length: n, bins }),
  hurst: (source: Series, n = 100) => lines(hurst, [source], { length: n }),
  percentileRank: (source: Series, n = 100, strict = 0): Series =>
    line(percentileRank, [source], { length: n, strict }),
  quantile: (source: Series, n = 20, q = 0.5): Series => line(quantile, [source], { length: n, q }),
  median: (source: Series, n = 20): Series => line(median, [source], { length: n }),
};

/** Their definitions, for the catalogue. */
export const statisticsIndicators = [
  linearRegression,
  correlation,
  covariance,
  beta,
  standardError,
  zScore,
  skewness,
  kurtosis,
  meanAbsoluteDeviation,
  autocorrelation,
  shannonEntropy,
  hurst,
  percentileRank,
  quantile,
  median,
] as const;
