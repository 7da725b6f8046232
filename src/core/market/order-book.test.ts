import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allocateBookFill, costToFill, depthOf, imbalanceOf, quantityForBudget } from './book-depth.ts';
import { allocateBookView, readBook } from './book-view.ts';
import { LadderSide } from './ladder-side.ts';
import { OrderBook, type OrderBookOptions } from './order-book.ts';
import { tickGrid, ticksOf } from './tick-grid.ts';

type Level = readonly [price: number, quantity: number];

/** The book as anyone would write it: a map a side, sorted when asked. */
class MapBook {
  readonly sides = new Map([
    [1, new Map<number, number>()],
    [-1, new Map<number, number>()],
  ]);
  set(side: number, price: number, quantity: number): void {
    if (quantity === 0) this.sides.get(side)!.delete(price);
    else this.sides.get(side)!.set(price, quantity);
  }
  levels(side: number): Level[] {
    return [...this.sides.get(side)!].sort(([a], [b]) => side * (b - a));
  }
}

/** Every level of a side by its cursor. */
function levelsOf(book: OrderBook, side: number): Level[] {
  const own = side > 0 ? book.bids : book.asks;
  const found: Level[] = [];
  for (let cursor = own.first(); cursor >= 0; cursor = own.after(cursor)) {
    found.push([own.priceAt(cursor), own.quantityAt(cursor)]);
  }
  return found;
}

function assertSame(book: OrderBook, twin: MapBook): void {
  for (const side of [1, -1]) {
    const expected = twin.levels(side);
    const own = side > 0 ? book.bids : book.asks;
    assert.deepEqual(levelsOf(book, side), expected);
    assert.equal(own.count, expected.length);
    assert.equal(own.bestPrice, expected[0]?.[0] ?? Number.NaN);
    assert.equal(own.bestQuantity, expected[0]?.[1] ?? 0);
  }
}

/** Ticks of an update: near a price that wanders, or anywhere. */
const places = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 990, max: 1_010 }) },
  { weight: 4, arbitrary: fc.integer({ min: 800, max: 1_200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 31, 32, 33, 63, 64, 65, 1_000, 0x3fff_ffff) },
);
const updates = fc.array(
  fc.record({
    side: fc.constantFrom(1, -1),
    ticks: places,
    quantity: fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.double({ min: 1e-8, max: 1e9, noNaN: true }) },
    ),
    drift: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -60, max: 60 })),
    /** Changes the level of this rank, where there is one, and not the one at `ticks`. */
    rank: fc.option(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 })), { freq: 1 }),
  }),
  { maxLength: 200, size: 'max' },
);

