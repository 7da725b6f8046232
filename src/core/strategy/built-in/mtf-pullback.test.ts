import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { mtfPullback } from './mtf-pullback.ts';

/** Hourly closes up by 0.1 for almost nine days, three down by 1, one up by 1.5: RSI 2 comes back from below 35. */
const rising = Array.from({ length: 211 }, (_, i) => 100 + 0.1 * i);
const pullback = [...rising, 120, 119, 118, 119.5];

describe('mtf-pullback', () => {
  test('pause in a daily rise: it goes on -> bought at the next open, sold at twice the risk', () => {
    const { trades, orders, fills } = play(mtfPullback, {
      bars: [...pullback, 120, 121, 122, 123],
      params: { rsi: 2, trend: 5, reward: 2 },
    });
    assert.equal(trades.length, 1);
    const [trade] = trades;
    assert.deepEqual([fills[0]!.bar, fills[0]!.price, trade!.exitRole], [215, 119.5, 'target']);
    const stop = orders.find((o) => o.role === 'stop')!.trigger!;
    const target = orders.find((o) => o.role === 'target')!.limit!;
    // Levels are whole ticks: the stop is rounded towards the entry, the target is twice what is left.
    assert.ok(stop < 119.5 && Math.abs(target - 119.5 - 2 * (119.5 - stop)) < 0.011, `${stop} ${target}`);
    assert.equal(fills[1]!.price, target);
    // The eighth day closed at 119.1; the ninth is not over and must not be seen.
    assert.match(trade!.entryWhy, /daily close 119\.1 above SMA 5 at 114\.3;/);
  });

  test('daily close falls below its average while held -> left at the open after that day', () => {
    const decline = Array.from({ length: 40 }, (_, i) => 119.4 - 0.1 * i);
    const { trades } = play(mtfPullback, {
      bars: [...pullback, ...decline],
      params: { rsi: 2, trend: 2, stop: 10, reward: 10 },
    });
    assert.deepEqual([trades[0]!.exitBar, trades[0]!.exitRole], [240, 'exit']);
    assert.match(trades[0]!.exitWhy!, /^daily close 117 no longer above its SMA 2 at 118\.2$/);
  });
});
