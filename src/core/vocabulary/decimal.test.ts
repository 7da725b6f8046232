import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  decimal,
  decimalCodec,
  decimalPlaces,
  formatDecimal,
  numberToText,
  parseDecimal,
  toNumber,
  toUnits,
  unitsToText,
} from './decimal.ts';

describe('decimal', () => {
  test('parse and format: any count of 1e-18 -> round trip', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (units) => {
        assert.equal(parseDecimal(formatDecimal(units as ReturnType<typeof decimal>)), units);
      }),
      { numRuns: 2000 },
    );
  });

  test('parse: accepted forms -> the exact count', () => {
    const one = 10n ** 18n;
    const rows: readonly (readonly [string, bigint])[] = [
      ['0', 0n],
      ['-0', 0n],
      ['1', one],
      ['+1', one],
      ['007', 7n * one],
      ['12.5', 12n * one + one / 2n],
      [' 0.1 ', one / 10n],
      ['0.000000000000000001', 1n],
      ['-0.00000001', -(10n ** 10n)],
      ['1e-8', 10n ** 10n],
      ['1E3', 1000n * one],
      ['1.50e1', 15n * one],
      ['100e-20', 1n],
    ];
    for (const [text, units] of rows) assert.equal(parseDecimal(text), units, text);
  });

  test('parse: what is no decimal or needs more places -> null', () => {
    const texts = [
      '',
      ' ',
      '.5',
      '5.',
      '1,5',
      '1e',
      '0x10',
      'NaN',
      'Infinity',
      '--1',
      '1e-19',
      '0.0000000000000000001',
      '1 2',
      '١',
    ];
    for (const text of texts) assert.equal(parseDecimal(text), null, text);
    assert.throws(() => decimal('abc'), RangeError);
    assert.throws(() => decimal(Number.NaN), RangeError);
    assert.throws(() => decimal(Number.POSITIVE_INFINITY), RangeError);
  });

  test('numbers -> the decimal that they print as, not the binary one', () => {
    assert.equal(formatDecimal(decimal(0.1)), '0.1');
    assert.equal(formatDecimal(decimal(1e-8)), '0.00000001');
    assert.equal(formatDecimal(decimal(1e21)), '1000000000000000000000');
    assert.equal(formatDecimal(decimal(-0)), '0');
  });

  test('numberToText: any finite double -> no exponent, reads back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const text = numberToText(x);
        assert.match(text, /^-?\d+(\.\d+)?$/);
        assert.ok(Object.is(Number(text), x === 0 ? 0 : x), text);
      }),
      { numRuns: 3000 },
    );
  });

  test('unitsToText: units and scale -> canonical text', () => {
    const rows: readonly (readonly [number | bigint, number, string])[] = [
      [12345, 2, '123.45'],
      [12300, 2, '123'],
      [-5, 3, '-0.005'],
      [0, 8, '0'],
      [-0, 2, '0'],
      [7, 0, '7'],
      [-100, 2, '-1'],
      [123456789012345678901234567890n, 10, '12345678901234567890.123456789'],
    ];
    for (const [units, scale, text] of rows) assert.equal(unitsToText(units, scale), text);
  });

  test('toUnits: to fewer places -> rounded as said', () => {
    const value = decimal('-1.2345');
    assert.equal(toUnits(value, 2, 'floor'), -124n);
    assert.equal(toUnits(value, 2, 'ceil'), -123n);
    assert.equal(toUnits(value, 2, 'trunc'), -123n);
    assert.equal(toUnits(decimal('0.125'), 2, 'half-even'), 12n);
    assert.equal(toUnits(decimal('0.135'), 2, 'half-even'), 14n);
    assert.equal(toUnits(decimal('1'), 20, 'floor'), 10n ** 20n);
  });

  test('decimalPlaces and toNumber -> places used, nearest double', () => {
    assert.equal(decimalPlaces(decimal('1.2300')), 2);
    assert.equal(decimalPlaces(decimal('100')), 0);
    assert.equal(decimalPlaces(decimal('1e-8')), 8);
    assert.equal(toNumber(decimal('0.3')), 0.3);
  });

  test('wire codec: text -> decimal and back; numbers and nonsense -> refused in words', () => {
    assert.equal(decimalCodec.decode('0.10'), 10n ** 17n);
    assert.equal(decimalCodec.encode(decimal('0.10')), '0.1');
    assert.equal(decimalCodec.safeParse(0.1).success, false);
    const bad = decimalCodec.safeParse('one');
    assert.match(bad.error!.issues[0]!.message, /expected decimal text such as "0.001", found "one"/);
  });
});
