import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PERPETUAL, type Prices, play } from '../../../test/scenario.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { toRate } from '../exchange/rate.ts';

const why = 'scenario';
const FLAT: Prices = [100, 100, 100, 100];

describe('backtest options', () => {
  test('close at end: open position and a resting order -> both gone, the last equity is net of the fee', () => {
    const { backtest, fills, orders, equity } = play({
      bars: [FLAT, FLAT, [100, 110, 100, 110]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 90 }, why }),
          1: (c) => c.buy({ size: { qty: 1 }, limit: 80, why }),
        },
      ],
      costs: { fees: makerTakerFees(0, toRate(0.01)) },
      closeAtEnd: true,
    });
    assert.deepEqual(fills, ['entry buy 10 @ 100 1:00 taker, fee 10', 'exit sell 10 @ 110 3:00 taker, fee 11']);
    assert.deepEqual(orders, ['entry: filled', 'stop: canceled', 'entry: canceled', 'exit: filled']);
    const { track } = backtest.engine.state;
    assert.equal(equity, 10_000 + 100 - 21);
    assert.equal(track.equity[track.count - 1], equity);
  });

  test('liquidation none: a loss beyond the margin -> the position stays; by default the venue takes it', () => {
    const scenario = {
      bars: [FLAT, FLAT, [100, 100, 80, 80]] as Prices[],
      strategies: [{ 0: (c: Parameters<typeof buy>[0]) => buy(c) }],
      instrument: PERPETUAL,
      account: 'margin',
      leverage: 10,
    } as const;
    assert.equal(play({ ...scenario, liquidation: 'none' }).fills.length, 1);
    assert.match(play(scenario).fills[1]!, /^liquidation sell 1000 /);
  });
});

function buy(c: { buy(entry: { size: { qty: number }; why: string }): unknown }): void {
  c.buy({ size: { qty: 1000 }, why });
}
