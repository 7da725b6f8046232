import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { pairs } from './pairs.ts';

/** A moves by 0.5 around 100 and B stays; then A is 3 too dear for one bar, and comes back. */
const A = [...Array.from({ length: 20 }, (_, i) => (i % 2 ? 99.5 : 100.5)), 103, 103, 100, 100];
const B = A.map(() => 100);
const params = { length: 10, entry: 2, stop: 4 };

describe('pairs', () => {
  test('margin account: ratio too high, then back -> dear side sold and cheap side bought at one open, both closed at one', () => {
    const { fills, trades, refusals } = play(pairs, { bars: { A, B }, account: 'margin', params });
    assert.deepEqual(
      fills.map((f) => [f.bar, f.symbol, f.side, f.price]),
      [
        [21, 'A', 'sell', 103],
        [21, 'B', 'buy', 100],
        [23, 'A', 'buy', 100],
        [23, 'B', 'sell', 100],
      ],
    );
    assert.ok(trades.find((t) => t.symbol === 'A')!.profit > 0);
    assert.match(fills[0]!.why, /^A\/B at 2\.\d+ deviations from its mean of 10 bars; A is dear$/);
    assert.match(fills[2]!.why, /within 0\.25 of the mean$/);
    assert.deepEqual(refusals, []);
  });

  test('cash account: shorts are refused -> says so once and buys the cheap side alone', () => {
    const { fills, refusals, logs } = play(pairs, { bars: { A: [...A, ...A], B: [...B, ...B] }, params });
    assert.deepEqual(
      refusals.map((r) => r.code),
      ['short-not-allowed'],
    );
    assert.equal(logs.length, 1);
    assert.match(logs[0]!.text, /no shorts/);
    assert.deepEqual(new Set(fills.map((f) => f.symbol)), new Set(['B']));
    assert.equal(fills.length, 4);
  });

  test('one instrument -> refused in words', () => {
    assert.throws(() => play(pairs, { bars: A }), /expected two instruments, found one/);
  });
});
