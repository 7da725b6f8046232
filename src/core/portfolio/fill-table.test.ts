import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FillTable } from './fill-table.ts';

const trade = (k: number) => ({
  lots: k + 1,
  ticks: 9_007_199_254_740_991 - k,
  referenceTicks: 100 + k,
  value: 12_345_678_901 + k,
  fee: k % 2 === 0 ? -k : k,
  maker: k % 3 === 0,
  timeMs: 1.7e12 + k,
});

/** Adds fill `k` in slot `k` of order `2k`, told by event `5k`. */
const add = (fills: FillTable, k: number): number =>
  fills.add(2 * k, k, k % 2 === 0 ? 1 : -1, 5 * k, trade(k), k === 0 ? 0 : -k);

const read = ({ column: c, count }: FillTable) =>
  Array.from({ length: count }, (_, k) =>
    Object.fromEntries(Object.entries(c).map(([name, values]) => [name, values[k]!])),
  );

const written = (count: number) =>
  Array.from({ length: count }, (_, k) => ({
    order: 2 * k,
    slot: k,
    side: k % 2 === 0 ? 1 : -1,
    seq: 5 * k,
    realized: k === 0 ? 0 : -k,
    ...trade(k),
    maker: k % 3 === 0 ? 1 : 0,
  }));

describe('fills', () => {
  test('more than there is room for -> read by column as they were written, after each', () => {
    const fills = new FillTable(2);
    for (let k = 0; k < 100; k++) {
      assert.equal(add(fills, k), k);
      assert.deepEqual(read(fills), written(k + 1));
    }
  });

  test('resumed and restored -> the rows of before, and the next', () => {
    const whole = new FillTable(2);
    for (let k = 0; k < 5; k++) add(whole, k);
    const fills = new FillTable(2);
    fills.resume(5);
    assert.deepEqual([fills.column.order[4], fills.column.lots[4]], [0, 0]);
    const columns = Object.fromEntries(
      Object.entries(whole.column).map(([name, values]) => [name, values.slice(0, 5)]),
    );
    fills.restore(columns as unknown as FillTable['column']);
    add(fills, 5);
    assert.deepEqual(read(fills), written(6));
    fills.resume(4);
    assert.throws(() => fills.restore(columns as unknown as FillTable['column']), /a history of 5 fills for 4/);
  });

  test('cleared -> what is written then is read', () => {
    const fills = new FillTable(2);
    for (let k = 0; k < 5; k++) fills.add(9, 9, 1, 9, trade(9), 9);
    assert.equal(fills.column.order[4], 9);
    fills.clear();
    for (let k = 0; k < 5; k++) add(fills, k);
    assert.deepEqual(read(fills), written(5));
  });
});
