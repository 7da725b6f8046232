import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { buyAndHold } from './buy-and-hold.ts';

describe('buy-and-hold', () => {
  test('two instruments: one doubles, one stays -> half in each from the second bar, never sold', () => {
    const { fills, trades, equity } = play(buyAndHold, {
      bars: { A: [100, 150, 200], B: [10, 10, 10] },
      params: { size: 0.98 },
    });
    assert.deepEqual(
      fills.map((f) => [f.bar, f.symbol, f.side, f.price, f.qty]),
      [
        [1, 'A', 'buy', 100, 49],
        [1, 'B', 'buy', 10, 490],
      ],
    );
    assert.ok(trades.every((t) => t.open));
    assert.equal(equity.at(-1), 10_000 + 49 * 100);
  });
});
