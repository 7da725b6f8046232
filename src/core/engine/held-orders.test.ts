import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR_MS, PERPETUAL, type Played, type Prices, play, type Script, START_MS } from '../../../test/scenario.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { BINANCE_USDM, PLAIN, SIMULATED } from '../execution/capabilities.ts';

const why = 'test';
const FLAT: Prices = [100, 101, 99, 100];
const capabilities = PLAIN;

/** A fill without its time. */
function trade(fill: string): string {
  return fill.split(' ').slice(0, 5).join(' ');
}

function refusalOf(played: Played): string | undefined {
  const refused = played.events.find((e) => e.type === 'order-refused');
  return refused?.type === 'order-refused' ? refused.code : undefined;
}

describe('orders that the venue cannot hold', () => {
  test('stop entry: touched within a bar but not at its close -> not seen; a close beyond it -> market at the next open', () => {
    const bars: Prices[] = [FLAT, [100, 106, 99, 102], [102, 107, 101, 106], [107, 108, 106, 107], FLAT];
    const script: Script = { 0: (c) => void c.buy({ size: { qty: 5 }, trigger: 105, why }) };
    const resting = play({ bars, strategies: [script] });
    const held = play({ bars, strategies: [script], capabilities });
    assert.deepEqual(resting.fills.map(trade), ['entry buy 5 @ 105']);
    assert.deepEqual(held.fills, ['entry buy 5 @ 107 3:00 taker']);
    assert.deepEqual(
      held.events.map((e) => e.type).filter((t) => t.startsWith('order')),
      ['order-placed', 'order-triggered', 'order-filled'],
    );
  });

  test('protective stop and target of an entry -> the target rests, the stop is held; the stop closes a bar late and ends the target', () => {
    const played = play({
      bars: [FLAT, FLAT, [100, 101, 94, 96], [96, 97, 93, 94], [93, 94, 92, 93], FLAT],
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 5 }, stop: { price: 95 }, target: { price: 110 }, why }) }],
      capabilities,
    });
    assert.deepEqual(played.fills, ['entry buy 5 @ 100 1:00 taker', 'stop sell 5 @ 93 4:00 taker']);
    assert.deepEqual(played.orders, ['entry: filled', 'stop: filled', 'target: canceled']);
  });

  test('take-profit entry with a limit -> a limit order at the venue once a close has touched the trigger', () => {
    const played = play({
      bars: [FLAT, [100, 101, 96, 97], [97.5, 98, 97, 97.5], [97.5, 98, 96, 97], FLAT],
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 5 }, trigger: 98, limit: 97, why }) }],
      capabilities,
    });
    assert.deepEqual(played.fills.map(trade), ['entry buy 5 @ 97']);
  });

  test('trailing stop -> follows closes, not highs', () => {
    const played = play({
      bars: [FLAT, FLAT, [100, 130, 100, 110], [110, 111, 105, 106], [106, 107, 103, 104], [103, 104, 102, 103], FLAT],
      strategies: [{ 0: (c) => void c.buy({ size: { qty: 5 }, trail: { pct: 0.05 }, why }) }],
      capabilities,
    });
    // 5 % below the close of 110 is 104.5: the close of 104 is the first below it. The high of 130 would have stopped it at 123.5.
    assert.deepEqual(played.fills[1], 'trail sell 5 @ 103 5:00 taker');
  });

  test('held order amended and canceled -> at once, without the venue', () => {
    const played = play({
      bars: [FLAT, FLAT, FLAT, FLAT],
      strategies: [
        {
          0: (c) => void c.buy({ size: { qty: 5 }, trigger: 105, why }),
          1: (c) => c.orders[0]!.amend({ price: 104, qty: 3 }),
          2: (c) => c.cancelAll('no more'),
        },
      ],
      capabilities,
    });
    assert.deepEqual(
      played.events.map((e) => e.type).filter((t) => t.startsWith('order')),
      ['order-placed', 'order-amended', 'order-canceled'],
    );
    assert.equal(played.backtest.engine.state.orders.column.triggerTicks[0], 10_400);
    assert.equal(played.backtest.engine.desk.open.lotsOf(0, 1), 0);
  });

  test('good till date -> sent without it, canceled at the first instant at or after the date', () => {
    const played = play({
      bars: [FLAT, FLAT, FLAT, FLAT, [100, 100, 90, 95], FLAT],
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 5 }, limit: 95, tif: { gtd: START_MS + 2.5 * HOUR_MS }, why }) },
      ],
      capabilities,
    });
    assert.deepEqual(played.orders, ['entry: canceled']);
    const canceled = played.events.find((e) => e.type === 'order-canceled');
    assert.equal(canceled!.at, START_MS + 3 * HOUR_MS);
  });

  test('held order with a date -> expires here', () => {
    const played = play({
      bars: [FLAT, FLAT, FLAT, FLAT],
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 5 }, trigger: 105, tif: { gtd: START_MS + 2 * HOUR_MS }, why }) },
      ],
      capabilities,
    });
    assert.deepEqual(played.orders, ['entry: expired']);
  });

  test('post-only and fill-or-kill -> refused where the venue has no such thing', () => {
    for (const entry of [{ postOnly: true }, { tif: 'fok' as const }]) {
      const played = play({
        bars: [FLAT, FLAT],
        strategies: [{ 0: (c) => void c.buy({ size: { qty: 5 }, limit: 95, ...entry, why }) }],
        capabilities,
      });
      assert.deepEqual([refusalOf(played), played.orders], ['order-type-unsupported', []]);
    }
  });

  test('bracket where the venue keeps none -> the legs travel like any order; a native one protects at once', () => {
    const bars: Prices[] = [FLAT, [100, 101, 94, 94], [94, 95, 93, 94], FLAT];
    const strategies: Script[] = [{ 0: (c) => void c.buy({ size: { qty: 5 }, stop: { price: 95 }, why }) }];
    const costs = {
      fees: makerTakerFees(0, 0),
      latency: { orderMs: HOUR_MS / 2, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 },
    };
    const native = play({ bars, strategies, costs });
    const sent = play({ bars, strategies, costs, capabilities: { ...SIMULATED, bracket: false } });
    // The entry is there at 1:30. A leg that rests with it stops the fall to the close; one sent at 1:30 is there at 2:00.
    assert.equal(trade(native.fills[1]!), 'stop sell 5 @ 95');
    assert.equal(sent.fills[1], 'stop sell 5 @ 94 2:00 taker');
  });
});

