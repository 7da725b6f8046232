import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OrderNames } from './order-names.ts';

/** Learns from pages of `size` of the orders `there`, and answers the numbers that pages were read from. */
async function pagesOf(there: readonly number[], wanted: readonly number[], size: number): Promise<readonly number[]> {
  const names = new OrderNames();
  const asked: number[] = [];
  await names.learnPages('X', wanted.map(String), async (from) => {
    asked.push(Number(from));
    for (const id of there.filter((each) => each >= Number(from)).slice(0, size))
      names.learn('X', String(id), `n${id}`);
  });
  return asked;
}
const range = (from: number, count: number, step = 1): number[] =>
  Array.from({ length: count }, (_, k) => from + k * step);

describe('names of many orders', () => {
  test('few -> no page', async () => {
    assert.deepEqual(await pagesOf(range(1, 100), [3, 3, 3, 4, 5, 6], 10), []);
  });

  test('more than a page -> page after page, from the lowest number that is not known, numbers as numbers', async () => {
    assert.deepEqual(await pagesOf(range(8, 100), range(8, 24).reverse(), 10), [8, 18]);
  });

  test('far apart, so that a page names fewer than it costs -> no more pages', async () => {
    assert.deepEqual(await pagesOf(range(0, 1_000), range(0, 50, 20), 50), [0]);
  });

  test('none of them is listed -> asked once', async () => {
    assert.deepEqual(await pagesOf([], range(0, 50), 50), [0]);
  });
});
