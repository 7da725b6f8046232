import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from './metric.ts';
import type { RoundTrip } from './round-trips.ts';
import { exposureTime, kelly, shareOfBest, systemQuality, tradeStatistics, tradesPerDay } from './trade-metrics.ts';

const near = (actual: Figure, expected: number): void => {
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) < 1e-12, `expected ${expected}, found ${actual}`);
};

const trip = (profit: number, extra: Partial<RoundTrip> = {}): RoundTrip => ({
  side: 'long',
  open: false,
  quantity: 1,
  entryTimeMs: 0,
  entryPrice: 100,
  exitTimeMs: 10,
  exitPrice: extra.side === 'short' ? 100 - profit : 100 + profit,
  grossProfit: profit,
  fees: 0,
  funding: 0,
  profit,
  profitRatio: profit / 100,
  turnover: 200 + profit,
  holdingMs: 10,
  barsHeld: 2,
  risk: 5,
  r: profit / 5,
  mae: -0.02,
  mfe: 0.08,
  exitRole: 'exit',
  entryOrder: '',
  exitOrder: '',
  entryWhy: '',
  exitWhy: '',
  ...extra,
});

test('tradeStatistics: 6, −2, 4, −3, 0 -> hand-computed figures', () => {
  const s = tradeStatistics([
    trip(6),
    trip(-2, { side: 'short' }),
    trip(4),
    trip(-3),
    trip(0, { side: 'short' }),
    trip(99, { open: true }),
  ]);
  assert.deepEqual([s.trades, s.longs, s.shorts, s.stillOpen], [5, 3, 2, 1]);
  near(s.winRate, 0.4);
  near(s.longWinRate, 2 / 3);
  near(s.shortWinRate, 0);
  near(s.profitFactor, 2);
  near(s.payoff, 2);
  near(s.expectancy, 1);
  near(s.expectancyRatio, 0.01);
  near(s.expectancyR, 0.2);
  near(s.averageWin, 5);
  near(s.averageLoss, -2.5);
  near(s.medianLoss, -2.5);
  near(s.largestWin, 6);
  near(s.largestLoss, -3);
  near(s.kelly, 0.4 - 0.6 / 2);
  // Deviations from the mean 1: 5, −3, 3, −4, −1; Σ² = 60; sd = √15.
  near(s.systemQuality, Math.sqrt(5) / Math.sqrt(15));
  assert.equal(s.systemQualityUnit, 'R');
  near(s.edgeRatio, 4);
  near(s.exitEfficiency, 0.01 / 0.08);
  near(s.averageBarsHeld, 2);
  assert.deepEqual([s.maxConsecutiveWins, s.maxConsecutiveLosses], [1, 1]);
});

test('tradeStatistics: only wins -> reasons where a loss is needed', () => {
  const s = tradeStatistics([trip(1), trip(2), trip(3)]);
  assert.deepEqual(
    [s.profitFactor, s.payoff, s.kelly, s.averageLoss],
    ['no-losses', 'no-losses', 'no-losses', 'no-losses'],
  );
  assert.equal(s.maxConsecutiveWins, 3);
});

test('tradeStatistics: only losses -> profit factor 0, no payoff', () => {
  const s = tradeStatistics([trip(-1), trip(-2)]);
  assert.deepEqual([s.winRate, s.profitFactor, s.payoff, s.bestFiveShare], [0, 0, 'no-wins', 'no-profit']);
});

test('tradeStatistics: no trades -> counts of 0, every figure with its reason', () => {
  const s = tradeStatistics([]);
  assert.equal(s.trades, 0);
  for (const figure of [s.winRate, s.profitFactor, s.expectancy, s.averageWin, s.systemQuality, s.kelly, s.edgeRatio])
    assert.equal(figure, 'no-trades');
});

test('tradeStatistics: a trade without a stop -> quality in money, R of those that have one', () => {
  const s = tradeStatistics([trip(5), trip(10, { r: null, risk: null })]);
  assert.equal(s.systemQualityUnit, 'money');
  near(s.expectancyR, 1);
  assert.equal(tradeStatistics([trip(5, { r: null, risk: null })]).expectancyR, 'no-initial-stop');
});

test('tradeStatistics: no bars -> excursions not measured', () => {
  const s = tradeStatistics([trip(5, { mae: null, mfe: null, barsHeld: null })]);
  assert.deepEqual([s.averageMae, s.edgeRatio, s.exitEfficiency], ['not-measured', 'not-measured', 'not-measured']);
});

test('systemQuality: equal results -> no spread to divide by', () => {
  assert.equal(systemQuality([2, 2, 2]), 'zero-variance');
});

test('kelly: an even bet won 60 % of the time -> stake 20 %', () => {
  near(kelly(0.6, 1), 0.2);
});

test('shareOfBest: one part carries more than the total -> above 1', () => {
  near(shareOfBest([10, -5, 0], 1), 2);
  assert.equal(shareOfBest([-1, -2], 1), 'no-profit');
});

test('exposureTime: overlapping trips -> counted once, cut to the window', () => {
  const trips = [
    trip(1, { entryTimeMs: 10, exitTimeMs: 30 }),
    trip(1, { entryTimeMs: 20, exitTimeMs: 40 }),
    trip(1, { entryTimeMs: 90, exitTimeMs: 130 }),
  ];
  near(exposureTime(trips, 0, 100), 0.4);
  assert.equal(exposureTime(trips, 5, 5), 'too-short');
});

test('tradesPerDay: 6 trades in two days -> 3', () => {
  near(tradesPerDay(6, 0, 2 * 86_400_000), 3);
});
