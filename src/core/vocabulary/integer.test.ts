import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from './assert.ts';
import {
  divide,
  divideExact,
  multiply,
  multiplyDivide,
  nearestEven,
  powerOfTen,
  type Rounding,
  safe,
} from './integer.ts';

const ROUNDINGS: readonly Rounding[] = ['floor', 'ceil', 'half-even', 'trunc'];
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const nonZero = integer.filter((x) => x !== 0);

/** The rounding of a / b by its definition: the largest integer not above, the nearest even one, and so on. */
function oracle(a: bigint, b: bigint, rounding: Rounding): bigint {
  const [n, d] = b < 0n ? [-a, -b] : [a, b];
  let floor = n / d;
  if (floor * d > n) floor -= 1n;
  const rest = n - floor * d;
  if (rest === 0n || rounding === 'floor') return floor;
  if (rounding === 'ceil') return floor + 1n;
  if (rounding === 'trunc') return n < 0n ? floor + 1n : floor;
  const twice = rest * 2n;
  if (twice !== d) return twice > d ? floor + 1n : floor;
  return floor % 2n === 0n ? floor : floor + 1n;
}

describe('integer', () => {
  test('divide: any two safe integers -> the rounding of the exact quotient', () => {
    fc.assert(
      fc.property(integer, nonZero, fc.constantFrom(...ROUNDINGS), (a, b, rounding) => {
        const found = divide(a, b, rounding);
        assert.equal(BigInt(found), oracle(BigInt(a), BigInt(b), rounding));
        assert.equal(divideExact(BigInt(a), BigInt(b), rounding), oracle(BigInt(a), BigInt(b), rounding));
      }),
      { numRuns: 5000 },
    );
  });

  test('divide: quotients a hair from an integer, on both sides of 2^52 -> the rounding of the exact quotient', () => {
    const near = fc
      .tuple(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.integer({ min: 1, max: 2 ** 22 - 1 }),
        fc.integer({ min: -2, max: 2 }),
      )
      .map(([b, q, off]) => [b * q + off, b] as const);
    fc.assert(
      fc.property(
        near,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(...ROUNDINGS),
        ([n, d], minusN, minusD, rounding) => {
          const [a, b] = [minusN ? -n : n, minusD ? -d : d];
          const found = divide(a, b, rounding);
          assert.equal(BigInt(found), oracle(BigInt(a), BigInt(b), rounding), `${a} / ${b}`);
          assert.ok(!Object.is(found, -0) || found !== 0, 'no −0');
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('divide: halves -> the even neighbour', () => {
    assert.deepEqual(
      [1, 3, 5, -1, -3, -5].map((n) => divide(n, 2, 'half-even') + 0),
      [0, 2, 2, 0, -2, -2],
    );
  });

  test('nearestEven: any double -> the nearest whole number, of two the even one, and no −0', () => {
    const halves = fc.oneof(fc.integer({ min: -1001, max: 1001 }), fc.maxSafeInteger()).map((n) => n / 2);
    fc.assert(
      fc.property(fc.oneof(halves, fc.double({ min: -(2 ** 53), max: 2 ** 53, noNaN: true })), (x) => {
        const found = nearestEven(x);
        const floor = Math.floor(x);
        const isUp = x - floor > 0.5 || (x - floor === 0.5 && floor % 2 !== 0);
        assert.equal(found, isUp ? floor + 1 : floor + 0);
        assert.ok(!Object.is(found, -0));
      }),
      { numRuns: 5000 },
    );
    assert.ok(Number.isNaN(nearestEven(Number.NaN)));
    assert.equal(nearestEven(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  });

  test('multiplyDivide: products beyond 2^53 -> exact, one rounding', () => {
    fc.assert(
      fc.property(integer, integer, nonZero, fc.constantFrom(...ROUNDINGS), (a, b, c, rounding) => {
        const exact = oracle(BigInt(a) * BigInt(b), BigInt(c), rounding);
        const fits = exact <= BigInt(Number.MAX_SAFE_INTEGER) && exact >= BigInt(Number.MIN_SAFE_INTEGER);
        if (fits) assert.equal(BigInt(multiplyDivide(a, b, c, rounding)), exact);
        else assert.throws(() => multiplyDivide(a, b, c, rounding), InvariantError);
      }),
      { numRuns: 5000 },
    );
  });

  test('multiply and safe: outside ±(2^53 − 1) -> stop, never a wrong digit', () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const exact = BigInt(a) * BigInt(b);
        const fits = exact <= BigInt(Number.MAX_SAFE_INTEGER) && exact >= BigInt(Number.MIN_SAFE_INTEGER);
        if (fits) assert.equal(BigInt(multiply(a, b, 'product')), exact);
        else assert.throws(() => multiply(a, b, 'product'), InvariantError);
      }),
      { numRuns: 3000 },
    );
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      assert.throws(() => safe(wrong, 'amount'), InvariantError);
  });

  test('division by zero -> stop', () => {
    assert.throws(() => divide(1, 0, 'floor'), InvariantError);
    assert.throws(() => multiplyDivide(1, 1, 0, 'floor'), InvariantError, 'a small product');
    assert.throws(() => multiplyDivide(2 ** 40, 2 ** 40, 0, 'floor'), InvariantError, 'a large product');
  });

  test('powerOfTen: 0 to 22 -> exact; beyond -> stop', () => {
    for (let n = 0; n <= 22; n++) assert.equal(BigInt(powerOfTen(n)), 10n ** BigInt(n));
    for (const n of [-1, 23, 1.5]) assert.throws(() => powerOfTen(n), InvariantError);
  });
});
