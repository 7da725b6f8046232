import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BookSide } from './book-side.ts';
import { DepthMessage } from './depth-message.ts';
import { BINANCE_SPOT_DEPTH, BINANCE_USDM_DEPTH, type DepthRules, MEXC_SPOT_DEPTH, OKX_DEPTH } from './depth-rules.ts';
import { DepthSync } from './depth-sync.ts';
import { OrderBook } from './order-book.ts';

type Level = readonly [side: number, price: number, quantity: number];

function messageOf(firstId: number, finalId: number, previousId: number, levels: readonly Level[] = []): DepthMessage {
  const message = new DepthMessage(1);
  message.begin(firstId, finalId, previousId);
  for (const [side, price, quantity] of levels) message.add(side, price, quantity);
  return message;
}

const SNAPSHOT: readonly Level[] = [
  [1, 99, 1],
  [1, 98, 2],
  [-1, 101, 1],
  [-1, 102, 2],
];
const snapshotAt = (id: number): DepthMessage => messageOf(id, id, -1, SNAPSHOT);

function syncWith(rules: DepthRules, bufferLimit?: number): DepthSync {
  return new DepthSync(new OrderBook({ tick: null }), rules, bufferLimit === undefined ? {} : { bufferLimit });
}

/** A stream under a venue's rules that is in step at change 100. */
function syncedAt100(rules: DepthRules): DepthSync {
  const sync = syncWith(rules);
  assert.equal(sync.snapshot(snapshotAt(100)), 'applied');
  return sync;
}

/** Updates as [firstId, finalId, previousId] after a snapshot at 100, and what becomes of each. */
const CASES: readonly {
  readonly venue: string;
  readonly rules: DepthRules;
  readonly name: string;
  readonly updates: readonly (readonly [number, number, number, string])[];
}[] = [
  {
    venue: 'binance spot',
    rules: BINANCE_SPOT_DEPTH,
    name: 'one known, one that straddles, the next, one again, one missing',
    updates: [
      [95, 100, -1, 'stale'],
      [99, 101, -1, 'applied'],
      [102, 110, -1, 'applied'],
      [102, 110, -1, 'stale'],
      [112, 113, -1, 'gap'],
      [114, 115, -1, 'buffered'],
    ],
  },
  { venue: 'binance spot', rules: BINANCE_SPOT_DEPTH, name: 'first two ahead', updates: [[102, 103, -1, 'gap']] },
  {
    venue: 'binance usdm',
    rules: BINANCE_USDM_DEPTH,
    name: 'first that holds the number, then by pu although numbers jump',
    updates: [
      [80, 99, 70, 'stale'],
      [95, 105, 70, 'applied'],
      [140, 150, 105, 'applied'],
      [120, 140, 105, 'stale'],
      [151, 160, 149, 'gap'],
    ],
  },
  {
    venue: 'binance usdm',
    rules: BINANCE_USDM_DEPTH,
    name: 'first ends at the number',
    updates: [
      [90, 100, 80, 'applied'],
      [130, 140, 100, 'applied'],
    ],
  },
  {
    venue: 'binance usdm',
    rules: BINANCE_USDM_DEPTH,
    name: 'first begins after the number, the one before it did not',
    updates: [[110, 120, 100, 'applied']],
  },
  {
    venue: 'binance usdm',
    rules: BINANCE_USDM_DEPTH,
    name: 'first begins after the number, and so did the one before it',
    updates: [[102, 120, 101, 'gap']],
  },
  {
    venue: 'mexc',
    rules: MEXC_SPOT_DEPTH,
    name: 'only the first may overlap',
    updates: [
      [90, 100, -1, 'stale'],
      [99, 102, -1, 'applied'],
      [103, 104, -1, 'applied'],
      [101, 103, -1, 'stale'],
      [104, 106, -1, 'gap'],
    ],
  },
  {
    venue: 'okx',
    rules: OKX_DEPTH,
    name: 'by prevSeqId, nothing happened, counting begins anew, one missing',
    updates: [
      [101, 101, 100, 'applied'],
      [101, 101, 101, 'applied'],
      [7, 7, 101, 'applied'],
      [9, 9, 7, 'applied'],
      [11, 11, 10, 'gap'],
      [12, 12, 11, 'stale'],
    ],
  },
];

