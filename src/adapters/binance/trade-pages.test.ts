import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { VenueError } from '../../ports/venue-error.ts';
import { allTrades, type TradeList } from './trade-pages.ts';

interface Row {
  readonly id: number;
  readonly timeMs: number;
}

/** A venue that lists as Binance does: oldest first, a page at most, windows not longer than allowed. */
function listOf(rows: readonly Row[], pageSize: number, windowMs: number): TradeList<Row> & { calls: number } {
  const list = {
    calls: 0,
    venue: 'TEST',
    pageSize,
    windowMs,
    idOf: (row: Row) => String(row.id),
    timeOf: (row: Row) => row.timeMs,
    from: async (tradeId: string) => {
      list.calls++;
      return rows.filter((row) => row.id >= Number(tradeId)).slice(0, pageSize);
    },
    between: async (fromMs: number, toMs: number) => {
      list.calls++;
      assert.ok(toMs - fromMs < windowMs, 'window too long');
      return rows.filter((row) => row.timeMs >= fromMs && row.timeMs <= toMs).slice(0, pageSize);
    },
  };
  return list;
}

/** Ids rise by steps, times never fall; several trades may share a millisecond. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 40 })), { maxLength: 60 })
  .map((steps) => {
    let [id, timeMs] = [0, 1000];
    return steps.map(([idStep, timeStep]) => {
      id += idStep;
      timeMs += timeStep;
      return { id, timeMs };
    });
  });

describe('trades by pages', () => {
  test('any history, any page size: since a time -> every trade once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 4000 }),
        async (rows, size, sinceMs) => {
          const found = await allTrades(listOf(rows, size, 50), { timeMs: sinceMs }, 5000);
          assert.deepEqual(
            found,
            rows.filter((row) => row.timeMs >= sinceMs),
          );
        },
      ),
    );
  });

  test('any history, any page size: since a trade -> those after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 200 }),
        async (rows, size, id) => {
          const found = await allTrades(listOf(rows, size, 50), { tradeId: String(id) }, 5000);
          assert.deepEqual(
            found,
            rows.filter((row) => row.id > id),
          );
        },
      ),
    );
  });

  test('from the beginning of time -> by id, not by 20 000 windows', async () => {
    const list = listOf([{ id: 5, timeMs: 1_790_000_000_000 }], 10, 86_400_000);
    assert.equal((await allTrades(list, { timeMs: 0 }, 1_795_000_000_000)).length, 1);
    assert.equal(list.calls, 1);
  });

  test('a venue that lists what was not asked for -> refused, not endless', async () => {
    const list = { ...listOf([], 1, 50), from: async () => [{ id: 3, timeMs: 1 }] };
    await assert.rejects(
      allTrades(list, { tradeId: '3' }, 10),
      (error) => error instanceof VenueError && error.code === 'answer-unreadable',
    );
  });
});
