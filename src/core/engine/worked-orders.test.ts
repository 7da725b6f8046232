import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, HOUR_MS, PERPETUAL, type Played, type Prices, play, START_MS } from '../../../test/scenario.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { BINANCE_SPOT, BINANCE_USDM, PLAIN, SIMULATED } from '../execution/capabilities.ts';
import type { OrderRef } from '../strategy/define-strategy.ts';

const why = 'test';
const flat = (count: number, price = 100): Prices[] =>
  Array.from({ length: count }, () => [price, price + 1, price - 1, price]);

function typesOf(played: Played): string[] {
  return played.events.map((e) => e.type);
}

describe('twap', () => {
  test('10 lots in 4 slices an hour apart -> 2, 2, 2 and the remainder, one a bar, all of one intent', () => {
    let ref: OrderRef | undefined;
    const seen: string[] = [];
    const note = (): void => {
      seen.push(`${ref!.status} ${ref!.filledQty}/${ref!.qty}`);
    };
    const played = play({
      bars: flat(8),
      strategies: [
        {
          0: (c) => {
            ref = c.buy({ size: { qty: 10 }, work: { twap: { slices: 4, everyMs: HOUR_MS } }, why });
          },
          1: note,
          3: note,
          5: note,
        },
      ],
    });
    assert.deepEqual(played.fills, [
      'entry buy 2 @ 100 1:00 taker',
      'entry buy 2 @ 100 2:00 taker',
      'entry buy 2 @ 100 3:00 taker',
      'entry buy 4 @ 100 4:00 taker',
    ]);
    assert.deepEqual(seen, ['held 2/10', 'held 6/10', 'filled 10/10']);
    const placed = played.events.filter((e) => e.type === 'order-placed');
    assert.deepEqual([...new Set(placed.map((e) => e.intent))], [0]);
    assert.deepEqual(
      placed.slice(1).map((e) => e.causedBy),
      placed.slice(1).map(() => ({ event: placed[0]!.seq })),
    );
    const done = played.events.find((e) => e.type === 'order-completed');
    assert.deepEqual(
      [done?.type === 'order-completed' && done.filledQuantity, done?.causedBy],
      ['10', { event: placed[0]!.seq }],
    );
  });

  test('a gap in the data -> the slices that it swallowed leave one an instant', () => {
    const bars = flat(8);
    const played = play({
      bars,
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 9 }, work: { twap: { slices: 3, everyMs: HOUR_MS / 4 } }, why }) },
      ],
    });
    assert.deepEqual(played.fills, [
      'entry buy 3 @ 100 1:00 taker',
      'entry buy 3 @ 100 2:00 taker',
      'entry buy 3 @ 100 3:00 taker',
    ]);
  });

  test('canceled half way -> no more slices, the open one is canceled, the parent says how much filled', () => {
    let ref: OrderRef | undefined;
    const played = play({
      bars: flat(8),
      strategies: [
        {
          0: (c) => {
            ref = c.buy({ size: { qty: 8 }, work: { twap: { slices: 4, everyMs: HOUR_MS } }, why });
          },
          2: () => ref!.cancel('enough'),
        },
      ],
    });
    assert.deepEqual(played.orders, ['entry: canceled', 'entry: filled', 'entry: filled', 'entry: canceled']);
    assert.deepEqual([ref!.status, ref!.filledQty, ref!.isOpen], ['canceled', 4, false]);
    const canceled = played.events.filter((e) => e.type === 'order-canceled');
    assert.deepEqual(
      canceled.map((e) => e.filledQuantity),
      ['0', '4'],
    );
  });

  test('the data end in the middle -> stopping the strategy ends the parent', () => {
    const played = play({
      bars: flat(3),
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 8 }, work: { twap: { slices: 4, everyMs: HOUR_MS } }, why }) },
      ],
    });
    assert.equal(played.orders[0], 'entry: canceled');
    assert.equal(played.fills.length, 2);
  });

  test('slices below the least size -> refused as a whole, nothing placed', () => {
    const played = play({
      bars: flat(4),
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 3 }, work: { twap: { slices: 4, everyMs: HOUR_MS } }, why }) },
      ],
    });
    const refused = played.events.find((e) => e.type === 'order-refused');
    assert.deepEqual([refused?.type === 'order-refused' && refused.code, played.orders], ['size-below-minimum', []]);
  });

  test('risk: the whole would exceed a limit that each slice keeps -> refused', () => {
    const played = play({
      bars: flat(8),
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 60 }, work: { twap: { slices: 4, everyMs: HOUR_MS } }, why }) },
      ],
      limits: { positionPct: 50 },
    });
    assert.deepEqual(played.orders, []);
    assert.equal(played.backtest.engine.desk.refusals.length, 1);
  });

  test('with a stop -> every slice brings a leg of its own, and all of them protect the whole', () => {
    const played = play({
      bars: [...flat(4), [100, 100, 80, 85], ...flat(2, 85)],
      strategies: [
        {
          0: (c) =>
            void c.buy({ size: { qty: 4 }, stop: { pct: 0.1 }, work: { twap: { slices: 2, everyMs: HOUR_MS } }, why }),
        },
      ],
    });
    assert.deepEqual(played.fills.slice(2), ['stop sell 2 @ 90 4:10 taker', 'stop sell 2 @ 90 4:10 taker']);
    assert.equal(played.backtest.engine.state.book.netLots[0], 0);
  });
});

