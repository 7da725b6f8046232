import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ODD, readDecimal, readFlag, readInteger, readSignedDecimal, skipScalar, skipText } from './json-bytes.ts';

const out = new Float64Array(1);
/** As every frame does, the bytes end in a brace. */
const bytesOf = (text: string): Uint8Array => Buffer.from(`${text}}`);
const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));

describe('json bytes', () => {
  test('quoted decimal: any digits before and behind the point -> the double that Number makes of them', () => {
    fc.assert(
      fc.property(digits(25), fc.option(digits(30)), fc.nat(20), (whole, fraction, zeros) => {
        const text = fraction === null ? whole : `${whole}.${fraction}${'0'.repeat(zeros)}`;
        const bytes = bytesOf(`"${text}"`);
        assert.equal(readDecimal(bytes, 0, out, 0), bytes.length - 1);
        assert.ok(Object.is(out[0], Number(text)), `${text}: ${out[0]}`);
      }),
      { numRuns: 3000 },
    );
  });

  test('quoted decimal: doubles printed in every fixed precision -> the same double', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), fc.nat(20), (x, places) => {
        const text = x.toFixed(places);
        assert.notEqual(readDecimal(bytesOf(`"${text}"`), 0, out, 0), ODD);
        assert.ok(Object.is(out[0], Number(text)), text);
      }),
      { numRuns: 3000 },
    );
  });

  test('signed decimal: minus, also of zero -> the double with its sign', () => {
    for (const text of ['-0.00010000', '0.00010000', '-0', '-0.0', '-12', '-1234567.12345678', '0.00']) {
      assert.notEqual(readSignedDecimal(bytesOf(`"${text}"`), 0, out, 0), ODD, text);
      assert.ok(Object.is(out[0], Number(text)), `${text}: ${out[0]}`);
    }
  });

  test('whole number: every safe one -> itself', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (n) => {
        const bytes = bytesOf(String(n));
        assert.equal(readInteger(bytes, 0, out, 0), bytes.length - 1);
        assert.equal(out[0], n);
      }),
    );
  });

  test('what is not in plain form -> odd, and nothing else', () => {
    const odd: readonly [(b: Uint8Array, at: number, o: Float64Array, s: number) => number, readonly string[]][] = [
      [
        readDecimal,
        [
          '""',
          '"."',
          '"1."',
          '".5"',
          '"-1"',
          '"+1"',
          '" 1"',
          '"1 "',
          '"1e5"',
          '"NaN"',
          '"1.2.3"',
          '1',
          '"1',
          '"0x10"',
          'null',
          '"１"',
        ],
      ],
      [readSignedDecimal, ['"-"', '"--1"', '"-.5"', '"-1."', '"-1.2.3"', '"-1e5"', '""', '-1', '"- 1"']],
      [readInteger, ['-1', '01', '"1"', '9007199254740992', '12345678901234567890', 'true', '']],
      [readFlag, ['tru', 'TRUE', 'falsy', '1', 'null', '"true"']],
      [skipText, ['"a\\"b"', '"a\nb"', '"open', 'a']],
      [skipScalar, ['{}', '[]', '01', '-', '1.', '.5', '1e5', 'nul', 'True', 'NaN', '"\\u0041"', '']],
    ];
    for (const [read, texts] of odd)
      for (const text of texts) assert.equal(read(bytesOf(text), 0, out, 0), ODD, `${read.name} ${text}`);
  });

  test('scalars that are skipped: every plain kind -> position behind it', () => {
    for (const text of ['"abc"', '""', '"ü€"', '0', '-0', '12.50', '-3', 'true', 'false', 'null'])
      assert.equal(skipScalar(bytesOf(text), 0), Buffer.byteLength(text), text);
  });
});
