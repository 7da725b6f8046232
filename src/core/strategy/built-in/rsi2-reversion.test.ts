import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { rsi2Reversion } from './rsi2-reversion.ts';

/** Forty closes up by 1, then three down by 2: RSI 2 is 33.3, 14.3, 6.7 while the average of 20 is 131.6. */
const pullback = [...Array.from({ length: 40 }, (_, i) => 100 + i), 137, 135, 133];
const params = { trend: 20, leave: 2, oversold: 10, stop: 0.05 };

describe('rsi2-reversion', () => {
  test('pullback in a rise: back above the short average -> bought at 133, sold at the open after', () => {
    const { trades } = play(rsi2Reversion, { bars: [...pullback, 136, 137], params });
    assert.equal(trades.length, 1);
    const [trade] = trades;
    assert.deepEqual([trade!.entryBar, trade!.entryPrice], [43, 133]);
    assert.deepEqual([trade!.exitBar, trade!.exitPrice, trade!.exitRole], [44, 136, 'exit']);
    assert.equal(trade!.entryWhy, 'RSI 2 at 6.66667 below 10 while close 133 is above SMA 20 at 131.6');
    assert.equal(trade!.exitWhy, 'close 136 back above SMA 2 at 134.5');
  });

  test('pullback that goes on: 5 % stop -> out at 126.35 in the bar of the entry', () => {
    const { trades } = play(rsi2Reversion, { bars: [...pullback, 126], params });
    assert.deepEqual([trades[0]!.exitBar, trades[0]!.exitPrice, trades[0]!.exitRole], [43, 126.35, 'stop']);
  });

  test('the same pullback below the long average -> nothing', () => {
    const falling = [...Array.from({ length: 40 }, (_, i) => 200 - i), 158, 156, 154, 157, 158];
    assert.equal(play(rsi2Reversion, { bars: falling, params }).orders.length, 0);
  });
});
