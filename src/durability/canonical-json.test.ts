import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../core/vocabulary/json.ts';
import { canonicalJson } from './canonical-json.ts';

/** The same value with its members in another order. */
function turned(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, turned(member)]),
  );
}

describe('canonical JSON', () => {
  test('members in any order, names like numbers, odd texts -> one text (RFC 8785, 3.2.3)', () => {
    const value = {
      ...{ '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh' },
      ...{ '1': 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'o' },
    };
    assert.equal(
      canonicalJson(value),
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"o","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
    assert.equal(canonicalJson({ '9': 1, '10': -0, a: [], b: {} }), '{"10":0,"9":1,"a":[],"b":{}}');
    assert.equal(
      canonicalJson([JSON.parse('333333333.33333329') as number, 1e30, 4.5, 2e-3, 1e-27]),
      '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
    );
  });

  test('any JSON -> parses to the same value, and its members’ order does not matter', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (any) => {
        const value = JSON.parse(JSON.stringify(any)) as Json;
        const text = canonicalJson(value);
        assert.deepEqual(JSON.parse(text), value);
        assert.equal(canonicalJson(turned(value)), text);
        assert.doesNotMatch(text, /\n/);
      }),
    );
  });

  test('what is not JSON -> TypeError with the path', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const bad: readonly (readonly [unknown, RegExp])[] = [
      [Number.NaN, /payload is NaN/],
      [{ a: undefined }, /payload\.a is undefined/],
      [[new Map()], /payload\[0\] is a Map instance/],
      [{ a: 1n }, /payload\.a is a bigint/],
      [{ toJSON: () => 1 }, /payload\.toJSON is a function/],
      [cycle, /refers back/],
    ];
    for (const [value, expected] of bad) assert.throws(() => canonicalJson(value as Json), expected);
  });

  test('more shapes than are remembered -> still right', () => {
    for (let k = 0; k < 10_100; k++) assert.equal(canonicalJson({ [`z${k}`]: k, a: 1 }), `{"a":1,"z${k}":${k}}`);
    assert.equal(canonicalJson({ y: 1, x: 2 }), '{"x":2,"y":1}');
  });
});
