import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Prices, play } from '../../../test/scenario.ts';
import type { Entry } from '../vocabulary/intent.ts';

const why = 'scenario';

function exits(bar: Prices, entry: Omit<Entry, 'size' | 'why'>, side: 'buy' | 'sell' = 'buy'): string[] {
  const { fills } = play({
    bars: [[100, 100, 100, 100], bar],
    strategies: [{ 0: (c) => c[side]({ size: { qty: 1 }, why, ...entry }) }],
    account: 'margin',
  });
  return fills.map((f) => f.split(' ').slice(0, 5).join(' '));
}

describe('venue orders: what a pessimistic path hurts while the account is flat', () => {
  test('buy limit with a target: low and high reach both, close does not -> the low comes last, no target', () => {
    assert.deepEqual(exits([100, 110, 95, 97], { limit: 96, target: { price: 105 } }), ['entry buy 1 @ 96']);
  });

  test('buy limit with a target: the close is beyond it -> filled on the way up', () => {
    assert.deepEqual(exits([100, 110, 95, 106], { limit: 96, target: { price: 105 } }), [
      'entry buy 1 @ 96',
      'target sell 1 @ 105',
    ]);
  });

  test('buy stop with a protective stop: the bar reaches both -> triggered by the high first, then stopped', () => {
    assert.deepEqual(exits([100, 105, 95, 101], { trigger: 103, stop: { price: 97 } }), [
      'entry buy 1 @ 103',
      'stop sell 1 @ 97',
    ]);
  });

  test('buy limit that the open already reaches: stop and target in the bar -> the stop comes first', () => {
    assert.deepEqual(exits([95, 110, 90, 100], { limit: 96, stop: { price: 92 }, target: { price: 105 } }), [
      'entry buy 1 @ 95',
      'stop sell 1 @ 92',
    ]);
  });

  test('sell limit with a target: mirror of the buy -> the high comes last, no target', () => {
    assert.deepEqual(exits([100, 105, 90, 103], { limit: 104, target: { price: 95 } }, 'sell'), ['entry sell 1 @ 104']);
  });
});
