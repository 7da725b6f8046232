import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { smaCross } from './sma-cross.ts';

const closes = [100, 99, 98, 97, 98, 100, 103, 104, 101, 97, 95, 94];

describe('sma-cross', () => {
  test('a rise and a fall: averages of 2 and 3 -> bought at the open after the crossing up, sold at the one after the crossing down', () => {
    const { trades, refusals } = play(smaCross, { bars: closes, params: { fast: 2, slow: 3 } });
    assert.equal(trades.length, 1);
    const [trade] = trades;
    assert.deepEqual([trade!.entryBar, trade!.entryPrice, trade!.exitBar, trade!.exitPrice], [6, 100, 9, 101]);
    assert.equal(trade!.entryWhy, 'SMA 2 crossed above SMA 3');
    assert.equal(trade!.exitWhy, 'SMA 2 crossed below SMA 3');
    assert.deepEqual(refusals, []);
  });

  test('size: half of 10,000 at 100 -> 50 units, 1 a unit gained', () => {
    const { trades, equity } = play(smaCross, { bars: closes, params: { fast: 2, slow: 3, size: 0.5 } });
    assert.equal(trades[0]!.quantity, 50);
    assert.equal(equity.at(-1), 10_050);
  });

  test('parameters: fast not less than slow -> refused', () => {
    assert.throws(
      () => play(smaCross, { bars: closes, params: { fast: 50, slow: 20 } }),
      /fast must be less than slow/,
    );
  });
});
