import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { BOOK_EVENT, BOOK_EVENTS } from './book-events.ts';
import { type BookOrder, MatchingBook, SELF_TRADE_MODES, type SelfTradeMode } from './matching-book.ts';
import { VENUE_REFUSAL, VENUE_REFUSALS } from './venue-refusal.ts';

type Event = readonly [
  kind: string,
  order: number,
  other: number,
  ticks: number,
  lots: number,
  left: number,
  otherLeft: number,
];
type Rest = BookOrder & { left: number; shown: number; time: number };

/** The book as one would write it down first: a list, sorted again for every trade. */
class NaiveBook {
  orders: Rest[] = [];
  events: Event[] = [];
  #clock = 0;
  readonly #mode: SelfTradeMode;

  constructor(mode: SelfTradeMode) {
    this.#mode = mode;
  }

  place(order: BookOrder): string {
    this.events = [];
    if (this.orders.some((o) => o.id === order.id)) return 'duplicate-order';
    if (order.lots <= 0) return 'invalid-size';
    if (order.side > 0 && order.reserveTicks > 0 && order.ticks > order.reserveTicks) return 'price-above-reserve';
    if (order.postOnly && this.#reachable(order).length > 0) return 'post-only-would-cross';
    if (order.tif === 'fok') {
      const trial = new NaiveBook(this.#mode);
      trial.orders = this.orders.map((o) => ({ ...o }));
      trial.#clock = this.#clock;
      trial.place({ ...order, tif: 'ioc' });
      const traded = trial.events.filter((e) => e[0] === 'trade').reduce((sum, e) => sum + e[4], 0);
      if (traded < order.lots) return 'fill-or-kill-not-fillable';
    }
    const rest: Rest = { ...order, left: order.lots, shown: 0, time: 0 };
    this.#match(rest);
    if (rest.left > 0) {
      if (order.ticks === 0 || order.tif === 'ioc') this.#event('canceled', rest, -1, rest.left, 0);
      else this.#queue(rest);
    }
    return 'accepted';
  }

  cancel(id: number): string {
    this.events = [];
    const order = this.orders.find((o) => o.id === id);
    if (!order) return 'unknown-order';
    this.#drop(order);
    return 'accepted';
  }

  reduce(id: number, lots: number): string {
    this.events = [];
    const order = this.orders.find((o) => o.id === id);
    if (!order) return 'unknown-order';
    this.#shrink(order, lots);
    return 'accepted';
  }

  amend(id: number, ticks: number, lots: number, requeue: boolean): string {
    this.events = [];
    const order = this.orders.find((o) => o.id === id);
    if (!order) return 'unknown-order';
    if (order.side > 0 && order.reserveTicks > 0 && ticks > order.reserveTicks) return 'price-above-reserve';
    if (!requeue && ticks === order.ticks && lots <= order.left) {
      if (lots < order.left) this.#shrink(order, order.left - lots);
      return 'accepted';
    }
    if (order.postOnly && this.#reachable({ ...order, ticks }).length > 0) return 'post-only-would-cross';
    this.orders = this.orders.filter((o) => o !== order);
    order.ticks = ticks;
    order.left = lots;
    delete order.selfTrade;
    this.#match(order);
    if (order.left > 0) this.#queue(order);
    return 'accepted';
  }

  levels(side: number): { ticks: number; lots: number }[] {
    const prices = [...new Set(this.orders.filter((o) => o.side === side).map((o) => o.ticks))];
    prices.sort((a, b) => side * (b - a));
    return prices.map((ticks) => ({
      ticks,
      lots: this.orders.filter((o) => o.side === side && o.ticks === ticks).reduce((sum, o) => sum + o.shown, 0),
    }));
  }

  #reachable(taker: BookOrder): Rest[] {
    return this.orders
      .filter((o) => o.side === -taker.side && (taker.ticks === 0 || taker.side * o.ticks <= taker.side * taker.ticks))
      .sort((a, b) => taker.side * (a.ticks - b.ticks) || a.time - b.time);
  }

  #match(taker: Rest): void {
    while (taker.left > 0) {
      const maker = this.#reachable(taker)[0];
      if (!maker) return;
      const mode = taker.selfTrade ?? this.#mode;
      if (mode !== 'none' && maker.account === taker.account) {
        this.#prevent(taker, maker, mode);
        continue;
      }
      const lots = Math.min(taker.left, maker.shown);
      taker.left -= lots;
      maker.left -= lots;
      maker.shown -= lots;
      this.events.push(['trade', maker.id, taker.id, maker.ticks, lots, maker.left, taker.left]);
      if (maker.left === 0) this.orders = this.orders.filter((o) => o !== maker);
      else if (maker.shown === 0) this.#queue(maker);
    }
  }

  #prevent(taker: Rest, maker: Rest, mode: SelfTradeMode): void {
    const lots = Math.min(taker.left, maker.left);
    const ofBoth: Readonly<Record<SelfTradeMode, readonly [number, number]>> = {
      none: [0, 0],
      'cancel-newest': [0, taker.left],
      'cancel-oldest': [maker.left, 0],
      'cancel-both': [maker.left, taker.left],
      decrement: [lots, lots],
    };
    this.events.push(['prevented', maker.id, taker.id, maker.ticks, lots, ...ofBoth[mode]]);
    if (mode === 'cancel-oldest' || mode === 'cancel-both') this.#drop(maker);
    if (mode === 'decrement') this.#shrink(maker, lots);
    if (mode === 'cancel-oldest') return;
    if (mode === 'decrement' && lots < taker.left) {
      taker.left -= lots;
      this.#event('decremented', taker, -1, lots, taker.left);
      return;
    }
    this.#event('canceled', taker, -1, taker.left, 0);
    taker.left = 0;
  }

