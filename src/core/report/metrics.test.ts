import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../vocabulary/random.ts';
import { DAY_MS, MINUTE_MS, parseTime } from '../vocabulary/time.ts';
import { ALWAYS_OPEN, exchangeSessions } from './calendar.ts';
import { dailyReturns, type EquityCurve } from './equity-curve.ts';
import { type GroupedMetric, METRIC_GROUPS, type MetricsInput, metricNames, runMetrics } from './metrics.ts';
import { roundTrips } from './round-trips.ts';
import { minimumTrackRecord, type SharpeSample, sharpeSample } from './significance.ts';

const START = parseTime('2020-01-01')!;

function walk(points: number, stepMs: number, seed: number, drift = 0.0004): EquityCurve {
  const random = new Random(seed);
  const equity = new Float64Array(points);
  let value = 10_000;
  for (let i = 0; i < points; i++) {
    value *= 1 + drift + 0.01 * random.normal();
    equity[i] = value;
  }
  return { timeMs: equity.map((_, i) => START + (i + 1) * stepMs), equity, initialEquity: 10_000, startMs: START };
}
const find = (all: readonly GroupedMetric[], name: string): GroupedMetric => {
  const found = all.filter((m) => m.name === name);
  assert.equal(found.length, 1, `one metric ${name}`);
  return found[0]!;
};
const value = (all: readonly GroupedMetric[], name: string): number => {
  const found = find(all, name);
  assert.ok(found.value !== null, `${name}: ${found.reason}`);
  return found.value;
};
const TRIPS = roundTrips([
  { timeMs: START, side: 1, quantity: 10, price: 100, fee: 1, role: 'entry', orderId: 'a', why: '', stop: 95 },
  { timeMs: START + 40 * DAY_MS, side: -1, quantity: 10, price: 120, fee: 1, role: 'target', orderId: 'b', why: '' },
]);

test('metricNames: without a run -> the names that every run has', () => {
  const busy = runMetrics({ curve: walk(365, DAY_MS, 1), benchmark: walk(365, DAY_MS, 2), trips: TRIPS });
  const idle = runMetrics({ curve: walk(2, DAY_MS, 1), trips: [] });
  assert.deepEqual(
    metricNames(),
    busy.map((m) => m.name),
  );
  assert.deepEqual(
    metricNames(),
    idle.map((m) => m.name),
  );
});

test('runMetrics: a year of days -> every metric once, in the order of its groups, labelled', () => {
  const all = runMetrics({ curve: walk(365, DAY_MS, 1), benchmark: walk(365, DAY_MS, 2), trips: TRIPS });
  assert.equal(new Set(all.map((m) => m.name)).size, all.length);
  assert.deepEqual([...new Set(all.map((m) => m.group))], [...METRIC_GROUPS]);
  assert.equal(find(all, 'sharpe').label, 'Sharpe (365 d, rf 0 %)');
  assert.equal(find(all, 'winRate').label, 'Win rate (trades)');
  assert.equal(value(all, 'trades'), 1);
  assert.equal(value(all, 'expectancyR'), 198 / 50);
});

test('runMetrics: curve shorter than 90 days -> annualised figures null, the others there', () => {
  const all = runMetrics({ curve: walk(89, DAY_MS, 1), benchmark: walk(89, DAY_MS, 2), trips: [] });
  for (const name of ['cagr', 'volatility', 'sharpe', 'sortino', 'calmar', 'martin', 'alpha', 'treynor', 'turnover'])
    assert.deepEqual([name, find(all, name).value, find(all, name).reason], [name, null, 'too-short']);
  for (const name of ['totalReturn', 'maxDrawdown', 'valueAtRisk95', 'omega', 'beta']) value(all, name);
  value(runMetrics({ curve: walk(90, DAY_MS, 1), trips: [] }), 'cagr');
});