describe('cancel and replace, where the venue cannot amend', () => {
  test('limit moved -> the old one is canceled, the new one has its price; the reference stands for the new one', () => {
    const ids: string[] = [];
    const states: string[] = [];
    let ref: { clientOrderId: string; status: string; qty: number; filledQty: number } | undefined;
    const played = play({
      bars: [FLAT, FLAT, [100, 101, 96, 98], FLAT],
      strategies: [
        {
          0: (c) => {
            ref = c.buy({ size: { qty: 5 }, limit: 95, why });
            ids.push(ref.clientOrderId);
          },
          1: (c) => c.orders[0]!.amend({ price: 97 }),
          3: () => {
            ids.push(ref!.clientOrderId);
            states.push(`${ref!.status} ${ref!.filledQty}/${ref!.qty}`);
          },
        },
      ],
      capabilities,
    });
    assert.deepEqual(played.orders, ['entry: canceled', 'entry: filled']);
    assert.deepEqual(played.fills.map(trade), ['entry buy 5 @ 97']);
    assert.deepEqual(states, ['filled 5/5']);
    assert.notEqual(ids[0], ids[1]);
  });

  test('partly filled, then moved -> the replacement takes only what was not filled, and the whole adds up', () => {
    let ref: { status: string; qty: number; filledQty: number } | undefined;
    const played = play({
      bars: [FLAT, [100, 101, 94, 98, 20], FLAT, [100, 101, 96, 98], FLAT],
      strategies: [
        {
          0: (c) => {
            ref = c.buy({ size: { qty: 5 }, limit: 95, why });
          },
          1: (c) => c.orders[0]!.amend({ price: 97 }),
        },
      ],
      costs: { fees: makerTakerFees(0, 0), participation: 0.1 },
      capabilities,
    });
    assert.deepEqual(played.fills.map(trade), ['entry buy 2 @ 95', 'entry buy 3 @ 97']);
    assert.deepEqual([ref!.status, ref!.filledQty, ref!.qty], ['filled', 5, 5]);
    assert.equal(played.backtest.engine.desk.open.lotsOf(0, 1), 0);
  });

  test('filled before the cancel arrives -> nothing is placed in its stead', () => {
    const played = play({
      bars: [FLAT, FLAT, [100, 101, 94, 98], FLAT],
      strategies: [
        { 0: (c) => void c.buy({ size: { qty: 5 }, limit: 95, why }), 1: (c) => c.orders[0]!.amend({ price: 96 }) },
      ],
      costs: {
        fees: makerTakerFees(0, 0),
        latency: { orderMs: HOUR_MS * 0.9, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 },
      },
      capabilities,
    });
    assert.deepEqual(played.orders, ['entry: filled']);
    assert.equal(played.backtest.engine.state.book.netLots[0], 5);
  });

  for (const venue of [PLAIN, SIMULATED])
    for (const [what, change, code] of [
      ['to less than a lot', { qty: 0.4 }, 'size-below-minimum'],
      ['to a price that rounds to none', { price: 0.0001 }, 'price-not-positive'],
    ] as const)
      test(`amended ${what}, ${venue.amend ? 'which it could' : 'by cancel and replace'} -> refused, and the order stands`, () => {
        const played = play({
          bars: [FLAT, FLAT, FLAT, [100, 101, 94, 98], FLAT],
          strategies: [
            { 0: (c) => void c.buy({ size: { qty: 5 }, limit: 95, why }), 1: (c) => c.orders[0]!.amend(change) },
          ],
          capabilities: venue,
        });
        assert.equal(refusalOf(played), code);
        assert.deepEqual(played.orders, ['entry: filled']);
        assert.deepEqual(played.fills.map(trade), ['entry buy 5 @ 95']);
      });

  test('target shrunk twice by partial exits elsewhere -> one leg left, for exactly what is held', () => {
    const played = play({
      bars: [FLAT, FLAT, FLAT, FLAT, [100, 112, 99, 111], FLAT],
      strategies: [
        {
          0: (c) => void c.buy({ size: { qty: 9 }, target: { price: 110 }, why }),
          2: (c) => {
            c.sell({ size: { qty: 2 }, reduceOnly: true, why });
            c.sell({ size: { qty: 3 }, reduceOnly: true, why });
          },
        },
      ],
      capabilities,
    });
    assert.equal(trade(played.fills.at(-1)!), 'target sell 4 @ 110');
    assert.equal(played.backtest.engine.state.book.netLots[0], 0);
  });
});