  #queue(order: Rest): void {
    order.shown = order.displayLots > 0 ? Math.min(order.left, order.displayLots) : order.left;
    order.time = ++this.#clock;
    if (!this.orders.includes(order)) this.orders.push(order);
  }

  #shrink(order: Rest, lots: number): void {
    if (lots >= order.left) {
      this.#drop(order);
      return;
    }
    order.left -= lots;
    order.shown = Math.min(order.shown, order.left);
    this.#event('decremented', order, -1, lots, order.left);
  }

  #drop(order: Rest): void {
    this.#event('canceled', order, -1, order.left, 0);
    this.orders = this.orders.filter((o) => o !== order);
  }

  #event(kind: string, order: BookOrder, other: number, lots: number, left: number): void {
    this.events.push([kind, order.id, other, order.ticks, lots, left, 0]);
  }
}

function eventsOf(book: MatchingBook): Event[] {
  const { events: e } = book;
  return Array.from({ length: e.count }, (_, i) => [
    BOOK_EVENTS[e.kind[i]!]!,
    e.order[i]!,
    e.other[i]!,
    e.ticks[i]!,
    e.lots[i]!,
    e.orderLeft[i]!,
    e.otherLeft[i]!,
  ]);
}

const limit = (id: number, account: number, side: number, ticks: number, lots: number): BookOrder => ({
  id,
  account,
  side,
  ticks,
  lots,
  tif: 'gtc',
  postOnly: false,
  displayLots: 0,
  reserveTicks: 0,
});

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      account: fc.integer({ min: 0, max: 2 }),
      side: fc.constantFrom(1, -1),
      ticks: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 95, max: 105 }) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      lots: fc.integer({ min: 1, max: 20 }),
      tif: fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const, 'fok' as const),
      postOnly: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      displayLots: fc.constantFrom(0, 0, 0, 1, 3),
      reserveTicks: fc.constantFrom(0, 0, 104),
      // Mostly the book's own mode. A resting order forgets its mode, so that a moved one acts by the book's.
      selfTrade: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(...SELF_TRADE_MODES) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reduce' as const),
      pick: fc.nat(),
      lots: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('amend' as const),
      pick: fc.nat(),
      // Null keeps what the order has.
      ticks: fc.option(fc.integer({ min: 95, max: 105 })),
      lots: fc.option(fc.integer({ min: 1, max: 20 })),
      requeue: fc.boolean(),
    }),
  },
);