describe('depth sync: sequence rules', () => {
  for (const { venue, rules, name, updates } of CASES) {
    test(`${venue}: ${name} -> ${updates.map((u) => u[3]).join(', ')}`, () => {
      const sync = syncedAt100(rules);
      assert.deepEqual(
        updates.map(([first, final, previous]) => sync.update(messageOf(first, final, previous))),
        updates.map((u) => u[3]),
      );
    });
  }
});

describe('depth sync: one step at a time', () => {
  test('start: nothing known -> a snapshot wanted, updates kept, then applied in order', () => {
    const sync = syncWith(BINANCE_SPOT_DEPTH);
    assert.deepEqual([sync.state, sync.snapshotWanted], ['syncing', true]);
    assert.equal(sync.update(messageOf(95, 100, -1, [[1, 90, 9]])), 'buffered');
    const reused = messageOf(101, 102, -1, [[1, 99, 0]]);
    assert.equal(sync.update(reused), 'buffered');
    reused.begin(103, 103);
    reused.add(1, 100, 5);
    assert.equal(sync.update(reused), 'buffered');
    assert.equal(sync.snapshot(snapshotAt(100)), 'applied');
    assert.deepEqual([sync.state, sync.snapshotWanted, sync.book.updateId, sync.buffered], ['synced', false, 103, 0]);
    assert.deepEqual([sync.book.bestBid, sync.book.bids.count, sync.staleUpdates], [100, 2, 1]);
  });

  test('snapshot older than the updates kept -> early, and the same updates serve the next', () => {
    const sync = syncWith(BINANCE_SPOT_DEPTH);
    sync.update(messageOf(105, 106, -1, [[1, 99, 7]]));
    assert.equal(sync.snapshot(snapshotAt(100)), 'early');
    assert.deepEqual([sync.snapshotWanted, sync.book.bids.count, sync.buffered, sync.failures], [true, 0, 1, 1]);
    assert.equal(sync.snapshot(snapshotAt(104)), 'applied');
    assert.deepEqual([sync.book.updateId, sync.book.bids.bestQuantity], [106, 7]);
  });

  test('gap: found -> book empty, what was left out said, the update behind the gap kept', () => {
    const sync = syncedAt100(BINANCE_SPOT_DEPTH);
    assert.equal(sync.update(messageOf(105, 106, -1, [[1, 99, 7]])), 'gap');
    assert.deepEqual([sync.gapAfterId, sync.gapBeforeId, sync.resyncs, sync.buffered], [100, 105, 1, 1]);
    assert.equal(sync.book.bestBid, Number.NaN);
    assert.equal(sync.snapshot(snapshotAt(105)), 'applied');
    assert.deepEqual([sync.book.updateId, sync.book.bids.bestQuantity], [106, 7]);
  });

  test('crossed: by an update, by a snapshot, by an update kept -> given up each time, a snapshot wanted', () => {
    const sync = syncedAt100(BINANCE_SPOT_DEPTH);
    assert.equal(sync.update(messageOf(101, 101, -1, [[1, 101, 1]])), 'crossed');
    assert.deepEqual([sync.state, sync.book.bids.count, sync.resyncs, sync.failures], ['syncing', 0, 1, 1]);
    assert.equal(sync.snapshot(messageOf(102, 102, -1, [...SNAPSHOT, [-1, 99, 1]])), 'crossed');
    sync.update(messageOf(103, 103, -1, [[-1, 98, 1]]));
    assert.equal(sync.snapshot(snapshotAt(102)), 'crossed');
    assert.deepEqual([sync.snapshotWanted, sync.failures, sync.resyncs, sync.buffered], [true, 3, 1, 0]);
  });

  test('crossed only between two levels of one update -> applied', () => {
    const sync = syncedAt100(BINANCE_SPOT_DEPTH);
    const through: Level[] = [
      [1, 103, 1],
      [-1, 101, 0],
      [-1, 102, 0],
      [-1, 104, 1],
    ];
    assert.equal(sync.update(messageOf(101, 101, -1, through)), 'applied');
    assert.deepEqual([sync.book.bestBid, sync.book.bestAsk], [103, 104]);
  });

  test('numbers or levels that are none -> malformed, a snapshot wanted', () => {
    const broken = [
      messageOf(Number.NaN, 101, -1),
      messageOf(101, 101.5, -1),
      messageOf(102, 101, -1),
      messageOf(101, 101, -1, [[1, -1, 1]]),
      messageOf(101, 101, -1, [[1, 99, Number.NaN]]),
    ];
    for (const message of broken) {
      const sync = syncedAt100(BINANCE_SPOT_DEPTH);
      assert.equal(sync.update(message), 'malformed');
      assert.deepEqual([sync.snapshotWanted, sync.book.asks.count], [true, 0]);
    }
    const sync = syncWith(BINANCE_SPOT_DEPTH);
    assert.equal(sync.snapshot(messageOf(1, 1, -1, [[1, 0, 1]])), 'malformed');
    assert.equal(sync.snapshot(messageOf(Number.NaN, Number.NaN, -1)), 'malformed');
  });

  test('buffer full -> the oldest go, and a snapshot before the rest is early', () => {
    const sync = syncWith(BINANCE_SPOT_DEPTH, 3);
    for (let id = 101; id <= 105; id++) sync.update(messageOf(id, id, -1, [[1, 50, id]]));
    assert.deepEqual([sync.buffered, sync.overflowed], [3, 2]);
    assert.equal(sync.snapshot(snapshotAt(101)), 'early');
    assert.equal(sync.snapshot(snapshotAt(102)), 'applied');
    assert.deepEqual([sync.book.updateId, sync.book.bids.quantityOf(50)], [105, 105]);
    assert.throws(() => syncWith(BINANCE_SPOT_DEPTH, 0), /at least one update, found 0/);
  });

  test('snapshot while in step: an older one -> stale; a newer one -> replaces the book', () => {
    const sync = syncedAt100(BINANCE_SPOT_DEPTH);
    sync.update(messageOf(101, 101, -1, [[1, 97, 5]]));
    assert.equal(sync.snapshot(snapshotAt(100)), 'stale');
    assert.equal(sync.book.bids.quantityOf(97), 5);
    assert.equal(sync.snapshot(snapshotAt(110)), 'applied');
    assert.deepEqual([sync.book.bids.quantityOf(97), sync.book.updateId, sync.resyncs], [0, 110, 0]);

    const byPrevious = syncedAt100(BINANCE_USDM_DEPTH);
    assert.equal(byPrevious.update(messageOf(95, 104, 90)), 'applied');
    assert.equal(byPrevious.snapshot(snapshotAt(110)), 'applied');
    assert.equal(byPrevious.update(messageOf(106, 115, 104)), 'applied', 'by the rule of a first update');
  });

  test('snapshot by the stream: updates before it -> dropped; one that counts lower -> begins anew', () => {
    const sync = syncWith(OKX_DEPTH);
    assert.equal(sync.update(messageOf(99, 99, 98)), 'stale');
    assert.equal(sync.snapshot(snapshotAt(100)), 'applied');
    assert.equal(sync.snapshot(snapshotAt(5)), 'applied');
    assert.equal(sync.update(messageOf(6, 6, 5)), 'applied');
  });

  test('reset: connection lost -> book empty, buffer forgotten, snapshot wanted', () => {
    const sync = syncedAt100(BINANCE_SPOT_DEPTH);
    sync.reset();
    sync.update(messageOf(90, 95, -1));
    sync.reset();
    assert.deepEqual([sync.snapshotWanted, sync.buffered, sync.book.bids.count, sync.resyncs], [true, 0, 0, 1]);
  });

  test('failures: books that last a moment only -> they add up; a hundred updates followed -> none', () => {
    const sync = syncWith(BINANCE_SPOT_DEPTH);
    let id = 100;
    for (let k = 1; k <= 5; k++) {
      sync.snapshot(snapshotAt(id));
      sync.update(messageOf(id + 1, id + 1, -1));
      assert.equal(sync.update(messageOf(id + 2, id + 2, -1, [[1, 101, 1]])), 'crossed');
      assert.equal(sync.failures, k);
      id += 10;
    }
    sync.snapshot(snapshotAt(id));
    for (let k = 0; k < 99; k++) sync.update(messageOf(++id, id, -1));
    sync.snapshot(snapshotAt(++id + 1));
    assert.equal(sync.update(messageOf(id + 9, id + 9, -1)), 'gap');
    id += 9;
    sync.snapshot(snapshotAt(id));
    for (let k = 0; k < 99; k++) sync.update(messageOf(++id, id, -1));
    assert.equal(sync.failures, 6, 'each book has to be followed from its beginning');
    sync.update(messageOf(++id, id, -1));
    assert.equal(sync.failures, 0);
  });
});

