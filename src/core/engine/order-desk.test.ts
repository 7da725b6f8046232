import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, type Prices, play, STOCK } from '../../../test/scenario.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { toRate } from '../exchange/rate.ts';
import { REFUSALS } from '../vocabulary/refusal.ts';

const why = 'scenario';
const FLAT: Prices = [100, 100, 100, 100];

describe('order desk', () => {
  test('close: a limit exit for all of it rests -> closed at market, and the resting exit goes', () => {
    const { fills, orders } = play({
      bars: [FLAT, FLAT, FLAT, [100, 130, 100, 100]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 5 }, why }),
          1: (c) => {
            c.sell({ size: { qty: 5 }, limit: 120, reduceOnly: true, why });
            c.position.close(why);
          },
        },
      ],
      account: 'margin',
    });
    assert.deepEqual(fills, ['entry buy 5 @ 100 1:00 taker', 'exit sell 5 @ 100 2:00 taker']);
    assert.deepEqual(orders, ['entry: filled', 'entry: canceled', 'exit: filled']);
  });

  test('close: asked twice -> closed once', () => {
    const { fills } = play({
      bars: [FLAT, FLAT, FLAT],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 5 }, why }),
          1: (c) => {
            c.position.close(why);
            c.position.close(why);
          },
        },
      ],
    });
    assert.equal(fills.length, 2);
  });

  test('target by R: without a stop -> refused, as there is nothing to measure by; with one, twice as far', () => {
    const target = { r: 2 };
    const { fills, orders, backtest } = play({
      bars: [FLAT, FLAT, [100, 121, 100, 100]],
      strategies: [
        {
          0: (c) => {
            c.buy({ size: { qty: 5 }, target, why });
            c.buy({ size: { qty: 5 }, stop: { pct: 0.1 }, target, why });
          },
        },
      ],
    });
    assert.deepEqual(
      backtest.engine.desk.refusals.map((code) => REFUSALS[code]),
      ['stop-required'],
    );
    assert.deepEqual(fills, ['entry buy 5 @ 100 1:00 taker', 'target sell 5 @ 120 2:39 maker']);
    assert.equal(orders[0], 'entry: filled');
  });

  test('stop: as far away as the price itself -> refused as no price; an average range that is not known yet -> warming up', () => {
    const { backtest } = play({
      bars: [FLAT, FLAT],
      strategies: [
        {
          0: (c) => {
            c.buy({ size: { qty: 5 }, stop: { pct: 1 }, why });
            c.buy({ size: { qty: 5 }, trail: { pct: 1.5 }, why });
            c.buy({ size: { qty: 5 }, stop: { atr: 1 }, why });
          },
        },
      ],
    });
    assert.deepEqual(
      backtest.engine.desk.refusals.map((code) => REFUSALS[code]),
      ['price-not-positive', 'price-not-positive', 'warming-up'],
    );
  });

  test('sizing at the fill: price gaps up -> as many as equity pays at the open; else as many as at the decision', () => {
    const bars: Prices[] = [FLAT, [125, 125, 125, 125]];
    const strategies = [{ 0: (c: Desk) => void c.buy(all) }];
    const atFill = play({ bars, strategies, account: 'margin', sizing: 'at-fill' });
    assert.deepEqual(atFill.fills, ['entry buy 80 @ 125 1:00 taker']);
    const atDecision = play({ bars, strategies, account: 'margin', liquidation: 'none' });
    assert.deepEqual(atDecision.orders, ['entry: rejected'], '100 pieces at 125 are more than 10,000 margins');
  });

  test('sizing at the fill: a reversal -> the close frees the capital that the new position is sized from, fee included', () => {
    const { fills } = play({
      bars: [FLAT, FLAT, [110, 110, 110, 110]],
      strategies: [
        {
          0: (c) => c.buy(all),
          1: (c) => {
            c.position.close(why);
            c.sell(all);
          },
        },
      ],
      account: 'margin',
      sizing: 'at-fill',
      costs: { fees: makerTakerFees(0, toRate(0.01)) },
    });
    // 99 × 101 = 9,999; then 10,000 − 99 + 99 × 10 − 108.90 = 10,782.10, of which 110 × 1.01 = 111.10 a piece pays 97.
    assert.deepEqual(fills, [
      'entry buy 99 @ 100 1:00 taker, fee 99',
      'exit sell 99 @ 110 2:00 taker, fee 108.9',
      'entry sell 97 @ 110 2:00 taker, fee 106.7',
    ]);
  });

  test('sizing at the fill: all equity on leverage with a fee -> as many as leave the fee to be paid, not a rejected order', () => {
    const { fills } = play({
      bars: [FLAT, FLAT],
      strategies: [{ 0: (c) => c.buy(all) }],
      account: 'margin',
      leverage: 10,
      liquidation: 'none',
      instrument: { ...STOCK, marginTiers: [{ notionalFloor: 0, maintenanceRate: 1e-8, maxLeverage: 50 }] },
      sizing: 'at-fill',
      costs: { fees: makerTakerFees(0, toRate(0.01)) },
    });
    // Each of them takes 10 of margin and a fee of 1: 10,000 pay 909.
    assert.deepEqual(fills, ['entry buy 909 @ 100 1:00 taker, fee 909']);
  });

  for (const account of ['margin', 'cash'] as const)
    test(`sizing at the fill, ${account}: a lot is worth a fraction of a quantum -> all of the equity still, and no more`, () => {
      const run = (lot: string, tick: string, price: number) =>
        play({
          bars: [FLAT, FLAT].map(() => [price, price, price, price] as const),
          strategies: [{ 0: (c) => c.buy(all) }],
          account,
          instrument: { ...STOCK, tick, lot },
          sizing: 'at-fill',
          costs: { fees: makerTakerFees(0, 0) },
        }).fills;
      // Quanta are of 1e-8: a lot is worth 0.3 of them, 1.4 and 14,678.51.
      assert.deepEqual(run('0.00000001', '0.01', 0.3), ['entry buy 33333.33333333 @ 0.3 1:00 taker']);
      assert.deepEqual(run('0.00000001', '0.01', 1.4), ['entry buy 7142.85714285 @ 1.4 1:00 taker']);
      assert.deepEqual(run('0.0001', '0.000001', 1.467851), ['entry buy 6812.6805 @ 1.467851 1:00 taker']);
    });

  test('sizing at the fill: a small entry beside a close of all -> it waits for what the close frees', () => {
    const { backtest, fills } = play({
      bars: [FLAT, FLAT, FLAT],
      strategies: [
        {
          0: (c) => c.buy(all),
          1: (c) => {
            c.position.close(why);
            c.buy({ size: { pctEquity: 0.2 }, why });
          },
        },
      ],
      account: 'margin',
      sizing: 'at-fill',
    });
    assert.deepEqual(backtest.engine.desk.refusals, []);
    assert.deepEqual(fills, [
      'entry buy 100 @ 100 1:00 taker',
      'exit sell 100 @ 100 2:00 taker',
      'entry buy 20 @ 100 2:00 taker',
    ]);
  });

  test('sizing at the fill: a short into a bar without volume, whose impact leaves a hundredth of the price -> as many as equity pays at the price', () => {
    const { fills } = play({
      bars: [FLAT, [100, 100, 100, 100, 0], FLAT],
      strategies: [{ 0: (c) => void c.sell(all) }],
      account: 'margin',
      sizing: 'at-fill',
      liquidation: 'none',
      costs: {
        fees: makerTakerFees(0, 0),
        slippage: { kind: 'square-root', amount: toRate(0.099), clampToRange: false },
      },
    });
    assert.deepEqual(fills, ['entry sell 100 @ 1 1:00 taker']);
  });

  test('sizing at the fill: what may only reduce, where several strategies share the account -> no more than was held', () => {
    const size = { pctEquity: 0.19 };
    const { fills } = play({
      bars: [FLAT, FLAT, FLAT],
      strategies: [
        { 0: (c) => c.buy({ size: { qty: 10 }, why }), 1: (c) => c.sell({ size, reduceOnly: true, why }) },
        {},
      ],
      account: 'margin',
      sizing: 'at-fill',
    });
    // 19 % of its half of the account; of all of it, it would be 19.
    assert.deepEqual(fills, ['s0 entry buy 10 @ 100 1:00 taker', 's0 entry sell 9 @ 100 2:00 taker']);
  });

  test('entry spread: an entry that only lessens what is held -> it pays none, as its spread was paid by what it lessens', () => {
    const { fills } = play({
      bars: [FLAT, FLAT, FLAT],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }), 1: (c) => c.sell({ size: { qty: 4 }, why }) }],
      account: 'margin',
      costs: { fees: makerTakerFees(0, 0), entrySpreadRate: toRate(0.01) },
    });
    assert.deepEqual(fills, ['entry buy 10 @ 101 1:00 taker', 'entry sell 4 @ 100 2:00 taker']);
  });

  test('free capital: its limit is off and less than nothing is free -> risk does not refuse by that sign', () => {
    const { backtest, fills } = play({
      bars: [FLAT, [100, 100, 50, 50], FLAT, FLAT],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 150 }, why }),
          1: (c) => {
            c.position.close(why);
            c.sell(all);
          },
        },
      ],
      account: 'margin',
      leverage: 2,
      sizing: 'at-fill',
    });
    assert.deepEqual(backtest.engine.desk.refusals, []);
    assert.match(fills[2]!, /^entry sell 200 @ 100 /);
  });
});

const all = { size: { pctEquity: 1 }, why };
