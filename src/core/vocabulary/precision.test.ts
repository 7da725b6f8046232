import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { numberToText } from './decimal.ts';
import {
  amountToContractPrecision,
  amountToPrecision,
  type PrecisionMode,
  type PrecisionRounding,
  toPrecision,
} from './precision.ts';

interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
}
type Tables = Readonly<Record<string, readonly Table[]>>;

const TABLES = 'reference/freqtrade_tables.json';
/** ccxt's numbers of modes and roundings, which freqtrade's tables use. */
const MODES: Readonly<Record<number, PrecisionMode>> = { 2: 'decimal-places', 3: 'significant-digits', 4: 'tick-size' };
const ROUNDINGS: Readonly<Record<number, PrecisionRounding>> = { 0: 'trunc', 1: 'half-away', 2: 'ceil', 3: 'floor' };

function cases(name: string): readonly Readonly<Record<string, number>>[] {
  const { precision } = readSharedJson<{ precision: Tables }>(TABLES);
  const rows = (precision[name] ?? []).flatMap((table) =>
    table.rows.map((row) => Object.fromEntries(table.names.map((column, i) => [column, row[i]!]))),
  );
  assert.ok(rows.length > 0, `no rows in ${name}`);
  return rows;
}

test("precision: freqtrade's amount table -> the same digits", { skip: dataMissing(TABLES) }, () => {
  for (const row of cases('test_amount_to_precision'))
    assert.equal(
      amountToPrecision(row['amount']!, MODES[row['precision_mode']!]!, row['precision']!),
      numberToText(row['expected']!),
      JSON.stringify(row),
    );
});

test("precision: freqtrade's price table, four roundings -> the same digits", { skip: dataMissing(TABLES) }, () => {
  for (const row of cases('test_price_to_precision'))
    assert.equal(
      toPrecision(row['price']!, MODES[row['precision_mode']!]!, row['precision']!, ROUNDINGS[row['rounding_mode']!]!),
      numberToText(row['expected']!),
      JSON.stringify(row),
    );
});

test("precision: freqtrade's contract table -> the same digits", { skip: dataMissing(TABLES) }, () => {
  for (const row of cases('test_amount_to_contract_precision_standalone'))
    assert.equal(
      amountToContractPrecision(
        row['amount']!,
        row['contract_size']!,
        MODES[row['precision_mode']!]!,
        row['precision']!,
      ),
      numberToText(row['expected']!),
      JSON.stringify(row),
    );
});

test('precision: ties, negatives, zero and long text -> exact', () => {
  const found = [
    toPrecision('2.5', 'decimal-places', 0, 'half-even'),
    toPrecision('2.5', 'decimal-places', 0, 'half-away'),
    toPrecision('-2.5', 'decimal-places', 0, 'half-away'),
    toPrecision('-2.5', 'decimal-places', 0, 'half-even'),
    toPrecision('-0.4', 'decimal-places', 0, 'trunc'),
    toPrecision('0', 'significant-digits', 3, 'ceil'),
    toPrecision('999.6', 'significant-digits', 3, 'half-away'),
    toPrecision('0.123456789012345678901234567', 'decimal-places', 26, 'floor'),
    toPrecision('1e-8', 'tick-size', '0.00000001', 'floor'),
    toPrecision('123456789012345678901234567890.7', 'tick-size', '0.5', 'ceil'),
  ];
  assert.deepEqual(found, [
    '2',
    '3',
    '-3',
    '-2',
    '0',
    '0',
    '1000',
    '0.12345678901234567890123456',
    '0.00000001',
    '123456789012345678901234567891',
  ]);
});

test('precision: a third of a contract -> rounded once, in contracts', () => {
  // 1 / 3 = 0.333… contracts, down to 0.33: 0.99 of the base.
  assert.equal(amountToContractPrecision('1', '3', 'decimal-places', 2), '0.99');
  assert.equal(amountToContractPrecision('100', '3', 'significant-digits', 1), '90');
});

test('precision: no decimal, no tick, half a digit -> RangeError', () => {
  assert.throws(() => toPrecision('x', 'decimal-places', 2, 'floor'), RangeError);
  assert.throws(() => toPrecision('1', 'tick-size', '0', 'floor'), RangeError);
  assert.throws(() => toPrecision('1', 'decimal-places', 1.5, 'floor'), RangeError);
  assert.throws(() => toPrecision('1', 'significant-digits', 0, 'floor'), RangeError);
  assert.throws(() => amountToContractPrecision('1', '0', 'tick-size', 1), RangeError);
});

test('precision: any value and tick -> a multiple, nearer than one tick, on the side that was asked for', () => {
  const parts = fc.record({
    units: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    tick: fc.bigInt({ min: 1n, max: 10n ** 6n }),
  });
  // Both in units of 1e-6.
  const text = (units: bigint) => `${units < 0n ? '-' : ''}${digits(units).slice(0, -6)}.${digits(units).slice(-6)}`;
  const digits = (units: bigint) => String(units < 0n ? -units : units).padStart(7, '0');
  const back = (decimal: string) => {
    const [whole = '', fraction = ''] = decimal.split('.');
    return BigInt(whole.replace('-', '') + fraction.padEnd(6, '0')) * (decimal.startsWith('-') ? -1n : 1n);
  };
  fc.assert(
    fc.property(parts, ({ units, tick }) => {
      const floor = back(toPrecision(text(units), 'tick-size', text(tick), 'floor'));
      const ceil = back(toPrecision(text(units), 'tick-size', text(tick), 'ceil'));
      const near = back(toPrecision(text(units), 'tick-size', text(tick), 'half-away'));
      assert.equal(floor % tick, 0n);
      assert.ok(floor <= units && units < floor + tick);
      assert.equal(ceil, floor === units ? floor : floor + tick);
      const away = near > units ? near - units : units - near;
      assert.ok(2n * away <= tick);
    }),
  );
});
