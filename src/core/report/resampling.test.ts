import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../vocabulary/random.ts';
import { bootstrapSharpe } from './bootstrap.ts';
import { probabilityOfOverfitting } from './overfitting.ts';
import { sharpe } from './ratios.ts';
import { sharpeSample, sharpeStandardError } from './significance.ts';
import { shuffleTrades } from './trade-shuffle.ts';

const noise = (n: number, centre: number, seed: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () => centre + 0.01 * random.normal());
};
const defined = <T>(result: T | string): T => {
  assert.notEqual(typeof result, 'string', String(result));
  return result as T;
};

test('bootstrapSharpe: the same seed -> the same interval; another seed -> another', () => {
  const returns = noise(500, 0.001, 1);
  const once = bootstrapSharpe(returns, { periodsPerYear: 365, seed: 1 });
  assert.deepEqual(bootstrapSharpe(returns, { periodsPerYear: 365, seed: 1 }), once);
  assert.notDeepEqual(bootstrapSharpe(returns, { periodsPerYear: 365, seed: 2 }), once);
});

for (const blocks of ['stationary', 'circular'] as const) {
  test(`bootstrapSharpe: independent returns, ${blocks} blocks -> an interval like the standard error's`, () => {
    const returns = noise(1000, 0.0005, 3);
    const interval = defined(bootstrapSharpe(returns, { periodsPerYear: 1, seed: 5, blocks, resamples: 2000 }));
    const error = Number(sharpeStandardError(defined(sharpeSample(returns))));
    const width = (interval.high - interval.low) / (2 * 1.96 * error);
    assert.ok(width > 0.85 && width < 1.15, `${width} times the asymptotic width`);
    const ratio = Number(sharpe(returns, 1));
    assert.ok(interval.low < ratio && ratio < interval.high);
  });
}

test('bootstrapSharpe: few or constant returns -> a reason', () => {
  assert.equal(bootstrapSharpe(noise(9, 0, 1), { periodsPerYear: 365, seed: 1 }), 'too-short');
  assert.equal(bootstrapSharpe(new Float64Array(50).fill(0.01), { periodsPerYear: 365, seed: 1 }), 'zero-variance');
});

test('probabilityOfOverfitting: one trial better on every day -> 0', () => {
  const base = noise(320, 0, 1);
  const trials = [base, base.map((r) => r + 0.002), base.map((r) => r - 0.002)];
  const estimate = defined(probabilityOfOverfitting(trials, 8));
  assert.equal(estimate.probability, 0);
  assert.equal(estimate.splits, 70, '8 choose 4');
});

test('probabilityOfOverfitting: two blocks, each trial good in one -> 1', () => {
  const good = [0.01, 0.02, 0.01, 0.02];
  const bad = good.map((r) => -r);
  const trials = [Float64Array.from([...good, ...bad]), Float64Array.from([...bad, ...good])];
  const estimate = defined(probabilityOfOverfitting(trials, 2));
  assert.equal(estimate.probability, 1);
  assert.equal(estimate.probabilityOfLoss, 1);
  // The best of two in the sample is the worst out of it: rank 1 of 2, so ln((1/3)/(2/3)).
  for (const logit of estimate.logits) assert.ok(Math.abs(logit + Math.log(2)) < 1e-12);
});

test('probabilityOfOverfitting: trials without skill, forty studies -> one half on average', () => {
  let total = 0;
  for (let study = 0; study < 40; study++) {
    const trials = Array.from({ length: 20 }, (_, t) => noise(240, 0, 1000 * study + t));
    total += defined(probabilityOfOverfitting(trials, 8)).probability;
  }
  // One study varies by 0.2, so the mean of forty by 0.03.
  assert.ok(Math.abs(total / 40 - 0.5) < 0.1, `${total / 40}`);
});

test('probabilityOfOverfitting: one trial or too few days -> a reason', () => {
  assert.equal(probabilityOfOverfitting([noise(100, 0, 1)]), 'no-data');
  assert.equal(probabilityOfOverfitting([noise(20, 0, 1), noise(20, 0, 2)], 16), 'too-short');
});

test('shuffleTrades: another order of the same trades -> the same end, other drawdowns', () => {
  const profits = [100, -50, 80, -120, 60, 40, -30, 90];
  const result = defined(shuffleTrades(profits, { initialEquity: 1000, seed: 4 }));
  for (const end of result.finalEquity) assert.ok(Math.abs(end - 1170) < 1e-9);
  assert.equal(result.fan.length, result.quantiles.length);
  assert.equal(result.fan[0]?.length, profits.length + 1);
  assert.ok(result.maxDrawdown[0]! < result.maxDrawdown.at(-1)!);
});

test('shuffleTrades: all losses first -> every other order is no deeper', () => {
  const result = defined(shuffleTrades([-50, -50, -50, 100, 100], { initialEquity: 1000, seed: 4 }));
  assert.equal(result.originalDrawdownRank, 0);
});

test('shuffleTrades: a loss as large as the account -> ruin in every run', () => {
  assert.equal(defined(shuffleTrades([-1000, 0], { initialEquity: 1000, seed: 1 })).ruin, 1);
});

test('shuffleTrades: drawn with replacement -> ends that differ', () => {
  const result = defined(shuffleTrades([100, -50, 80, -120], { initialEquity: 1000, seed: 4, method: 'resample' }));
  assert.ok(result.finalEquity[0]! < result.finalEquity.at(-1)!);
});
