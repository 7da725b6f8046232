import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { barsFromRows } from '../core/vocabulary/market-data.ts';
import { Random } from '../core/vocabulary/random.ts';
import { MINUTE_MS, timeframe } from '../core/vocabulary/time.ts';
import type { BarHistory, FeedGap } from '../ports/market-feed.ts';
import { VenueError } from '../ports/venue-error.ts';
import { ClosedBars } from './closed-bars.ts';

const START_MS = 1_795_200_000_000;
const minute = (k: number): number => START_MS + k * MINUTE_MS;

function world() {
  const clock = new SimulatedClock(START_MS + 30_000);
  const told: number[] = [];
  const gaps: FeedGap[] = [];
  const asked: [from: number, to: number][] = [];
  const state = { isDown: false, missing: new Set<number>() };
  const history: BarHistory = {
    venue: 'X',
    largestPage: 500,
    timeframes: ['1m'],
    bars: (_symbol, _timeframe, fromMs, toMs) => {
      asked.push([fromMs, toMs]);
      if (state.isDown) return Promise.reject(new VenueError('unavailable', 'X', 'down'));
      const rows: number[][] = [];
      for (let t = fromMs; t < toMs; t += MINUTE_MS) if (!state.missing.has(t)) rows.push([t, 1, 1, 1, 1, 1]);
      return Promise.resolve(barsFromRows(rows));
    },
  };
  const bars = new ClosedBars({
    ...{ symbol: 'A', spec: timeframe('1m'), history, clock, random: new Random(1) },
    venueNowMs: () => clock.nowMs(),
    closed: (openTimeMs) => told.push((openTimeMs - START_MS) / MINUTE_MS),
    gap: (gap) => gaps.push(gap),
  });
  return { clock, bars, told, gaps, asked, state };
}

describe('closed bars', () => {
  test('time passes without another push -> each bar is fetched soon after its end, once', async () => {
    const { clock, bars, told, gaps } = world();
    assert.equal(bars.forming(minute(0)), true);
    await clock.advance(31_000);
    assert.deepEqual(told, [], 'not before the grace');
    await clock.advance(1_000);
    assert.deepEqual(told, [0]);
    await clock.advance(3 * MINUTE_MS);
    assert.deepEqual([told, gaps], [[0, 1, 2, 3], []]);
    bars.end();
  });

  test('a push of the next bar -> held back until the one before is closed', async () => {
    const { clock, bars, told } = world();
    bars.forming(minute(0));
    await clock.advance(30_100);
    assert.equal(bars.forming(minute(1)), false);
    await clock.advance(10);
    assert.deepEqual(told, [0]);
    assert.equal(bars.forming(minute(1)), true);
    assert.equal(bars.forming(minute(0)), false, 'an old one is told no more');
    bars.end();
  });

  test('interrupted over several bars -> all of them in order, then told as recovered', async () => {
    const { clock, bars, told, gaps, state } = world();
    bars.forming(minute(0));
    state.isDown = true;
    await clock.advance(45_000);
    state.isDown = false;
    bars.resumed(minute(0));
    await clock.advance(MINUTE_MS);
    assert.deepEqual(told, [0, 1]);
    assert.deepEqual(
      gaps.map((g) => [g.outcome, g.fromMs]),
      [['recovered', minute(0)]],
    );
    bars.end();
  });

  test('a venue that gives no answer for long -> told as lost, and the feed goes on', async () => {
    const { clock, bars, told, gaps, state } = world();
    bars.forming(minute(0));
    state.isDown = true;
    await clock.advance(10 * MINUTE_MS);
    assert.ok(
      gaps.some((g) => g.outcome === 'lost' && g.fromMs === minute(0)),
      JSON.stringify(gaps),
    );
    state.isDown = false;
    await clock.advance(2 * MINUTE_MS);
    assert.ok(told.length > 0 && told.every((k, i) => i === 0 || k === told[i - 1]! + 1));
    bars.end();
  });

  test('a bar that nobody traded in, which the venue does not list -> passed over, no gap', async () => {
    const { clock, bars, told, gaps, state } = world();
    state.missing.add(minute(1));
    bars.forming(minute(0));
    await clock.advance(4 * MINUTE_MS);
    assert.deepEqual([told, gaps], [[0, 2, 3], []]);
    bars.end();
  });

  test('ended -> nothing is asked or told any more', async () => {
    const { clock, bars, asked } = world();
    bars.forming(minute(0));
    bars.end();
    await clock.advance(5 * MINUTE_MS);
    assert.deepEqual([asked, clock.waiting], [[], 0]);
  });
});
