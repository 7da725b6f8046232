import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { donchianAtr } from './donchian-atr.ts';

/** Forty bars between 99 and 101 (ATR 2), then a close at 102 above all of them. */
const breakout = [...Array.from({ length: 40 }, () => [100, 101, 99, 100]), [100, 102, 100, 102]];
const params = { entry: 5, exit: 3, atr: 2, stop: 2, risk: 0.01 };

describe('donchian-atr', () => {
  test('breakout that fails: stop of 2 ATRs -> entered at the next open, out 4 below it, 1 % of the equity lost', () => {
    const bars = [...breakout, [102, 103, 101, 102], [102, 102, 97, 97.5]];
    const { trades, equity } = play(donchianAtr, { bars, params });
    assert.equal(trades.length, 1);
    const [trade] = trades;
    assert.deepEqual([trade!.entryBar, trade!.entryPrice, trade!.quantity], [41, 102, 25]);
    assert.deepEqual([trade!.exitBar, trade!.exitPrice, trade!.exitRole, trade!.r], [42, 98, 'stop', -1]);
    assert.equal(equity.at(-1), 9_900);
    assert.equal(trade!.entryWhy, 'close 102 above the 5-bar high 101; ATR 2, 25.5 % of equity');
  });

  test('breakout that runs: close below the low of 3 bars -> left at the next open, no stop touched', () => {
    const bars = [
      ...breakout,
      [102, 104, 101.5, 104],
      [104, 106, 103, 106],
      [106, 108, 105, 108],
      [108, 108, 101, 101],
      [100.5, 101, 100, 100],
    ];
    const { trades } = play(donchianAtr, { bars, params });
    assert.deepEqual([trades[0]!.exitBar, trades[0]!.exitPrice, trades[0]!.exitRole], [45, 100.5, 'exit']);
    assert.equal(trades[0]!.exitWhy, 'close 101 below the 3-bar low 101.5');
  });

  test('near stop: risk asks for more than there is -> limited by `most`, not refused', () => {
    const { orders, refusals } = play(donchianAtr, {
      bars: [...breakout, [102, 103, 101, 102]],
      params: { ...params, stop: 0.5, risk: 0.05, most: 0.5 },
    });
    assert.equal(orders[0]!.qty, Math.floor((5_000 / 102) * 1e6) / 1e6);
    assert.deepEqual(refusals, []);
  });
});
