import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { audit } from '../../../test/properties/auditor.ts';
import {
  checkPlayed,
  type Desk,
  future,
  HOUR_MS,
  hour,
  hourlyFeed,
  playMarket,
  scene,
  scripted,
} from '../../../test/scenario.ts';
import { BINANCE_SPOT, PLAIN } from '../execution/capabilities.ts';
import type { OrderUpdate } from '../strategy/define-strategy.ts';
import { makerTakerFees } from './fees.ts';
import { toRate } from './rate.ts';

const QUIET = [100, 101, 99, 100] as const;
const why = 'scenario';

/** 1,000 behind it, ten times levered; it expires with the third bar. */
const dated = { instrument: future(3), account: 'margin', leverage: 10, cash: 1_000 } as const;
const tenth = { fees: makerTakerFees(0, toRate(0.001)) };
const long10 = { 0: (c: Desk) => void c.buy({ size: { qty: 10 }, why }) };
const short10 = { 0: (c: Desk) => void c.sell({ size: { qty: 10 }, why }) };
const bought = 'entry buy 10 @ 100 1:00 taker';

describe('simulated venue: a dated future expires', () => {
  scene(
    'long of 10 from 100, expiry at the close of the third bar at 103 -> settled there and then, 30 gained',
    { ...dated, bars: [QUIET, QUIET, [100, 104, 99, 103]], strategies: [long10] },
    [bought, 'settlement sell 10 @ 103 3:00 taker'],
    1_030,
    (p) => {
      const words = p.events.map((e) => e.type);
      assert.deepEqual(words.slice(-5), [
        'order-placed',
        'position-settled',
        'order-filled',
        'position-closed',
        'strategy-stopped',
      ]);
      const signal = p.events.find((e) => e.type === 'signal-generated' && e.action === 'settlement');
      assert.equal(
        signal?.type === 'signal-generated' && signal.why,
        'the instrument expired: the venue settled the position',
      );
    },
  );
  scene(
    'short of 10 from 100 -> loses 30',
    { ...dated, bars: [QUIET, QUIET, [100, 104, 99, 103]], strategies: [short10] },
    ['entry sell 10 @ 100 1:00 taker', 'settlement buy 10 @ 103 3:00 taker'],
    970,
  );
  scene(
    'isolated, with a fee of 0.1 % -> 1 to open, 1.03 to settle',
    {
      ...dated,
      marginMode: 'isolated',
      costs: tenth,
      bars: [QUIET, QUIET, [100, 104, 99, 103]],
      strategies: [long10],
    },
    [`${bought}, fee 1`, 'settlement sell 10 @ 103 3:00 taker, fee 1.03'],
    1_000 + 30 - 1 - 1.03,
  );
  scene(
    'slippage, and a bar that has volume for 1 -> settles all of it at the close',
    {
      ...dated,
      costs: {
        fees: makerTakerFees(0, 0),
        slippage: { kind: 'ticks', amount: 5, clampToRange: false },
        participation: 0.1,
      },
      bars: [QUIET, QUIET, [100, 104, 99, 103, 10]],
      strategies: [long10],
    },
    ['entry buy 10 @ 100.05 1:00 taker', 'settlement sell 10 @ 103 3:00 taker'],
    1_029.5,
  );
  scene(
    'isolated, and little margin left -> the fee takes what there is, and no more',
    {
      ...dated,
      marginMode: 'isolated',
      cash: 1_200,
      costs: { fees: makerTakerFees(0, toRate(0.02)) },
      bars: [QUIET, QUIET, [100, 100, 91, 91]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, why }) }],
    },
    // Of the margin of 1,000 there are 100 left at 91; the fee would be 182.
    ['entry buy 100 @ 100 1:00 taker, fee 200', 'settlement sell 100 @ 91 3:00 taker, fee 100'],
    0,
  );
  scene(
    'expiry within a bar -> the bar is walked until then, and its close is the price',
    // Low at 2:10, high at 2:20, close at 2:30: price is at the limit after 0.8 of the second leg.
    {
      ...dated,
      instrument: future(2.5),
      bars: [QUIET, QUIET, [100, 104, 99, 102], [200, 200, 200, 200]],
      strategies: [{ ...long10, 1: (c: Desk) => void c.sell({ size: { qty: 4 }, limit: 103, reduceOnly: true, why }) }],
    },
    [bought, 'entry sell 4 @ 103 2:18 maker', 'settlement sell 6 @ 102 2:30 taker'],
    1_000 + 12 + 12,
  );
  test('what rests then -> expires with it, and its owner hears why', () => {
    const heard: string[] = [];
    const script = {
      0: (c: Desk) => void c.buy({ size: { qty: 10 }, stop: { price: 90 }, why }),
      1: (c: Desk) => void c.buy({ size: { qty: 1 }, limit: 95, why }),
    };
    const onOrder = (_: Desk, { order, status, reason }: OrderUpdate): void => {
      heard.push(`${order.side} ${order.qty} ${status}: ${reason}`);
    };
    const p = playMarket(
      [hourlyFeed(future(3), [QUIET, QUIET, QUIET, QUIET])],
      [{ strategy: scripted(script, 'rests', { onOrder }) }],
    );
    checkPlayed(p, [bought, 'settlement sell 10 @ 100 3:00 taker'], 1_000);
    assert.deepEqual(heard, ['sell 10 expired: instrument-expired', 'buy 1 expired: instrument-expired']);
    assert.equal(p.backtest.venue.openCount(0), 0);
    assert.equal(p.backtest.engine.desk.open.total, 0);
  });
  scene(
    'asked for more afterwards -> refused, and nothing is held',
    {
      ...dated,
      bars: [QUIET, QUIET, QUIET, QUIET, QUIET],
      strategies: [{ ...long10, 2: (c: Desk) => void c.buy({ size: { qty: 1 }, why }) }],
    },
    [bought, 'settlement sell 10 @ 100 3:00 taker'],
    1_000,
    (p) =>
      assert.deepEqual(
        p.events.flatMap((e) => (e.type === 'order-refused' ? [e.code] : [])),
        ['instrument-expired'],
      ),
  );
  scene(
    'a market order decided before -> fills at the open as ever, and is settled at the close',
    { ...dated, bars: [QUIET, QUIET, QUIET], strategies: [{ 1: (c) => c.buy({ size: { qty: 10 }, why }) }] },
    ['entry buy 10 @ 100 2:00 taker', 'settlement sell 10 @ 100 3:00 taker'],
    1_000,
  );
  scene(
    'liquidated on the way to it -> nothing is left to settle',
    {
      ...dated,
      bars: [QUIET, QUIET, [100, 101, 85, 100]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, why }) }],
    },
    ['entry buy 100 @ 100 1:00 taker', 'liquidation sell 100 @ 90.9 2:12 taker'],
    90,
  );
  scene(
    'a cash account -> what it bought in full is paid out, less the fee',
    {
      ...dated,
      account: 'cash',
      leverage: 1,
      cash: 2_000,
      costs: tenth,
      bars: [QUIET, QUIET, [100, 104, 99, 103]],
      strategies: [long10],
    },
    [`${bought}, fee 1`, 'settlement sell 10 @ 103 3:00 taker, fee 1.03'],
    2_000 + 30 - 1 - 1.03,
    (p) => assert.deepEqual([...p.backtest.venue.account.netLots], [0]),
  );
  scene(
    'an inverse contract: 10 of 100 USD from 50,000 to 60,000 -> 1,000 × (1/50,000 − 1/60,000) BTC',
    {
      instrument: {
        id: 'TEST:BTCUSD_3',
        kind: 'inverse-perpetual',
        base: 'BTC',
        quote: 'USD',
        tick: '0.5',
        lot: '1',
        contractSize: '100',
        expiryMs: hour(3),
      },
      account: 'margin',
      cash: 1,
      bars: [
        [50_000, 50_000, 50_000, 50_000],
        [50_000, 50_000, 50_000, 50_000],
        [60_000, 60_000, 60_000, 60_000],
      ],
      strategies: [long10],
    },
    ['entry buy 10 @ 50000 1:00 taker', 'settlement sell 10 @ 60000 3:00 taker'],
    1.00333333,
  );
  for (const [what, capabilities] of [
    ['a venue that can do little', PLAIN],
    ['a venue without native brackets', BINANCE_SPOT],
  ] as const)
    scene(
      `stops that the engine watches, ${what} -> end with it`,
      {
        ...dated,
        capabilities,
        bars: [QUIET, QUIET, QUIET, [50, 50, 50, 50]],
        strategies: [
          {
            0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 90 }, target: { price: 120 }, why }),
            1: (c) => c.buy({ size: { qty: 1 }, trigger: 110, why }),
          },
        ],
      },
      [bought, 'settlement sell 10 @ 100 3:00 taker'],
      1_000,
      (p) => {
        assert.equal(p.backtest.engine.desk.open.total, 0);
        assert.ok(
          p.orders.every((order) => /filled|expired|canceled/.test(order)),
          p.orders.join(),
        );
        assert.equal(
          p.events.some((e) => e.type === 'alert-raised'),
          false,
        );
      },
    );
  scene(
    'an order that is worked over time -> ends with it, what it bought is settled',
    {
      ...dated,
      bars: [QUIET, QUIET, QUIET, QUIET, QUIET],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, work: { twap: { everyMs: HOUR_MS, slices: 5 } }, why }) }],
    },
    ['entry buy 2 @ 100 1:00 taker', 'entry buy 2 @ 100 2:00 taker', 'settlement sell 4 @ 100 3:00 taker'],
    1_000,
    (p) => assert.equal(p.backtest.engine.desk.open.total, 0),
  );
  scene(
    'two strategies, 10 long and 4 short -> each is settled, the fee is that of the 6 the account holds',
    {
      ...dated,
      costs: tenth,
      bars: [QUIET, QUIET, [100, 104, 99, 103]],
      strategies: [long10, { 0: (c) => c.sell({ size: { qty: 4 }, why }) }],
    },
    [
      's0 entry buy 10 @ 100 1:00 taker, fee 1',
      's1 entry sell 4 @ 100 1:00 taker, fee 0.4',
      // 6 × 103 × 0.1 % = 0.618, by 10 and 4 of 14.
      's0 settlement sell 10 @ 103 3:00 taker, fee 0.44142857',
      's1 settlement buy 4 @ 103 3:00 taker, fee 0.17657143',
    ],
    1_000 + 30 - 12 - 1.4 - 0.618,
  );
  scene(
    'three strategies in an inverse contract whose value does not come out even -> what they are paid is what the account is',
    {
      instrument: {
        ...{ id: 'TEST:AAAUSD_3', kind: 'inverse-perpetual', base: 'AAA', quote: 'USD' },
        ...{ tick: '0.01', lot: '1', contractSize: '10', expiryMs: hour(3) },
      },
      ...{ account: 'margin', cash: 100 },
      bars: Array.from({ length: 3 }, () => [3, 3, 3, 3] as const),
      strategies: [3, -1, -1].map((qty) => ({
        0: (c: Desk) => void c[qty > 0 ? 'buy' : 'sell']({ size: { qty: Math.abs(qty) }, why }),
      })),
    },
    // 30 / 3 less twice 10 / 3, rounded each, is a quantum more than 10 / 3, which is what the account holds.
    [
      's0 entry buy 3 @ 3 1:00 taker',
      's1 entry sell 1 @ 3 1:00 taker',
      's2 entry sell 1 @ 3 1:00 taker',
      's0 settlement sell 3 @ 3 3:00 taker',
      's1 settlement buy 1 @ 3 3:00 taker',
      's2 settlement buy 1 @ 3 3:00 taker',
    ],
    undefined,
    (p) => assert.deepEqual(audit(p.backtest), []),
  );
  scene(
    'two strategies against each other -> both are settled, though the account holds nothing',
    { ...dated, bars: [QUIET, QUIET, [100, 104, 99, 103]], strategies: [long10, short10] },
    [
      's0 entry buy 10 @ 100 1:00 taker',
      's1 entry sell 10 @ 100 1:00 taker',
      's0 settlement sell 10 @ 103 3:00 taker',
      's1 settlement buy 10 @ 103 3:00 taker',
    ],
    1_000,
  );
});