describe('a stop of a position that an exit rests for', () => {
  for (const capabilities of [SIMULATED, BINANCE_USDM, PLAIN])
    test(`a limit order to sell all of it rests, then moveStop, ${capabilities.name} -> both, and the stop closes it`, () => {
      const { orders, fills, events, backtest } = play({
        capabilities,
        instrument: PERPETUAL,
        account: 'margin',
        bars: [FLAT, FLAT, FLAT, [94, 94, 93, 94], [94, 95, 93, 94], FLAT],
        strategies: [
          {
            0: (c) => void c.buy({ size: { qty: 10 }, why }),
            1: (c) => {
              c.sell({ size: { qty: 10 }, limit: 120, reduceOnly: true, why });
              c.position.moveStop({ price: 95 });
            },
          },
        ],
      });
      assert.deepEqual(
        events.filter((e) => e.type === 'order-refused'),
        [],
      );
      assert.deepEqual(fills.map(trade), ['entry buy 10 @ 100', 'stop sell 10 @ 94']);
      assert.equal(backtest.engine.desk.open.total, 0, orders.join());
    });

  test('on a cash account, where what rests has locked all there is -> refused at once', () => {
    const played = play({
      bars: [FLAT, FLAT, FLAT],
      strategies: [
        {
          0: (c) => void c.buy({ size: { qty: 10 }, why }),
          1: (c) => {
            c.sell({ size: { qty: 10 }, limit: 120, reduceOnly: true, why });
            c.position.moveStop({ price: 95 });
          },
        },
      ],
    });
    assert.equal(refusalOf(played), 'reduce-only-would-increase');
  });
});

describe('a stop that was moved after it had sold a part', () => {
  for (const capabilities of [SIMULATED, BINANCE_USDM, PLAIN])
    test(`moved again, ${capabilities.name} -> it covers what is left, and sells that`, () => {
      const bar = (price: number, volume: number) => [price, price, price, price, volume] as const;
      const { orders, fills, backtest } = play({
        capabilities,
        costs: { fees: makerTakerFees(0, 0), participation: 0.1 },
        bars: [
          bar(100, 1000),
          bar(100, 1000),
          bar(94, 60),
          bar(94, 60),
          bar(94, 1000),
          bar(94, 1000),
          bar(80, 1000),
          bar(80, 1000),
        ],
        strategies: [
          {
            0: (c) => void c.buy({ size: { qty: 20 }, why }),
            1: (c) => c.position.moveStop({ price: 95 }),
            3: (c) => c.position.moveStop({ price: 90 }),
            4: (c) => c.position.moveStop({ price: 91 }),
          },
        ],
      });
      const c = backtest.engine.state.orders.column;
      assert.ok(
        orders.every((_, row) => c.lots[row]! > 0),
        `lots ${[...c.lots.subarray(0, orders.length)].join()}`,
      );
      assert.equal(backtest.engine.state.book.netLots[0], 0, fills.join('\n'));
      assert.ok(fills.length > 2, 'it sold in parts');
    });
});
