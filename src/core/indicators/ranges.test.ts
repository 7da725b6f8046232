import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findIndicator } from './catalogue.ts';
import { contractColumns } from './indicator-contract.ts';
import { compute } from './run.ts';

/** Shares of a whole, in percent: least, most, and the outputs that are such. */
const SHARES: readonly (readonly [name: string, outputs: readonly string[], least: number, most: number])[] = [
  ['rsi', ['value'], 0, 100],
  ['connors-rsi', ['value', 'rsi', 'streakRsi', 'percentRank'], 0, 100],
  ['williams-r', ['value'], -100, 0],
  ['cmo', ['value'], -100, 100],
  ['tsi', ['tsi', 'signal'], -100, 100],
  ['smi', ['smi', 'signal'], -100, 100],
  ['ultimate-oscillator', ['value'], 0, 100],
  ['stc', ['value'], 0, 100],
  ['adx', ['plusDi', 'minusDi', 'dx', 'adx'], 0, 100],
  ['mfi', ['value'], 0, 100],
];

const ROWS = 3000;

/** Every bar opens at the last close and only rises; backwards, they only fall. */
function straight(direction: 1 | -1): Record<string, Float64Array> {
  const columns = contractColumns(ROWS, 13);
  let price = direction === 1 ? 1 : 1e6;
  for (let i = 0; i < ROWS; i++) {
    const open = price;
    // By steps that no decimal gives, from what is random already.
    price *= 1 + direction * 0.01 * (columns['volume']![i]! / 1001 + 0.001);
    columns['open']![i] = open;
    columns['close']![i] = price;
    columns['value']![i] = price;
    columns['high']![i] = Math.max(open, price);
    columns['low']![i] = Math.min(open, price);
  }
  return columns;
}

describe('shares of a whole', () => {
  const markets = [
    ['random', contractColumns(ROWS, 12)],
    ['rising', straight(1)],
    ['falling', straight(-1)],
  ] as const;
  for (const [name, outputs, least, most] of SHARES)
    test(`${name}: random, only rising and only falling prices -> from ${least} to ${most}, not a rounding further`, () => {
      const indicator = findIndicator(name)!;
      for (const [market, columns] of markets) {
        const found = compute(
          indicator,
          indicator.inputs.map((input) => columns[input]!),
        );
        for (const output of outputs) {
          const row = found[output]!.findIndex((x) => x < least || x > most);
          assert.equal(row, -1, `${market} ${output} at row ${row}: ${found[output]![row]}`);
        }
      }
    });

  test('rsi: only rising and only falling prices -> exactly 100 and 0', () => {
    const rsi = findIndicator('rsi')!;
    for (const [direction, expected] of [
      [1, 100],
      [-1, 0],
    ] as const) {
      const { value } = compute(rsi, [straight(direction)['close']!]);
      assert.deepEqual([...new Set(value!.subarray(14))], [expected]);
    }
  });

  test('stochastic-rsi: a price that only rises, and one that stands still after moving -> 50, not the rounding of the RSI', () => {
    const stochasticRsi = findIndicator('stochastic-rsi')!;
    const { k: rising } = compute(stochasticRsi, [straight(1)['close']!], { smooth: 1 });
    assert.deepEqual([...new Set(rising!.subarray(28))], [50]);
    const moved = contractColumns(400, 21)['close']!.map((x) => Math.round(x * 100) / 100);
    moved.fill(moved[199]!, 200);
    const { k: still } = compute(stochasticRsi, [moved], { smooth: 1 });
    // The window of 14 has seen no other RSI from row 213 on.
    assert.deepEqual([...new Set(still!.subarray(213))], [50]);
    assert.ok(new Set(still!.subarray(28, 200)).size > 100);
  });
});
