import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { grid } from './grid.ts';

/** Levels at 98, 96 and 94 below a centre of 100. */
const params = { step: 0.02, levels: 3, size: 0.9, cut: 0.05, rest: 1 };

describe('grid', () => {
  test('dip and recovery: one level filled -> sold at the line above, and its buy order is back', () => {
    const bars = [
      [100, 100, 100, 100],
      [99.5, 99.5, 97.5, 99],
      [99, 100.5, 99, 100.2],
      [100, 100, 99, 99.5],
    ];
    const { trades, orders } = play(grid, { bars, params });
    assert.equal(trades.length, 1);
    const [trade] = trades;
    assert.deepEqual([trade!.entryBar, trade!.entryPrice, trade!.exitBar, trade!.exitPrice], [1, 98, 2, 100]);
    assert.ok(Math.abs(trade!.profit - (3_000 / 98) * 2) < 0.001, `${trade!.profit}`);
    const open = orders.filter((o) => o.status === 'open').map((o) => o.limit);
    assert.deepEqual(
      open.sort((a, b) => a! - b!),
      [94, 96, 98],
    );
  });

  test('fall through all levels -> never more than three parts, all sold below the cut with the reason', () => {
    const bars = [
      [100, 100, 100, 100],
      [99, 99, 85, 85],
      [85, 86, 84, 85],
      [85, 86, 84, 85],
      [85, 86, 84, 85],
    ];
    const { trades, fills } = play(grid, { bars, params });
    assert.deepEqual(
      fills.map((f) => [f.bar, f.side, f.price]),
      [
        [1, 'buy', 98],
        [1, 'buy', 96],
        [1, 'buy', 94],
        [3, 'sell', 85],
      ],
    );
    assert.ok(fills.slice(0, 3).reduce((sum, f) => sum + f.qty * f.price, 0) <= 9_000);
    assert.equal(trades[0]!.exitWhy, 'close 85 is 5 % below the lowest level 94');
  });

  test('rise without a fill -> the grid moves up to the new centre', () => {
    const bars = [100, 103, 103, 103].map((close) => [close, close, close, close]);
    const { orders } = play(grid, { bars, params });
    assert.deepEqual(
      orders.filter((o) => o.status === 'open').map((o) => o.limit),
      [100.94, 98.88, 96.82],
    );
  });
});