describe('iceberg', () => {
  test('7 lots, 3 visible, price through the limit -> tips of 3, 3 and 1 at the same limit, one at a time', () => {
    const played = play({
      bars: [...flat(2), [100, 100, 95, 98], ...flat(2)],
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 7 }, limit: 97, work: { iceberg: { visible: 3 } }, why }) }],
    });
    assert.deepEqual(
      played.fills.map((f) => f.split(' ').slice(0, 5).join(' ')),
      ['entry buy 3 @ 97', 'entry buy 3 @ 97', 'entry buy 1 @ 97'],
    );
    assert.deepEqual(played.orders, ['entry: filled', 'entry: filled', 'entry: filled', 'entry: filled']);
    // A tip is placed only once the one before it has filled.
    assert.deepEqual(
      typesOf(played).filter((t) => t === 'order-placed' || t === 'order-filled' || t === 'order-completed'),
      [
        'order-placed',
        'order-placed',
        'order-filled',
        'order-placed',
        'order-filled',
        'order-placed',
        'order-filled',
        'order-completed',
      ],
    );
  });

  test('more tips in one instant than the limit on equal orders -> all of them: they are one order', () => {
    const played = play({
      bars: [...flat(2), [100, 100, 95, 96], ...flat(2, 96)],
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 10 }, limit: 97, work: { iceberg: { visible: 2 } }, why }) }],
      limits: { duplicateOrders: 2 },
    });
    assert.equal(played.backtest.engine.state.book.netLots[0], 10);
    const at = played.events.filter((e) => e.type === 'order-filled').map((e) => e.at - START_MS);
    assert.equal(at.filter((ms) => ms < 3 * HOUR_MS).length, 5);
    assert.equal(played.orders[0], 'entry: filled');
    assert.equal(typesOf(played).includes('order-refused'), false);
  });

  test('the same iceberg three times in one instant -> the third is refused', () => {
    const entry = { size: { qty: 10 }, limit: 97, work: { iceberg: { visible: 2 } }, why };
    const played = play({
      bars: flat(3),
      strategies: [{ 0: (c) => void [c.buy(entry), c.buy(entry), c.buy(entry)] }],
      limits: { duplicateOrders: 2 },
    });
    const refused = played.events.flatMap((e) => (e.type === 'order-refused' ? [e.code] : []));
    assert.deepEqual(refused, ['duplicate-intent']);
  });

  test('more tips in one instant than orders may leave in a minute -> the rest follows at the next', () => {
    const played = play({
      bars: [...flat(2), [100, 100, 95, 96], [96, 97, 95, 96], ...flat(2, 96)],
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 10 }, limit: 97, work: { iceberg: { visible: 2 } }, why }) }],
      limits: { messageOrders: 3 },
    });
    const at = played.events.filter((e) => e.type === 'order-filled').map((e) => e.at - START_MS);
    assert.deepEqual([at.filter((ms) => ms < 3 * HOUR_MS).length, at.length], [4, 5]);
  });

  test('without a limit -> refused: price-not-positive', () => {
    const played = play({
      bars: flat(3),
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 7 }, work: { iceberg: { visible: 3 } }, why }) }],
    });
    const refused = played.events.find((e) => e.type === 'order-refused');
    assert.equal(refused?.type === 'order-refused' && refused.code, 'price-not-positive');
  });

  for (const [at, what] of ['the whole', 'its tip'].entries())
    test(`${what} amended -> refused: order-worked; it goes on as it was`, () => {
      const played = play({
        bars: [...flat(3), [100, 100, 95, 96], ...flat(2, 96)],
        strategies: [
          {
            0: (c) => void c.buy({ size: { qty: 4 }, limit: 97, work: { iceberg: { visible: 2 } }, why }),
            1: (c) => c.orders[at]!.amend({ qty: 8 }),
          },
        ],
      });
      const refused = played.events.flatMap((e) => (e.type === 'order-refused' ? [e.code] : []));
      assert.deepEqual([refused, played.backtest.engine.state.book.netLots[0]], [['order-worked'], 4]);
    });

  for (const capabilities of [SIMULATED, BINANCE_SPOT])
    test(`one that only reduces, ${capabilities.name} -> closes all of the position, as the order that it was`, () => {
      const played = play({
        bars: flat(6),
        capabilities,
        strategies: [
          {
            0: (c) => void c.buy({ size: { qty: 10 }, why }),
            1: (c) =>
              void c.sell({
                ...{ size: { qty: 10 }, limit: 100, reduceOnly: true, work: { iceberg: { visible: 6 } }, why },
              }),
          },
        ],
      });
      const whole = played.events.find((e) => e.type === 'order-completed');
      assert.equal(whole?.type === 'order-completed' && whole.filledQuantity, '10');
      assert.equal(
        played.events.some((e) => e.type === 'order-amended'),
        false,
      );
      assert.equal(played.backtest.engine.state.book.netLots[0], 0);
    });

  for (const capabilities of [SIMULATED, BINANCE_USDM, PLAIN])
    test(`one that only reduces, of which a stop has left less, ${capabilities.name} -> its tip is cut, and ends with it`, () => {
      let ref: OrderRef | undefined;
      const [rest, low] = [
        [100, 100, 100, 100, 1_000],
        [94, 94, 94, 94, 50],
      ] as const;
      const played = play({
        bars: [rest, rest, low, low, rest, rest, rest],
        capabilities,
        instrument: PERPETUAL,
        account: 'margin',
        costs: { fees: makerTakerFees(0, 0), participation: 0.1 },
        strategies: [
          {
            0: (c) => void c.buy({ size: { qty: 10 }, why }),
            1: (c) => {
              const work = { iceberg: { visible: 10 } };
              ref = c.sell({ size: { qty: 10 }, limit: 110, reduceOnly: true, work, why });
              c.position.moveStop({ price: 95 });
            },
            // Where the engine watches the stop, it sells a bar later.
            [capabilities === PLAIN ? 3 : 2]: (c: Desk) => c.cancelAll(why),
          },
        ],
      });
      const { open, worked } = played.backtest.engine.desk;
      assert.deepEqual([open.total, ref!.status, worked.isBusy], [0, 'canceled', false]);
      assert.equal(played.backtest.engine.state.book.netLots[0], 5);
    });

  test('canceled while a tip rests -> the tip is canceled too, and no other follows', () => {
    const played = play({
      bars: flat(5),
      strategies: [
        {
          0: (c) => void c.buy({ size: { qty: 7 }, limit: 97, work: { iceberg: { visible: 3 } }, why }),
          1: (c) => c.cancelAll('changed my mind'),
        },
      ],
    });
    assert.deepEqual(played.orders, ['entry: canceled', 'entry: canceled']);
  });
});