test('runMetrics: a fall from the very first day to the middle of the last -> from the beginning to the last point', () => {
  const hours = 3 * 24 + 12;
  const equity = Float64Array.from({ length: hours }, (_, i) => 10_000 - i);
  const timeMs = equity.map((_, i) => START + (i + 1) * (DAY_MS / 24));
  const all = runMetrics({ curve: { timeMs, equity, initialEquity: 10_000, startMs: START }, trips: [] });
  assert.equal(value(all, 'maxDrawdownPeak'), START);
  assert.equal(value(all, 'maxDrawdownTrough'), START + 3.5 * DAY_MS);
  assert.equal(value(all, 'maxDrawdownDuration'), 3.5);
  assert.equal(value(all, 'longestUnderwater'), 3.5);
});

test('runMetrics: MinTRL -> as many days as returns where each day has one, 365.25 for 252 of them on sessions', () => {
  const curve = walk(365, DAY_MS, 1);
  const everyDay = runMetrics({ curve, trips: [] });
  const { returns } = dailyReturns(curve);
  const periods = minimumTrackRecord(sharpeSample(returns) as SharpeSample);
  assert.equal(value(everyDay, 'minimumTrackRecord'), periods);
  const sessions = runMetrics({ curve, trips: [], calendar: exchangeSessions() });
  assert.equal(value(sessions, 'minimumTrackRecord'), Number(periods) * (365.25 / 252));
});

test('runMetrics: trades of which one had a stop -> R rests on that one', () => {
  const [other] = roundTrips([
    { timeMs: START, side: 1, quantity: 1, price: 100, fee: 0, role: 'entry', orderId: 'c', why: '' },
    { timeMs: START + DAY_MS, side: -1, quantity: 1, price: 90, fee: 0, role: 'exit', orderId: 'd', why: '' },
  ]);
  const all = runMetrics({ curve: walk(365, DAY_MS, 1), trips: [other!, ...TRIPS] });
  assert.deepEqual([find(all, 'expectancyR').n, find(all, 'expectancy').n], [1, 2]);
});

test('runMetrics: no benchmark, no trades -> reasons and not zeros', () => {
  const all = runMetrics({ curve: walk(365, DAY_MS, 1), trips: [] });
  assert.equal(find(all, 'beta').reason, 'no-benchmark');
  assert.equal(find(all, 'winRate').reason, 'no-trades');
  assert.equal(find(all, 'averageLeverage').reason, 'not-measured');
  assert.equal(value(all, 'exposureTime'), 0);
});