/** What every layout of a book must do. Prices are whole numbers of `step` units of 10^-scale. */
function bookContract(name: string, options: OrderBookOptions, step: number, scale: number): void {
  const create = (): OrderBook => new OrderBook(options);
  const price = (ticks: number): number => Number(`${ticks * step}e-${scale}`);
  const filled = (): OrderBook => {
    const book = create();
    for (const [ticks, quantity] of [
      [998, 4],
      [1_000, 1],
      [999, 2],
    ] as const)
      book.set(1, price(ticks), quantity);
    for (const [ticks, quantity] of [
      [1_004, 3],
      [1_002, 2],
      [1_003, 5],
    ] as const)
      book.set(-1, price(ticks), quantity);
    return book;
  };

  describe(`order book (${name})`, () => {
    test('empty: asked for everything -> no price, no quantity, not crossed', () => {
      const book = create();
      assert.deepEqual([book.bestBid, book.bestAsk, book.isCrossed], [Number.NaN, Number.NaN, false]);
      assert.deepEqual([book.bids.bestQuantity, book.bids.count, depthOf(book.asks, 5)], [0, 0, 0]);
      assert.equal(imbalanceOf(book, 5), Number.NaN);
      const fill = allocateBookFill();
      costToFill(book, 1, 1, fill);
      assert.deepEqual(fill, { quantity: 0, cost: 0, worstPrice: Number.NaN, levels: 0, isComplete: false });
      assert.ok(book.set(1, price(5), 0), 'removing an absent level is normal');
      assertSame(book, new MapBook());
    });

    test('view: more levels than room -> the best ones, best first, and the update they stand at', () => {
      const book = filled();
      book.updateId = 77;
      const view = allocateBookView(2);
      readBook(book, view);
      assert.deepEqual([...view.bids.price, ...view.bids.quantity], [price(1_000), price(999), 1, 2]);
      assert.deepEqual([...view.asks.price, ...view.asks.quantity], [price(1_002), price(1_003), 2, 5]);
      assert.deepEqual([view.bids.count, view.asks.count, view.updateId], [2, 2, 77]);
      book.clear();
      book.set(-1, price(7), 1);
      readBook(book, view);
      assert.deepEqual([view.bids.count, view.asks.count, view.asks.price[0]], [0, 1, price(7)]);
    });

    test('depth and imbalance: best levels -> sums and their ratio', () => {
      const book = filled();
      assert.deepEqual([depthOf(book.bids, 1), depthOf(book.bids, 2), depthOf(book.bids, 9)], [1, 3, 7]);
      assert.equal(imbalanceOf(book, 1), (1 - 2) / 3);
      assert.equal(imbalanceOf(book, 3), (7 - 10) / 17);
    });

    test('cost to fill: less, exactly and more than there is -> levels walked from the best', () => {
      const book = filled();
      const fill = allocateBookFill();
      costToFill(book, 1, 4, fill);
      const cost = price(1_002) * 2 + price(1_003) * 2;
      assert.deepEqual(fill, { quantity: 4, cost, worstPrice: price(1_003), levels: 2, isComplete: true });
      costToFill(book, -1, 3, fill);
      assert.deepEqual([fill.levels, fill.worstPrice, fill.isComplete], [2, price(999), true]);
      costToFill(book, -1, 7.5, fill);
      assert.deepEqual([fill.levels, fill.quantity, fill.isComplete], [3, 7, false]);
    });

    test('quantity for a budget: what costToFill said it costs -> the quantity it was asked for', () => {
      const book = filled();
      const cost = allocateBookFill();
      const back = allocateBookFill();
      for (const side of [1, -1]) {
        for (const quantity of [0.25, 1, 2, 4, 6.5]) {
          costToFill(book, side, quantity, cost);
          quantityForBudget(book, side, cost.cost, back);
          // Six roundings at most, each relative to sums that do not exceed the whole.
          assert.ok(Math.abs(back.quantity - quantity) <= 6 * Number.EPSILON * quantity, `${side} ${quantity}`);
          assert.ok(back.isComplete);
        }
      }
      quantityForBudget(book, 1, 1e12, back);
      assert.deepEqual([back.quantity, back.isComplete], [10, false]);
    });

    test('crossed: a bid at the best ask -> true, until it goes', () => {
      const book = filled();
      assert.equal(book.isCrossed, false);
      book.set(1, price(1_002), 1);
      assert.equal(book.isCrossed, true);
      book.set(1, price(1_002), 0);
      assert.equal(book.isCrossed, false);
    });

    test('numbers that are none: refused -> false, nothing changed', () => {
      const book = filled();
      const before = [levelsOf(book, 1), levelsOf(book, -1)];
      const bad: Level[] = [
        [0, 1],
        [-1, 1],
        [Number.NaN, 1],
        [Number.POSITIVE_INFINITY, 1],
        [price(1_000), -1],
        [price(1_000), Number.NaN],
        [price(1_000), Number.POSITIVE_INFINITY],
      ];
      for (const [p, q] of bad) assert.equal(book.set(1, p, q), false, `${p} ${q}`);
      assert.deepEqual([levelsOf(book, 1), levelsOf(book, -1)], before);
    });

    test('any updates: beside a map -> the same best price after each, the same levels in the end', () => {
      fc.assert(
        fc.property(updates, (list) => {
          const book = create();
          const twin = new MapBook();
          let center = 0;
          for (const { side, ticks, quantity, drift, rank } of list) {
            center += drift;
            const known = rank === null ? undefined : twin.levels(side)[rank];
            const at = known?.[0] ?? price(Math.min(0x3fff_ffff, Math.max(1, ticks + center)));
            assert.ok(book.set(side, at, quantity));
            twin.set(side, at, quantity);
            const own = side > 0 ? book.bids : book.asks;
            assert.equal(own.quantityOf(at), quantity);
            assert.equal(own.bestPrice, twin.levels(side)[0]?.[0] ?? Number.NaN);
          }
          assertSame(book, twin);
          book.clear();
          assertSame(book, new MapBook());
          book.set(1, price(3), 1);
          assert.deepEqual(levelsOf(book, 1), [[price(3), 1]]);
        }),
        { numRuns: 400 },
      );
    });
  });
}