/** A venue whose every change is known, its stream cut into updates under the rules of each kind. */
const VENUES = [
  { rules: BINANCE_SPOT_DEPTH, stride: 1 },
  { rules: MEXC_SPOT_DEPTH, stride: 1 },
  { rules: BINANCE_USDM_DEPTH, stride: 7 },
] as const;

describe('depth sync: any stream', () => {
  const change = fc.tuple(fc.constantFrom(1, -1), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 }));
  const step = fc.record({
    changes: fc.array(change, { minLength: 1, maxLength: 4 }),
    fault: fc.oneof(
      { weight: 10, arbitrary: fc.constant('none') },
      { weight: 2, arbitrary: fc.constantFrom('lost', 'doubled', 'late') },
    ),
    /** A snapshot that was taken so many updates ago arrives behind this one. */
    snapshotAge: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 3 }),
  });

  for (const { rules, stride } of VENUES) {
    const name = rules === BINANCE_USDM_DEPTH ? 'by previous number' : rules === MEXC_SPOT_DEPTH ? 'strict' : 'ranges';
    test(`${name}: updates lost, doubled, late, snapshots of any age -> in step only with the venue's own book`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const sync = syncWith(rules, 8);
          const books = [messageOf(1_000, 1_000, -1, SNAPSHOT)];
          const updates: DepthMessage[] = [];
          const venue = new Map(SNAPSHOT.map(([side, price, quantity]) => [`${side} ${price}`, quantity]));
          let lastId = 1_000;
          let held: DepthMessage | null = null;
          const deliver = (message: DepthMessage): void => void sync.update(message);
          for (const { changes, fault, snapshotAge } of steps) {
            const levels = changes.map(([side, away, quantity]): Level => [side, 100 - side * (1 + away), quantity]);
            for (const [side, price, quantity] of levels) venue.set(`${side} ${price}`, quantity);
            const firstId = lastId + stride;
            const update = messageOf(firstId, firstId + levels.length - 1, stride > 1 ? lastId : -1, levels);
            lastId = update.finalId;
            updates.push(update);
            books.push(
              messageOf(
                lastId,
                lastId,
                -1,
                [...venue].map(([key, quantity]): Level => {
                  const parts = key.split(' ').map(Number);
                  return [parts[0]!, parts[1]!, quantity];
                }),
              ),
            );
            if (fault === 'late') held = update;
            else if (fault !== 'lost') deliver(update);
            if (fault === 'doubled') deliver(update);
            if (fault !== 'late' && held !== null) {
              deliver(held);
              held = null;
            }
            if (snapshotAge !== null && sync.snapshotWanted) {
              sync.snapshot(books[Math.max(0, books.length - 1 - snapshotAge)]!);
            }
            if (sync.state !== 'synced') {
              assert.equal(sync.book.bids.count + sync.book.asks.count, 0);
              continue;
            }
            const truth = books.find((book) => book.finalId === sync.book.updateId);
            assert.ok(truth, `no book of the venue stands at ${sync.book.updateId}`);
            for (let i = 0; i < truth.count; i++) {
              const own: BookSide = truth.side[i]! > 0 ? sync.book.bids : sync.book.asks;
              assert.equal(own.quantityOf(truth.price[i]!), truth.quantity[i]);
            }
            const present = truth.quantity.subarray(0, truth.count).filter((quantity) => quantity > 0).length;
            assert.equal(sync.book.bids.count + sync.book.asks.count, present);
            assert.equal(sync.book.isCrossed, false);
          }
        }),
        { numRuns: 400 },
      );
    });
  }
});
