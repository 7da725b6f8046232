import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { bollingerKeltnerSqueeze } from './bollinger-keltner-squeeze.ts';

/** Closes at 100 in bars of 2: bands without width inside a channel of 3 on either side, from the tenth bar on, when there is an ATR. */
const quiet = Array.from({ length: 120 }, () => [100, 101, 99, 100]);
const params = { length: 10, quiet: 6 };

describe('bollinger-keltner-squeeze', () => {
  test('close above the bands after the quiet: falls back to the middle -> bought at the next open, sold after the close below', () => {
    const bars = [
      ...quiet,
      [100, 104, 100, 104],
      [104, 105, 103, 104.5],
      [104.5, 104.5, 100, 100],
      [100, 101, 99.8, 100],
    ];
    const { trades, fills } = play(bollingerKeltnerSqueeze, { bars, params });
    assert.equal(trades.length, 1);
    const [trade] = trades;
    assert.deepEqual([fills[0]!.bar, fills[0]!.price], [121, 104]);
    assert.match(trade!.entryWhy, /^close 104 above the upper band 102\.8 after 110 quiet bars; ATR 2\.2$/);
    assert.deepEqual([fills[1]!.bar, fills[1]!.price, fills[1]!.role], [123, 100, 'exit']);
    assert.equal(trade!.exitWhy, 'close 100 below the middle band 100.85');
  });

  test('a steady rise, the bands wide around it, then a breakout -> nothing', () => {
    const steady = Array.from({ length: 120 }, (_, i) => [100 + i, 101 + i, 100 + i, 101 + i]);
    const { orders } = play(bollingerKeltnerSqueeze, {
      bars: [...steady, [220, 240, 220, 240], [240, 240, 240, 240]],
      params,
    });
    assert.equal(orders.length, 0);
  });
});
