import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../vocabulary/random.ts';
import type { Indicator } from '../indicator.ts';
import { contractComplaints } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { hurst } from './hurst.ts';
import { linearRegression } from './linear-regression.ts';
import { autocorrelation, kurtosis, meanAbsoluteDeviation, shannonEntropy, skewness, zScore } from './moments.ts';
import { median, percentileRank, quantile } from './order.ts';
import { beta, correlation, covariance } from './pair.ts';
import { statisticsIndicators } from './ta.ts';

const others: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'linear-regression': { length: 2 },
  correlation: { length: 2 },
  covariance: { length: 5, sample: 1 },
  beta: { length: 2 },
  'standard-error': { length: 2, sample: 1 },
  'z-score': { length: 2, sample: 1 },
  skewness: { length: 3 },
  kurtosis: { length: 4 },
  'mean-absolute-deviation': { length: 1 },
  autocorrelation: { length: 20, lag: 7 },
  'shannon-entropy': { length: 2, bins: 2 },
  'hurst-exponent': { length: 33 },
  'percentile-rank': { length: 1, strict: 1 },
  quantile: { length: 7, q: 0.9 },
  median: { length: 1 },
};

const column = (...values: number[]): Float64Array => Float64Array.from(values);
const near = (found: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(
    Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${found}, expected ${expected}`,
  );

describe('statistics', () => {
  for (const spec of statisticsIndicators as unknown as readonly Indicator[]) {
    test(`${spec.name}: the indicator contract -> kept`, () => {
      assert.deepEqual(contractComplaints(spec), []);
    });
    test(`${spec.name}: the contract with ${JSON.stringify(others[spec.name])} -> kept`, () => {
      assert.deepEqual(contractComplaints(spec, others[spec.name]!), []);
    });
  }

  test('linear-regression: Anscombe’s first set -> his line 3 + 0.5 x and R² 0.6665, standard error 1.2366', () => {
    // F. J. Anscombe, Graphs in Statistical Analysis, 1973, in the order of x = 4 … 14.
    const y = column(4.26, 5.68, 7.24, 4.82, 6.95, 8.81, 8.04, 8.33, 10.84, 7.58, 9.96);
    const out = compute(linearRegression, [y], { length: 11 });
    near(out.slope[10]!, 0.500090909, 1e-9);
    near(out.value[10]!, 3.000090909 + 14 * 0.500090909, 1e-9);
    near(out.rSquared[10]!, 0.666542459, 1e-9);
    near(out.standardError[10]!, 1.236603323, 1e-9);
  });

  test('skewness, kurtosis: the example of Excel’s SKEW and KURT -> 0.359543071 and −0.151799637', () => {
    // Microsoft Support, SKEW function and KURT function: 3, 4, 5, 2, 3, 4, 5, 6, 4, 7.
    const x = column(3, 4, 5, 2, 3, 4, 5, 6, 4, 7);
    near(compute(skewness, [x], { length: 10 }).value[9]!, 0.359543071, 1e-9);
    near(compute(kurtosis, [x], { length: 10 }).value[9]!, -0.151799637, 1e-9);
  });

  test('covariance, correlation: the examples of Excel’s COVARIANCE.P and CORREL -> 5.2 and 0.997054486', () => {
    // Microsoft Support, COVARIANCE.P and CORREL: 3 2 4 5 6 with 9 7 12 15 17.
    const a = column(3, 2, 4, 5, 6);
    const b = column(9, 7, 12, 15, 17);
    near(compute(covariance, [a, b], { length: 5 }).value[4]!, 5.2);
    near(compute(covariance, [a, b], { length: 5, sample: 1 }).value[4]!, 6.5);
    near(compute(correlation, [a, b], { length: 5 }).value[4]!, 0.997054486, 1e-9);
  });

  test('correlation: a series with its negative, and with a flat one -> −1 and 0', () => {
    const a = column(1, 4, 2, 8);
    assert.equal(compute(correlation, [a, a.map((x) => -x)], { length: 4 }).value[3], -1);
    assert.equal(compute(correlation, [a, a.map(() => 3)], { length: 4 }).value[3], 0);
  });

  test('beta: an asset that moves twice as far as the market -> 2', () => {
    const market = [100];
    const asset = [50];
    for (const r of [0.01, -0.02, 0.03, 0.005]) {
      market.push(market.at(-1)! * (1 + r));
      asset.push(asset.at(-1)! * (1 + 2 * r));
    }
    near(compute(beta, [column(...asset), column(...market)], { length: 4 }).value[4]!, 2);
  });

  test('z-score: 2 4 4 4 5 5 7 9, whose mean is 5 and deviation 2 -> 2 at the last', () => {
    assert.equal(compute(zScore, [column(2, 4, 4, 4, 5, 5, 7, 9)], { length: 8 }).value[7], 2);
  });

  test('mean-absolute-deviation: the example of Excel’s AVEDEV -> 1.020408163', () => {
    // Microsoft Support, AVEDEV function: 4, 5, 6, 7, 5, 4, 3.
    near(compute(meanAbsoluteDeviation, [column(4, 5, 6, 7, 5, 4, 3)], { length: 7 }).value[6]!, 1.020408163, 1e-9);
  });

  test('quantile: the example of Excel’s PERCENTILE.INC, 30 % of 1 2 3 4 -> 1.9; median 2.5', () => {
    near(compute(quantile, [column(3, 1, 4, 2)], { length: 4, q: 0.3 }).value[3]!, 1.9);
    assert.equal(compute(median, [column(3, 1, 4, 2)], { length: 4 }).value[3], 2.5);
  });

  test('median: a long random walk with many ties -> at every row that of a sorted copy', () => {
    const random = new Random(3);
    const x = Float64Array.from({ length: 600 }, () => random.integer(12) - 6);
    const { value } = compute(median, [x], { length: 9 });
    for (let i = 8; i < x.length; i++) assert.equal(value[i], x.slice(i - 8, i + 1).sort()[4], `row ${i}`);
  });

  test('percentile-rank: 5 after 1 5 9 3 -> 75 with its equal, 50 without', () => {
    const x = column(1, 5, 9, 3, 5);
    assert.equal(compute(percentileRank, [x], { length: 4 }).value[4], 75);
    assert.equal(compute(percentileRank, [x], { length: 4, strict: 1 }).value[4], 50);
  });

  test('autocorrelation: 1 2 3 4 at lag 1 -> 0.25', () => {
    assert.equal(compute(autocorrelation, [column(1, 2, 3, 4)], { length: 4, lag: 1 }).value[3], 0.25);
  });

  test('shannon-entropy: eight values in each of four bins, and all in one -> 2 bits and 0', () => {
    const x = Float64Array.from({ length: 32 }, (_, i) => i % 4);
    assert.equal(compute(shannonEntropy, [x], { length: 32, bins: 4 }).value[31], 2);
    assert.equal(compute(shannonEntropy, [x.map(() => 7)], { length: 32, bins: 4 }).value[31], 0);
  });

  test('hurst-exponent: independent returns -> the corrected one is near 0.5 and below the plain one', () => {
    const random = new Random(5);
    let price = 100;
    const x = Float64Array.from({ length: 6000 }, () => (price *= 1 + 0.01 * random.normal()));
    const out = compute(hurst, [x], { length: 500 });
    const mean = (values: Float64Array): number => values.slice(500).reduce((a, b) => a + b, 0) / (values.length - 500);
    assert.ok(Math.abs(mean(out.corrected) - 0.5) < 0.04, `${mean(out.corrected)}`);
    assert.ok(mean(out.value) > mean(out.corrected));
  });

  test('every statistic of one series: price 50,000 with deviation 1 -> as of the deviations alone, 1e-9', () => {
    const random = new Random(8);
    const small = Float64Array.from({ length: 3000 }, () => Math.round(random.normal() * 1024) / 1024);
    const large = small.map((x) => x + 50_000);
    for (const [spec, output] of [
      [linearRegression, 'slope'],
      [linearRegression, 'rSquared'],
      [linearRegression, 'standardError'],
      [zScore, 'value'],
      [skewness, 'value'],
      [kurtosis, 'value'],
      [meanAbsoluteDeviation, 'meanSquare'],
      [autocorrelation, 'value'],
    ] as unknown as readonly [Indicator, string][]) {
      const a = compute(spec, [small])[output]!;
      const b = compute(spec, [large])[output]!;
      const worst = a.reduce((most, x, i) => (Number.isNaN(x) ? most : Math.max(most, Math.abs(x - b[i]!))), 0);
      assert.ok(worst < 1e-9, `${spec.name} ${output}: ${worst}`);
    }
  });
});