test('runMetrics: any curve -> numbers are finite, and null goes with a reason', () => {
  const equity = fc.array(fc.double({ min: -100, max: 20_000 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      equity,
      fc.constantFrom(MINUTE_MS, DAY_MS),
      fc.constantFrom(ALWAYS_OPEN, exchangeSessions()),
      (values, step, calendar) => {
        const curve = {
          timeMs: Float64Array.from(values, (_, i) => START + i * step),
          equity: Float64Array.from(values),
        };
        for (const m of runMetrics({ curve, benchmark: walk(50, DAY_MS, 3), trips: TRIPS, calendar })) {
          assert.ok(
            m.value === null ? m.reason !== undefined : Number.isFinite(m.value) && m.reason === undefined,
            m.name,
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('runMetrics: one curve on calendar days with 365 or on weekdays with 252 -> nearly one Sharpe; 365 on weekdays -> not', () => {
  const daily = walk(365 * 6, DAY_MS, 9, 0.0006);
  // Weekdays only: index 0 is a Wednesday, so 3 and 4 are the weekend.
  const weekday = (_: number, i: number): boolean => (i + 2) % 7 < 5;
  const curve = { ...daily, timeMs: daily.timeMs.filter(weekday), equity: daily.equity.filter(weekday) };
  const sharpe = (calendar: MetricsInput['calendar']): number =>
    value(runMetrics({ curve, trips: [], calendar }), 'sharpe');
  const calendarDays = sharpe(ALWAYS_OPEN);
  // 261 weekdays a year: this exchange has no holidays.
  const sessions = sharpe(exchangeSessions(365.25 * (5 / 7)));
  assert.ok(Math.abs(calendarDays / sessions - 1) < 0.01, `${calendarDays} and ${sessions}`);
  const mixed = sharpe(exchangeSessions(365));
  assert.ok(mixed / sessions > 1.15, 'calendar factor on session days inflates');
});

test('runMetrics: finer bars of one account -> the same daily metrics', () => {
  const hourly = walk(24 * 200, DAY_MS / 24, 5);
  const keep = (_: number, i: number): boolean => (i + 1) % 24 === 0;
  const daily = { ...hourly, timeMs: hourly.timeMs.filter(keep), equity: hourly.equity.filter(keep) };
  const [fine, coarse] = [hourly, daily].map((curve) => runMetrics({ curve, trips: [] }));
  for (const name of ['sharpe', 'sortino', 'maxDrawdown', 'cagr', 'ulcerIndex', 'probabilisticSharpe'])
    assert.equal(value(fine!, name), value(coarse!, name), name);
  assert.ok(value(fine!, 'maxDrawdownBars') < value(coarse!, 'maxDrawdownBars'), 'finer bars see deeper falls');
});

test('runMetrics: costs and exposure given -> shares, break-even and leverage', () => {
  const curve = walk(100, DAY_MS, 1);
  const flat: EquityCurve = { ...curve, equity: curve.equity.map((_, i) => (i < 50 ? 10_000 : 10_198)) };
  const gross = flat.equity.map((e, i) => (i % 2 === 0 ? e : 3 * e));
  const all = runMetrics({ curve: flat, trips: TRIPS, exposure: { gross, net: gross.map((g) => -g) } });
  assert.equal(value(all, 'fees'), 2);
  assert.equal(value(all, 'grossProfit'), 200);
  assert.equal(value(all, 'costShare'), 0.01);
  assert.equal(value(all, 'breakEvenCost'), (200 / 2200) * 10_000);
  assert.equal(value(all, 'averageLeverage'), 2);
  assert.equal(value(all, 'peakLeverage'), 3);
  assert.equal(value(all, 'averageNetExposure'), -2);
  assert.equal(find(all, 'slippageCost').reason, 'not-measured');
});

test('runMetrics: value of the fills beside trips that lack some of it -> turnover and costs are of the fills', () => {
  const curve = walk(365, DAY_MS, 1);
  const costs = { fees: 4.4, spread: null, slippage: 0, funding: 0, borrow: null };
  const ofTrips = runMetrics({ curve, trips: TRIPS, costs });
  const ofFills = runMetrics({ curve, trips: TRIPS, costs: { ...costs, traded: 2 * 2_200 } });
  assert.equal(value(ofTrips, 'costPerTraded'), 20);
  assert.equal(value(ofFills, 'costPerTraded'), 10);
  assert.equal(value(ofFills, 'breakEvenCost'), value(ofTrips, 'breakEvenCost') / 2);
  assert.equal(value(ofFills, 'turnover'), value(ofTrips, 'turnover') * 2);
});

test('runMetrics: a deposit -> profit without it, drawdown and Sharpe untouched', () => {
  const plain: EquityCurve = walk(200, DAY_MS, 4);
  const at = plain.timeMs[99]! + 1;
  const equity = plain.equity.map((e, i) => (i < 100 ? e : e * 2));
  const with2 = { ...plain, equity, flows: [{ timeMs: at, amount: plain.equity[99]! }] };
  const [a, b] = [plain, with2].map((curve) => runMetrics({ curve, trips: [] }));
  for (const name of ['totalReturn', 'sharpe', 'maxDrawdown', 'maxDrawdownBars'])
    assert.ok(Math.abs(value(a!, name) - value(b!, name)) < 1e-9, name);
  assert.ok(Math.abs(value(b!, 'netProfit') - (equity[199]! - 10_000 - plain.equity[99]!)) < 1e-6);
});

test('runMetrics: a million minutes -> well under 100 ms once warm', () => {
  const curve = walk(1_000_000, MINUTE_MS, 1, 0);
  const small: EquityCurve = { ...curve, equity: curve.equity.map((e) => 10_000 + e / 100) };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const before = performance.now();
    runMetrics({ curve: small, benchmark: small, trips: TRIPS });
    best = Math.min(best, performance.now() - before);
  }
  assert.ok(best < 100, `${best.toFixed(1)} ms`);
});
