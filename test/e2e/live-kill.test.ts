import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runLiveKills } from '../kills/live-kills.ts';

const KILLS = 20;
/** From the start of a process until its orders may leave, after the one before was killed. */
const MOST_READY_MS = 10_000;
/** On a machine so busy that ten seconds say nothing: as a multiple of a plain start of the program at that time. An idle one takes half a second. */
const MOST_PLAIN_STARTS = 15;

describe('live session under kill -9', () => {
  test(`killed ${KILLS} times, ready or not -> no order or trade lost or doubled, books and venue agree, ready again in time`, async (t) => {
    const { orders, trades, readyMs, plainMs } = await runLiveKills({ count: KILLS, seed: 3 });
    const p99 = readyMs[Math.floor(readyMs.length * 0.99)]!;
    const plain = plainMs[plainMs.length >> 1]!;
    t.diagnostic(
      `${orders} orders, ${trades} trades; ready p50 ${readyMs[readyMs.length >> 1]!.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; a plain start ${plain.toFixed(0)} ms`,
    );
    // How many there are follows from how fast the machine starts a program: without any, nothing would be shown.
    assert.ok(orders > 0 && trades > 0, `${orders} orders, ${trades} trades`);
    assert.ok(p99 <= Math.max(MOST_READY_MS, MOST_PLAIN_STARTS * plain), `${p99} ms, a plain start ${plain} ms`);
  });
});
