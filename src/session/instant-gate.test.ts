import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { MINUTE_MS, timeframe } from '../core/vocabulary/time.ts';
import { GRACE_MS, InstantGate } from './instant-gate.ts';
import type { FeedBar } from './session-input.ts';

const bar = (feed: number, minute: number): FeedBar => [feed, minute * MINUTE_MS, 1, 1, 1, 1, 1];

function scene() {
  const clock = new SimulatedClock();
  const ended: (readonly [minute: number, bars: string])[] = [];
  const gate = new InstantGate([timeframe('1m'), timeframe('1m')], clock, (timeMs, bars) => {
    ended.push([timeMs / MINUTE_MS, bars.map(([feed, openMs]) => `${feed}:${openMs / MINUTE_MS}`).join(' ')]);
  });
  return { clock, ended, gate };
}

describe('instant gate', () => {
  test('all bars of a time are in, whatever their order -> one instant, bars in the order of the feeds', () => {
    const { ended, gate } = scene();
    gate.add(bar(1, 5));
    assert.deepEqual(ended, []);
    gate.add(bar(0, 5));
    assert.deepEqual(ended, [[6, '0:5 1:5']]);
  });

  test('one symbol is silent -> after the grace the instant ends without it; its late bar has an instant of its own', async () => {
    const { clock, ended, gate } = scene();
    gate.add(bar(0, 5));
    await clock.advance(GRACE_MS - 1);
    assert.deepEqual(ended, []);
    await clock.advance(1);
    assert.deepEqual(ended, [[6, '0:5']]);
    gate.add(bar(1, 5));
    assert.deepEqual(ended.slice(1), [[6, '1:5']]);
  });

  test('a later time is complete first -> what waits before it ends before it', async () => {
    const { clock, ended, gate } = scene();
    gate.add(bar(0, 5));
    gate.add(bar(0, 6));
    gate.add(bar(1, 6));
    assert.deepEqual(ended, [
      [6, '0:5'],
      [7, '0:6 1:6'],
    ]);
    gate.add(bar(0, 7));
    gate.add(bar(0, 8));
    await clock.advance(GRACE_MS);
    assert.deepEqual(ended.slice(2), [[8, '0:7']]);
    await clock.advance(GRACE_MS);
    assert.deepEqual(ended.slice(3), [[9, '0:8']]);
  });

  test('closed -> what waits ends at once', () => {
    const { ended, gate } = scene();
    gate.add(bar(0, 5));
    gate.close();
    assert.deepEqual(ended, [[6, '0:5']]);
  });
});
