import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from './metric.ts';
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
  sharpeStandardError,
  sharpeVarianceOf,
} from './significance.ts';

const near = (actual: Figure, expected: number, tolerance: number): void => {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
    `expected ${expected}, found ${actual}`,
  );
};

// Bailey & López de Prado, "The Sharpe ratio efficient frontier" (2012): 24 months, SR 0.458 a month.
const FUND = { sharpe: 0.458, n: 24 };

test('probabilisticSharpe: two years of a normal fund -> the paper’s 0.982', () => {
  near(probabilisticSharpe({ ...FUND, skewness: 0, kurtosis: 3 }), 0.982, 5e-4);
});

test('probabilisticSharpe: the same fund with its skew and raw kurtosis -> the paper’s 0.913', () => {
  near(probabilisticSharpe({ ...FUND, skewness: -2.448, kurtosis: 10.164 }), 0.913, 5e-4);
});

// Bailey & López de Prado, "The deflated Sharpe ratio" (2014), numerical example: SR 2.5 a year on 1,250 days of 250.
const CLAIM = { sharpe: 2.5 / Math.sqrt(250), n: 1250, skewness: -3, kurtosis: 10 };
const VARIANCE = 0.5 / 250;

test('expectedMaximumSharpe: 100 tries -> the paper’s 0.1132 a day', () => {
  near(expectedMaximumSharpe(100, VARIANCE), 0.1132, 5e-5);
});

test('deflatedSharpe: 100 tries -> the paper’s 0.9004', () => {
  near(deflatedSharpe(CLAIM, 100, VARIANCE), 0.9004, 5e-5);
});

test('deflatedSharpe: 46 tries -> the paper’s 0.9505', () => {
  near(deflatedSharpe(CLAIM, 46, VARIANCE), 0.9505, 5e-5);
});

test('deflatedSharpe: normal returns, 88 tries -> the paper’s 0.9505', () => {
  near(deflatedSharpe({ ...CLAIM, skewness: 0, kurtosis: 3 }, 88, VARIANCE), 0.9505, 5e-5);
});

test('deflatedSharpe: a single try -> the probabilistic ratio against zero', () => {
  assert.equal(
    deflatedSharpe(CLAIM, 1, sharpeVarianceOf(CLAIM, { count: 1, otherSharpes: [] })),
    probabilisticSharpe(CLAIM, 0),
  );
});

test('sharpeVarianceOf: other tries -> this one’s ratio is among them; none with a ratio -> that of luck', () => {
  const sample = { ...CLAIM, sharpe: 0.3 };
  // (0.1 − 0.2)² + (0.2 − 0.2)² + (0.3 − 0.2)² over two degrees of freedom.
  near(sharpeVarianceOf(sample, { count: 4, otherSharpes: [0.1, 0.2] }), 0.01, 1e-15);
  assert.equal(sharpeVarianceOf(sample, { count: 2 }), 1 / (sample.n - 1));
});

test('sharpeStandardError: normal returns -> Lo’s √((1 + SR²/2)/(n − 1))', () => {
  near(sharpeStandardError({ sharpe: 0.2, n: 101, skewness: 0, kurtosis: 3 }), Math.sqrt(1.02 / 100), 1e-15);
});

test('minimumTrackRecord: a record of exactly that length -> PSR of the confidence asked', () => {
  const sample = { sharpe: 0.1, n: 500, skewness: -0.5, kurtosis: 5 };
  const length = minimumTrackRecord(sample, 0.02, 0.95);
  assert.ok(typeof length === 'number');
  near(probabilisticSharpe({ ...sample, n: length }, 0.02), 0.95, 1e-12);
});

test('minimumTrackRecord: a ratio at the threshold -> no length will do', () => {
  assert.equal(minimumTrackRecord({ ...CLAIM, sharpe: 0 }), 'no-profit');
});

test('sharpeSample: constant or single returns -> a reason', () => {
  assert.equal(sharpeSample(Float64Array.of(0.01, 0.01, 0.01)), 'zero-variance');
  assert.equal(sharpeSample(Float64Array.of(0.01)), 'too-short');
});
