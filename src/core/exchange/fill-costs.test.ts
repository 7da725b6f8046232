import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../../test/scenario.ts';
import { makerTakerFees } from './fees.ts';
import { toRate } from './rate.ts';

const why = 'scenario';
const FLAT = [100, 100, 100, 100] as const;
const fees = makerTakerFees(0, 0);

describe('fill costs', () => {
  test('entry spread: in and out at market -> the entry pays the whole spread, the exit nothing', () => {
    const { fills } = play({
      bars: [FLAT, FLAT, FLAT],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, why }), 1: (c) => c.position.close(why) }],
      costs: { fees, entrySpreadRate: toRate(0.01) },
    });
    assert.deepEqual(fills, ['entry buy 1 @ 101 1:00 taker', 'exit sell 1 @ 100 2:00 taker']);
  });

  test('entry spread: a short in a spread that is no whole tick -> rounded against it', () => {
    const { fills } = play({
      bars: [FLAT, FLAT],
      strategies: [{ 0: (c) => c.sell({ size: { qty: 1 }, why }) }],
      account: 'margin',
      costs: { fees, entrySpreadRate: toRate(0.00015) },
    });
    assert.deepEqual(fills, ['entry sell 1 @ 99.98 1:00 taker']);
  });

  test('entry spread: a limit order that is filled at its limit -> pays none', () => {
    const { fills } = play({
      bars: [FLAT, [100, 100, 98, 99]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 99, why }) }],
      costs: { fees, entrySpreadRate: toRate(0.01) },
    });
    assert.match(fills[0]!, /^entry buy 1 @ 99 /);
  });

  test('slippage: a triggered stop-limit -> never worse than its limit', () => {
    const { fills } = play({
      bars: [FLAT, [100, 103, 100, 102]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, trigger: 101, limit: 101.5, why }) }],
      costs: { fees, slippage: { kind: 'basis-points', amount: toRate(0.05), clampToRange: false } },
    });
    assert.match(fills[0]!, /^entry buy 1 @ 101 /);
  });
});