describe('scale', () => {
  test('11 lots from 98 to 95 in 4 -> limits at 98, 97, 96, 95 of 2, 2, 2 and 5', () => {
    const played = play({
      bars: [...flat(2), [100, 100, 94, 95], ...flat(2, 95)],
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 11 }, limit: 98, work: { scale: { orders: 4, to: 95 } }, why }) },
      ],
    });
    assert.deepEqual(
      played.fills.map((f) => f.split(' ').slice(0, 5).join(' ')),
      ['entry buy 2 @ 98', 'entry buy 2 @ 97', 'entry buy 2 @ 96', 'entry buy 5 @ 95'],
    );
    assert.equal(played.orders[0], 'entry: filled');
  });

  test('only some rungs reached, the rest canceled -> the parent ends canceled with what filled', () => {
    let ref: OrderRef | undefined;
    play({
      bars: [...flat(2), [100, 100, 96.5, 98], ...flat(3, 98)],
      strategies: [
        {
          0: (c) => {
            ref = c.buy({ size: { qty: 8 }, limit: 98, work: { scale: { orders: 4, to: 95 } }, why });
          },
          3: () => ref!.cancel('done'),
        },
      ],
    });
    assert.deepEqual([ref!.status, ref!.filledQty], ['canceled', 4]);
  });

  test('sell ladder between ticks -> prices rounded up, the passive way', () => {
    const played = play({
      bars: flat(3),
      strategies: [
        {
          0: (c) => void c.sell({ size: { qty: 3 }, limit: 101, work: { scale: { orders: 3, to: 101.01 } }, why }),
        },
      ],
      account: 'margin',
    });
    const limits = played.events.flatMap((e) => (e.type === 'order-placed' ? [e.limit] : []));
    assert.deepEqual(limits.slice(1), ['101', '101.01', '101.01']);
  });
});
