import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { BOOK_EVENT } from './book-events.ts';
import { type BookOrder, MatchingBook } from './matching-book.ts';

const order = (
  fields: Partial<BookOrder> & Pick<BookOrder, 'id' | 'account' | 'side' | 'ticks' | 'lots'>,
): BookOrder => ({
  tif: 'gtc',
  postOnly: false,
  displayLots: 0,
  reserveTicks: 0,
  ...fields,
});

/** Asks of three accounts, some of them icebergs; ids from 1 on, in the order given. */
const asks = fc
  .array(
    fc.record({
      account: fc.nat(2),
      ticks: fc.integer({ min: 95, max: 105 }),
      lots: fc.integer({ min: 1, max: 20 }),
      displayLots: fc.constantFrom(0, 0, 3),
    }),
    { maxLength: 15 },
  )
  .map((list) => list.map((o, i) => order({ id: i + 1, side: -1, ...o })));

function bookOf(orders: readonly BookOrder[]): MatchingBook {
  const book = new MatchingBook();
  for (const o of orders) book.place(o);
  return book;
}

/** Price, lots and maker of every trade of the last command. */
function tradesOf({ events: e }: MatchingBook): { ticks: number; lots: number; maker: number }[] {
  return Array.from({ length: e.count }, (_, i) => i)
    .filter((i) => e.kind[i] === BOOK_EVENT.trade)
    .map((i) => ({ ticks: e.ticks[i]!, lots: e.lots[i]!, maker: e.order[i]! }));
}

describe('matching book: walk', () => {
  test('walk: any book, account, limit, lots -> what an order would really trade, own orders left out', () => {
    fc.assert(
      fc.property(
        asks,
        fc.nat(2),
        fc.oneof(fc.constant(0), fc.integer({ min: 94, max: 106 })),
        fc.integer({ min: 1, max: 100 }),
        (orders, account, ticks, lots) => {
          const walk = bookOf(orders).walk(1, account, ticks, lots, Number.MAX_SAFE_INTEGER);
          const book = bookOf(orders.filter((o) => o.account !== account));
          book.place(order({ id: 99, account, side: 1, ticks, lots, tif: 'ioc' }));
          const trades = tradesOf(book);
          assert.equal(
            walk.lots,
            trades.reduce((sum, t) => sum + t.lots, 0),
          );
          assert.equal(
            walk.tickLots,
            trades.reduce((sum, t) => sum + t.lots * t.ticks, 0),
          );
          assert.equal(walk.worstTicks, trades.at(-1)?.ticks ?? 0);
          if (walk.lots < lots) assert.equal(walk.emptied, true);
        },
      ),
    );
  });

  test('walk: any budget -> as many lots as it pays for and not one more', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 0, max: 12_000 }), (orders, budget) => {
        const book = bookOf(orders);
        const walk = book.walk(1, -1, 0, 1_000, budget);
        assert.ok(walk.tickLots <= budget);
        const one = book.walk(1, -1, 0, walk.lots + 1, Number.MAX_SAFE_INTEGER);
        if (walk.emptied) assert.equal(one.lots, walk.lots);
        else if (one.lots > walk.lots) assert.ok(one.tickLots > budget, 'the next lot is too dear');
        else
          assert.ok(budget - walk.tickLots < walk.worstTicks, 'it took the last lot and has nothing left for another');
      }),
    );
  });

  test('takeFromOthers: any book -> the same trades as in a book without own orders, which all stay', () => {
    fc.assert(
      fc.property(
        asks,
        fc.nat(2),
        fc.integer({ min: 94, max: 106 }),
        fc.integer({ min: 1, max: 100 }),
        (orders, account, ticks, lots) => {
          const taker = order({ id: 99, account, side: 1, ticks, lots });
          const book = bookOf(orders);
          const left = book.takeFromOthers(taker);
          const others = bookOf(orders.filter((o) => o.account !== account));
          others.place({ ...taker, tif: 'ioc' });
          assert.deepEqual(tradesOf(book), tradesOf(others));
          assert.equal(left, lots - tradesOf(book).reduce((sum, t) => sum + t.lots, 0));
          for (const o of orders) if (o.account === account) assert.equal(book.order(o.id)?.leftLots, o.lots);
          assert.equal(book.order(99), null, 'nothing rests');
        },
      ),
    );
  });

  test('lotsAt: an iceberg and a plain order at a price -> what is shown of both; elsewhere 0', () => {
    const book = bookOf([
      order({ id: 1, account: 0, side: -1, ticks: 100, lots: 10, displayLots: 3 }),
      order({ id: 2, account: 1, side: -1, ticks: 100, lots: 4 }),
    ]);
    assert.deepEqual([book.lotsAt(-1, 100), book.lotsAt(-1, 101), book.lotsAt(1, 100)], [7, 0, 0]);
  });
});
