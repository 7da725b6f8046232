import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalCdf, normalQuantile } from './normal.ts';

const near = (actual: number, expected: number, relative: number): void =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `expected ${expected}, found ${actual}`);

// Abramowitz & Stegun, Handbook of Mathematical Functions, table 26.1 (0, 1, 2, 3) and table 26.2 (upper tails).
const TABLE = [
  [0, 0.5],
  [1, 0.841344746068543],
  [2, 0.977249868051821],
  [3, 0.99865010196837],
] as const;

test('normalCdf: tabulated arguments -> fifteen digits', () => {
  for (const [x, p] of TABLE) near(normalCdf(x), p, 1e-14);
});

test('normalCdf: far tails -> relative accuracy, not zero', () => {
  near(normalCdf(-5), 2.866515718791939e-7, 1e-12);
  near(normalCdf(-10), 7.619853024160527e-24, 1e-12);
  assert.equal(normalCdf(-40), 0);
  assert.equal(normalCdf(40), 1);
});

test('normalQuantile: usual confidence levels -> tabulated deviates', () => {
  near(normalQuantile(0.975), 1.959963984540054, 1e-14);
  near(normalQuantile(0.95), 1.6448536269514722, 1e-14);
  near(normalQuantile(0.001), -3.090232306167813, 1e-14);
  assert.equal(normalQuantile(0.5), 0);
});

test('normalQuantile: any probability -> the cdf brings it back', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 0.9999999, noNaN: true }), (p) => {
      near(normalCdf(normalQuantile(p)), p, 1e-9);
    }),
  );
});

test('normalCdf: mirrored argument -> complementary probability', () => {
  fc.assert(
    fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
      assert.ok(Math.abs(normalCdf(x) + normalCdf(-x) - 1) < 1e-15);
    }),
  );
});
