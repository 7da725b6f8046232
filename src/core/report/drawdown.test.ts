import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY_MS } from '../vocabulary/time.ts';
import {
  averageDrawdown,
  deepestDrawdowns,
  drawdownSeries,
  drawdowns,
  longestDrawdown,
  maxDrawdownOfEquity,
  maxDrawdownOfReturns,
  ulcerIndex,
} from './drawdown.ts';
import type { EquityCurve } from './equity-curve.ts';
import { simpleReturns } from './returns.ts';

const curve = (...equity: number[]): EquityCurve => ({
  timeMs: Float64Array.from(equity, (_, i) => i * DAY_MS),
  equity: Float64Array.from(equity),
});

test('drawdowns: two falls, the second unrecovered -> both with their dates', () => {
  const all = drawdowns(curve(100, 120, 90, 120, 130, 117));
  assert.deepEqual(all, [
    {
      depth: -0.25,
      depthMoney: -30,
      peakMs: DAY_MS,
      troughMs: 2 * DAY_MS,
      recoveryMs: 3 * DAY_MS,
      durationMs: 2 * DAY_MS,
    },
    {
      depth: 117 / 130 - 1,
      depthMoney: -13,
      peakMs: 4 * DAY_MS,
      troughMs: 5 * DAY_MS,
      recoveryMs: null,
      durationMs: DAY_MS,
    },
  ]);
  assert.equal(longestDrawdown(all), all[0]);
  assert.deepEqual(deepestDrawdowns(all, 1), [all[0]]);
  assert.ok(Math.abs(Number(averageDrawdown(all)) - (-0.25 - 0.1) / 2) < 1e-12);
});

test('drawdowns: a curve that only rises -> none, with a reason for the average', () => {
  assert.deepEqual(drawdowns(curve(1, 2, 3)), []);
  assert.equal(averageDrawdown([]), 'no-drawdown');
});

test('drawdowns: equity below what it began with -> the beginning is the peak', () => {
  const [fall] = drawdowns({ ...curve(90, 80), initialEquity: 100 });
  assert.ok(Math.abs(fall!.depth + 0.2) < 1e-12);
  const [dated] = drawdowns({ ...curve(90, 80), initialEquity: 100, startMs: -DAY_MS });
  assert.deepEqual([dated?.peakMs, dated?.durationMs], [-DAY_MS, 2 * DAY_MS]);
});

test('drawdownSeries: missing point -> the one before', () => {
  assert.deepEqual([...drawdownSeries(curve(100, 50, Number.NaN, 100))], [0, -0.5, -0.5, 0]);
});

test('ulcerIndex: drawdowns 0, 3 and 4 % -> √(25/3) %', () => {
  assert.ok(Math.abs(Number(ulcerIndex([0, -0.03, -0.04])) - Math.sqrt(0.0025 / 3)) < 1e-15);
  assert.equal(ulcerIndex([]), 'no-data');
});

test('maximum drawdown: any positive curve -> every way to compute it agrees', () => {
  const positive = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(positive, (equity) => {
      const path = curve(...equity);
      const deepest = Math.min(0, ...drawdowns(path).map((d) => d.depth));
      const others = [
        Math.min(...drawdownSeries(path)),
        Number(maxDrawdownOfEquity(path)),
        Number(maxDrawdownOfReturns(simpleReturns(path.equity))),
      ];
      for (const other of others) assert.ok(Math.abs(other - deepest) < 1e-9, `${other} and ${deepest}`);
    }),
  );
});