bookContract('sorted columns', { tick: null }, 1, 2);
bookContract('ladder, window of 64 ticks', { tick: '0.01', windowTicks: 64 }, 1, 2);
bookContract('ladder, window of 1,024 ticks', { tick: '0.05', windowTicks: 1_024 }, 5, 2);
bookContract('ladder, tick that divides nothing', { tick: '0.3', windowTicks: 128 }, 3, 1);
bookContract('ladder, whole ticks', { tick: '25', windowTicks: 96 }, 25, 0);
bookContract('ladder, eight places', { tick: '0.00000001' }, 1, 8);
bookContract('ladder left for sorted columns', { tick: '0.3', windowTicks: 64 }, 1, 2);

describe('order book: ladder', () => {
  test('prices off the grid, as after a finer tick -> levels so far kept, book goes on', () => {
    const book = new OrderBook({ tick: '0.1', windowTicks: 64 });
    const twin = new MapBook();
    for (const [price, quantity] of [
      [100.1, 1],
      [100, 2],
      [50, 3],
      [100.05, 4],
      [100.15, 5],
      [100.1, 0],
    ] as const) {
      assert.ok(book.set(1, price, quantity));
      twin.set(1, price, quantity);
    }
    assertSame(book, twin);
    assert.ok(!(book.bids instanceof LadderSide));
    assert.ok(book.asks instanceof LadderSide, 'the other side stays');
  });

  test('more ticks than the grid counts -> sorted columns', () => {
    const book = new OrderBook({ tick: '0.00000001' });
    book.set(-1, 61_837.64, 1);
    book.set(-1, 61_837.63, 2);
    assert.deepEqual(levelsOf(book, -1), [
      [61_837.63, 2],
      [61_837.64, 1],
    ]);
  });

  test('grid: every tick of any step -> found from its price, half a tick beside it is not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0x3fff_ffff }),
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 0, max: 10 }),
        (ticks, step, scale) => {
          const grid = tickGrid(decimalText(String(step), scale));
          assert.equal(ticksOf(grid, Number(`${ticks * step}e-${scale}`)), ticks);
          assert.equal(ticksOf(grid, Number(`${(ticks + 0.5) * step}e-${scale}`)), -1);
        },
      ),
    );
    assert.throws(() => tickGrid('0'), /tick above 0, found 0/);
  });

  test('window that is no multiple of 32 -> refused with what is expected', () => {
    for (const windowTicks of [0, 32, 100, Number.NaN]) {
      assert.throws(() => new OrderBook({ tick: '1', windowTicks }), /multiple of 32 ticks, at least 64, found/);
    }
  });
});

/** Digits with the point moved `places` to the left. */
function decimalText(digits: string, places: number): string {
  const padded = digits.padStart(places + 1, '0');
  return places === 0 ? digits : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}
