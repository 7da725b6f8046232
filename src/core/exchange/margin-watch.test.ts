import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, hourlyFeed, PERPETUAL, playMarket, scene, scripted } from '../../../test/scenario.ts';
import { bars } from '../strategy/data.ts';
import { makerTakerFees } from './fees.ts';

const QUIET = [100, 101, 99, 100] as const;
const why = 'scenario';
/** 1,000 behind 100 pieces at 100: liquidated at (100 × 100 − 1,000) / (100 × 0.99) = 90.909…. */
const levered = { instrument: PERPETUAL, account: 'margin', leverage: 10, cash: 1_000 } as const;
const long100 = { 0: (c: Desk) => void c.buy({ size: { qty: 100 }, why }) };

describe('a liquidation and the orders that rest', () => {
  const entry = 'entry buy 100 @ 100 1:00 taker';
  scene(
    'an order to buy more rests below -> goes with the position',
    {
      ...levered,
      cash: 1_050,
      bars: [QUIET, QUIET, [100, 101, 85, 86], QUIET],
      strategies: [{ ...long100, 1: (c: Desk) => void c.buy({ size: { qty: 5 }, limit: 88, why }) }],
    },
    // (100 × 100 − 1,050) / (100 × 0.99) = 90.404, which is 0.64 of the first leg.
    [entry, 'liquidation sell 100 @ 90.4 2:12 taker'],
    1_050 - 960,
    (p) => {
      assert.deepEqual(p.orders, ['entry: filled', 'entry: canceled', 'liquidation: filled']);
      assert.equal(p.backtest.venue.openCount(0), 0);
    },
  );
  scene(
    'the entry has filled in part -> its rest goes with the position',
    {
      ...levered,
      cash: 2_000,
      marginMode: 'isolated',
      costs: { fees: makerTakerFees(0, 0), participation: 0.1 },
      bars: [QUIET, [100, 101, 99, 100, 500], [90.5, 90.6, 85, 86, 500], QUIET],
      strategies: [long100],
    },
    // 50 are there, on 500: liquidated below (5,000 − 500) / (50 × 0.99) = 90.909.
    ['entry buy 50 @ 100 1:00 taker', 'liquidation sell 50 @ 90.5 2:00 taker'],
    2_000 - 475,
    (p) => assert.deepEqual(p.orders, ['entry: canceled', 'liquidation: filled']),
  );
  test('what the strategy orders when it hears of it -> stays', () => {
    const onFill = (c: Desk, { role }: { readonly role: string }): void => {
      if (role === 'liquidation') c.buy({ size: { qty: 1 }, limit: 88, why });
    };
    const { fills } = playMarket(
      [hourlyFeed(PERPETUAL, [QUIET, QUIET, [100, 101, 85, 86]])],
      [{ strategy: scripted(long100, 'again', { onFill }) }],
    );
    assert.deepEqual(fills, [entry, 'liquidation sell 100 @ 90.9 2:12 taker', 'entry buy 1 @ 88 2:16 maker']);
  });
  for (const marginMode of ['cross', 'isolated'] as const)
    test(`entries and stops in another instrument, ${marginMode} -> ${marginMode === 'cross' ? 'entries go too: the pool had margin set aside for them' : 'all stay'}`, () => {
      const data = { abc: bars(null, 'ABCPERP'), other: bars(null, 'OTHER') };
      const script = {
        0: (c: Desk) => {
          c.on('abc' as never).buy({ size: { qty: 90 }, why });
          const other = c.on('other' as never);
          other.buy({ size: { qty: 1 }, stop: { price: 50 }, why });
          other.buy({ size: { qty: 1 }, limit: 80, why });
        },
      };
      const { orders, fills } = playMarket(
        [
          hourlyFeed(PERPETUAL, [QUIET, QUIET, [100, 101, 50.5, 60]]),
          hourlyFeed({ ...PERPETUAL, id: 'TEST:OTHER' }, [QUIET, QUIET, QUIET]),
        ],
        [{ strategy: scripted(script, 'two', { data }) }],
        { marginMode },
      );
      assert.ok(
        fills.some((fill) => fill.startsWith('liquidation sell 90')),
        fills.join(),
      );
      assert.deepEqual(orders, [
        ...['entry: filled', 'entry: filled', `entry: ${marginMode === 'cross' ? 'canceled' : 'open'}`],
        ...['stop: open', 'liquidation: filled'],
      ]);
    });
});