describe('matching book', () => {
  for (const mode of SELF_TRADE_MODES) {
    test(`matching book: random commands under ${mode} -> the same answers, events and levels as the naive book`, () => {
      fc.assert(
        fc.property(fc.array(command, { maxLength: 120, size: 'max' }), (commands) => {
          let book = new MatchingBook(mode);
          const naive = new NaiveBook(mode);
          for (const [id, c] of commands.entries()) {
            // Mostly an order that exists, at times one that does not.
            const ids = [...naive.orders.map((o) => o.id), id];
            const target = 'pick' in c ? ids[c.pick % ids.length]! : id;
            const resting = naive.orders.find((o) => o.id === target);
            let answers: [number, string];
            if (c.kind === 'place') {
              const { kind: _kind, selfTrade, ...placed } = c;
              const order = { id, ...placed, ...(selfTrade === undefined ? {} : { selfTrade }) };
              answers = [book.place(order), naive.place(order)];
            } else if (c.kind === 'cancel') answers = [book.cancel(target), naive.cancel(target)];
            else if (c.kind === 'reduce') answers = [book.reduce(target, c.lots), naive.reduce(target, c.lots)];
            else {
              const ticks = c.ticks ?? resting?.ticks ?? 100;
              const lots = c.lots ?? resting?.left ?? 1;
              answers = [book.amend(target, ticks, lots, c.requeue), naive.amend(target, ticks, lots, c.requeue)];
            }
            assert.equal(VENUE_REFUSALS[answers[0]], answers[1]);
            assert.deepEqual(eventsOf(book), naive.events);
            assert.deepEqual(book.levels(1), naive.levels(1));
            assert.deepEqual(book.levels(-1), naive.levels(-1));
            const bid = book.bestTicks(1);
            const ask = book.bestTicks(-1);
            assert.ok(bid === 0 || ask === 0 || bid < ask, 'never crossed');
            if (id % 16 === 15) {
              const copy = new MatchingBook(mode);
              copy.restore(JSON.parse(JSON.stringify(book.snapshot())));
              assert.deepEqual(copy.snapshot(), book.snapshot());
              book = copy;
            }
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  test('matching book: own orders and others at a price, taken from outside the account -> own ones are passed over and stay', () => {
    const book = new MatchingBook();
    book.place(limit(1, 0, -1, 100, 5));
    book.place(limit(2, 1, -1, 101, 3));
    book.place(limit(3, 0, -1, 101, 4));
    book.place(limit(4, 2, -1, 102, 9));
    assert.equal(book.takeFromOthers(limit(5, 0, 1, 101, 10)), 7);
    assert.deepEqual(eventsOf(book), [['trade', 2, 5, 101, 3, 0, 7]]);
    assert.deepEqual(book.levels(-1), [
      { ticks: 100, lots: 5 },
      { ticks: 101, lots: 4 },
      { ticks: 102, lots: 9 },
    ]);
  });

  test('matching book: two asks at a price, the first made larger -> the second trades first', () => {
    const book = new MatchingBook();
    book.place(limit(1, 0, -1, 100, 5));
    book.place(limit(2, 1, -1, 100, 5));
    book.amend(1, 100, 6);
    book.place(limit(3, 2, 1, 100, 5));
    assert.deepEqual(eventsOf(book), [['trade', 2, 3, 100, 5, 0, 0]]);
  });

  test('matching book: two asks at a price, the first made smaller -> it keeps its place', () => {
    const book = new MatchingBook();
    book.place(limit(1, 0, -1, 100, 5));
    book.place(limit(2, 1, -1, 100, 5));
    book.amend(1, 100, 4);
    book.place(limit(3, 2, 1, 100, 5));
    assert.deepEqual(eventsOf(book), [
      ['trade', 1, 3, 100, 4, 0, 1],
      ['trade', 2, 3, 100, 1, 4, 0],
    ]);
  });

  test('matching book: an iceberg of 10 showing 3 -> each new tip queues behind the others', () => {
    const book = new MatchingBook();
    book.place({ ...limit(1, 0, -1, 100, 10), displayLots: 3 });
    book.place(limit(2, 1, -1, 100, 4));
    assert.deepEqual(book.levels(-1), [{ ticks: 100, lots: 7 }]);
    book.place(limit(3, 2, 1, 100, 9));
    assert.deepEqual(eventsOf(book), [
      ['trade', 1, 3, 100, 3, 7, 6],
      ['trade', 2, 3, 100, 4, 0, 2],
      ['trade', 1, 3, 100, 2, 5, 0],
    ]);
    assert.deepEqual(book.levels(-1), [{ ticks: 100, lots: 1 }]);
  });

  test('matching book: fill-or-kill for more than there is -> refused and nothing changed', () => {
    const book = new MatchingBook();
    book.place(limit(1, 0, -1, 100, 5));
    book.place(limit(2, 0, -1, 102, 5));
    const before = book.snapshot();
    const refusal = book.place({ ...limit(3, 1, 1, 101, 6), tif: 'fok' });
    assert.equal(refusal, VENUE_REFUSAL['fill-or-kill-not-fillable']);
    assert.deepEqual(book.snapshot(), before);
    assert.equal(book.place({ ...limit(3, 1, 1, 102, 6), tif: 'fok' }), VENUE_REFUSAL.accepted);
    assert.equal(book.events.kind[1], BOOK_EVENT.trade);
  });

  test('matching book: more levels and orders than it was made for -> it grows', () => {
    const book = new MatchingBook();
    for (let i = 0; i < 1000; i++)
      book.place(limit(i, 0, i % 2 === 0 ? 1 : -1, i % 2 === 0 ? 1000 - i : 1001 + i, 1 + i));
    assert.equal(book.levels(1).length, 500);
    assert.deepEqual(book.levels(-1, 2), [
      { ticks: 1002, lots: 2 },
      { ticks: 1004, lots: 4 },
    ]);
    for (let i = 0; i < 1000; i++) assert.equal(book.cancel(i), VENUE_REFUSAL.accepted);
    assert.deepEqual(book.snapshot(), []);
  });
});
