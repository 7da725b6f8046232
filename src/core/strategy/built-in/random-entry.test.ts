import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { randomEntry } from './random-entry.ts';

describe('random-entry', () => {
  test('seed: the same -> the same trades; another -> others', () => {
    const of = (seed: number) => play(randomEntry, { bars: 'chop', params: { seed, every: 10, hold: 5 } });
    assert.equal(of(1).hash, of(1).hash);
    assert.notEqual(of(1).hash, of(2).hash);
  });

  test('chance and holding time: a thousand entries -> about 1 in `every` flat bars, no trade longer than drawn at most', () => {
    const { trades, equity } = play(randomEntry, { bars: 'chop', params: { every: 4, hold: 2, stop: 0.2 } });
    const closed = trades.filter((t) => !t.open);
    const held = closed.reduce((sum, t) => sum + t.barsHeld!, 0);
    // Flat bars between trades: 4 on average, of which the bar of the decision to leave is none.
    const flatBars = (equity.length - held) / closed.length;
    assert.ok(Math.abs(flatBars - 4) < 0.4, `${flatBars}`);
    assert.ok(closed.every((t) => t.barsHeld! <= 2 * 2 + 1));
    assert.ok(closed.length > 500);
  });

  test('both sides on a margin account -> longs and shorts', () => {
    const { trades } = play(randomEntry, { bars: 'chop', account: 'margin', params: { every: 5, side: 'both' } });
    assert.deepEqual(new Set(trades.map((t) => t.side)), new Set(['long', 'short']));
  });
});
