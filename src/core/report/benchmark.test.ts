import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaFragility } from './benchmark.ts';

test('betaFragility: returns on a line of the benchmark -> 0; bent up or down -> the chord is above or below', () => {
  const factor = Float64Array.from([-0.03, 0.01, 0.005, -0.01, 0.02, 0.04, -0.02]);
  const of = (f: (x: number) => number): number => Number(betaFragility({ returns: factor.map(f), factor }));
  assert(Math.abs(of((x) => 0.002 + 1.3 * x)) < 1e-15);
  assert(of((x) => x * x) > 0);
  assert(of((x) => -x * x) < 0);
  // Lowest −3 %, middle 0.5 %, highest 4 %: the chord of squares there is 0.5 × 0.0009 + 0.5 × 0.0016, the curve 0.000025.
  assert(Math.abs(of((x) => x * x) - 0.001225) < 1e-15);
});
