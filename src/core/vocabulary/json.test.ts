import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { jsonOffence, orderlessText } from './json.ts';

describe('json', () => {
  test('any JSON value -> no offence, and it survives the round trip', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(jsonOffence(value), null);
      }),
      { numRuns: 1000 },
    );
  });

  test('what JSON would lose -> its path and what it is', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const rows: readonly (readonly [unknown, string])[] = [
      [undefined, 'state is undefined'],
      [Number.NaN, 'state is NaN'],
      [{ a: [1, { b: Number.POSITIVE_INFINITY }] }, 'state.a[1].b is Infinity'],
      [{ f: () => 1 }, 'state.f is a function'],
      [{ n: 1n }, 'state.n is a bigint'],
      [{ s: Symbol('x') }, 'state.s is a symbol'],
      [{ at: new Date(0) }, 'state.at is a Date instance'],
      [{ m: new Map() }, 'state.m is a Map instance'],
      [[new Float64Array(1)], 'state[0] is a Float64Array instance'],
      [{ u: undefined }, 'state.u is undefined'],
      [{ a: { [Symbol('x')]: 1 } }, 'state.a has a field that is named by a symbol'],
      [{ a: Object.assign([1, 2], { sum: 3 }) }, 'state.a.sum is a field of an array'],
      [loop, 'state.self refers back to an object that contains it'],
    ];
    for (const [value, offence] of rows) assert.equal(jsonOffence(value), offence);
  });

  test('the same object twice, without a cycle -> no offence', () => {
    const shared = { x: 1 };
    assert.equal(jsonOffence([shared, shared]), null);
  });

  test('−0 -> an offence, because it comes back as 0', () => {
    assert.equal(JSON.stringify(-0), '0');
    assert.equal(jsonOffence({ x: -0 }), null, 'equal to 0 in every comparison a strategy can make but Object.is');
  });

  test('a hole in an array -> an offence, because it comes back as null', () => {
    const holed = [1];
    holed[2] = 3;
    assert.equal(jsonOffence(holed), 'state[1] is undefined');
  });

  test('an object without prototype -> plain', () => {
    assert.equal(jsonOffence(Object.assign(Object.create(null) as object, { a: 1 })), null);
  });

  test('text without an order -> the same for the same values; lists keep theirs', () => {
    const text = orderlessText({ b: [{ d: 1, c: null }, 2], a: 'x' });
    assert.equal(text, orderlessText({ a: 'x', b: [{ c: null, d: 1 }, 2] }));
    assert.notEqual(text, orderlessText({ a: 'x', b: [2, { c: null, d: 1 }] }));
    assert.equal(text, '{"a":"x","b":[{"c":null,"d":1},2]}');
  });
});
