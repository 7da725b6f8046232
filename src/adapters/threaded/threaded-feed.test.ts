import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { ScriptedThreadData } from '../../../test/fixtures/scripted-feed.ts';
import { callLog, playRandomCalls } from '../../../test/random-feed-calls.ts';
import { Random } from '../../core/vocabulary/random.ts';
import type { FeedRequest } from '../../ports/market-feed.ts';
import { systemClock } from '../system/clock.ts';
import { ThreadedFeed } from './threaded-feed.ts';

const ENTRY = new URL('../../../test/fixtures/scripted-feed.ts', import.meta.url);

interface Scene {
  readonly feed: ThreadedFeed;
  readonly workers: readonly Worker[];
}

/** `firstLife` −1: the thread does not start. */
async function openScene(queueBytes = 1 << 20, firstLife = 1): Promise<Scene> {
  const workers: Worker[] = [];
  const feed = await ThreadedFeed.open({
    ...{ clock: systemClock(), random: new Random(1), queueBytes, backoff: { firstMs: 20, longestMs: 20 } },
    start: (data) => {
      const workerData: ScriptedThreadData = { ...data, life: firstLife + workers.length };
      const worker = new Worker(ENTRY, { workerData });
      workers.push(worker);
      return worker;
    },
  });
  return { feed, workers };
}

async function inScene(body: (scene: Scene) => Promise<void>, queueBytes?: number): Promise<void> {
  const scene = await openScene(queueBytes);
  try {
    await body(scene);
  } finally {
    await scene.feed.close();
  }
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function listen(feed: ThreadedFeed, request: FeedRequest) {
  const calls: unknown[][] = [];
  return { calls, id: feed.subscribe(request, callLog(calls)) };
}

const ofKind = (calls: readonly unknown[][], kind: string) => calls.filter(([name]) => name === kind);

describe('threaded feed', () => {
  test('calls of every kind with any numbers and texts -> the same, to the bit and in order', () =>
    inScene(async ({ feed }) => {
      const { calls, id } = listen(feed, { channel: 'trades', symbol: 'RANDOM 7 3000' });
      await until(() => calls.length >= 3_000, 'all calls');
      const expected: unknown[][] = [];
      playRandomCalls(callLog(expected), id, 7, 3_000);
      assert.deepEqual(calls, expected);
    }));

  test('this thread is busy and the queue small -> the other waits, says so, and nothing is missing', () =>
    inScene(async ({ feed }) => {
      const { calls, id } = listen(feed, { channel: 'trades', symbol: 'RANDOM 3 4000' });
      await until(() => calls.length > 0, 'the first call');
      const endMs = performance.now() + 60;
      while (performance.now() < endMs);
      const { waits, isWaiting, queuedBytes } = feed.health().thread!;
      assert.ok(isWaiting && waits > 0 && queuedBytes > 0, `${waits} waits, ${queuedBytes} bytes`);
      await until(() => calls.length >= 4_000, 'all calls');
      const expected: unknown[][] = [];
      playRandomCalls(callLog(expected), id, 3, 4_000);
      assert.deepEqual(calls, expected);
      assert.ok(feed.health().thread!.waitedMs >= 30, `waited ${feed.health().thread!.waitedMs} ms`);
      assert.equal(feed.health().thread!.queuedBytes < 1 << 13, true);
    }, 1 << 13));

  test('the thread ends by itself -> down, calls rejected, started again, everything subscribed, what was lost is told', () =>
    inScene(async ({ feed, workers }) => {
      const trades = listen(feed, { channel: 'trades', symbol: 'TRADES' });
      const bars = listen(feed, { channel: 'bars', symbol: 'BARS 6', timeframe: '1m' });
      const adjacent = listen(feed, { channel: 'bars', symbol: 'BARS 8', timeframe: '1m' });
      const quotes = listen(feed, { channel: 'quotes', symbol: 'QUOTES' });
      await until(() => trades.calls.length === 10 && quotes.calls.length === 1, 'the first data');
      await until(() => feed.health().subscriptions.every((s) => s.state === 'live'), 'the first health');
      const asked = feed.instruments(['NEVER']);
      listen(feed, { channel: 'trades', symbol: 'DIE' });
      await assert.rejects(asked, { name: 'VenueError', code: 'unavailable', isRetryable: true });
      const { subscriptions, thread } = feed.health();
      assert.ok(subscriptions.every((s) => s.state === 'down'));
      assert.equal(thread!.lastFault, 'the script ends here');
      assert.ok(thread!.retryInMs <= 20);
      await assert.rejects(feed.instruments(), { code: 'unavailable' });
      const late = listen(feed, { channel: 'quotes', symbol: 'QUOTES' });
      await until(() => quotes.calls.length === 3 && late.calls.length > 0, 'data of the second thread');
      assert.equal(workers.length, 2);
      // Subscribed while there was no thread, and so nothing of it was lost.
      assert.deepEqual(late.calls, [['quote', late.id, 2_000, 0, 2, 1, 1, 2, 1]]);
      assert.equal(feed.health().thread!.restarts, 1);

      const reason = 'the thread of the feed was started again: the script ends here';
      const gap = (id: number, fromMs: number, toMs: number) => ['gap', id, { outcome: 'lost', fromMs, toMs, reason }];
      // Trades 8 and 9 were told by the first thread.
      assert.deepEqual(
        ofKind(trades.calls, 'trade').map((call) => call[4]),
        Array.from({ length: 18 }, (_, k) => k),
      );
      assert.deepEqual(trades.calls[10], gap(trades.id, 1_090, 1_100));
      const opens = (calls: readonly unknown[][]) => ofKind(calls, 'bar').map((call) => Number(call[4]) / 60_000);
      assert.deepEqual(opens(bars.calls), [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]);
      assert.deepEqual(ofKind(bars.calls, 'gap'), [gap(bars.id, 360_000, 480_000)]);
      // No close lies between: nothing is missing.
      assert.deepEqual(
        opens(adjacent.calls),
        Array.from({ length: 16 }, (_, k) => k),
      );
      assert.deepEqual(ofKind(adjacent.calls, 'gap'), []);
      assert.deepEqual(quotes.calls[1], gap(quotes.id, 1_000, 2_000));
      await until(() => feed.health().subscriptions.every((s) => s.state === 'live'), 'health of the second thread');
      const [health] = feed.health().subscriptions;
      assert.deepEqual([health!.messages, health!.gaps, health!.state], [20, 3, 'live']);
    }));

  test('unsubscribed -> nothing more of it, also of what is on its way', () =>
    inScene(async ({ feed }) => {
      const first = listen(feed, { channel: 'trades', symbol: 'RANDOM 5 100000' });
      const second = listen(feed, { channel: 'trades', symbol: 'RANDOM 6 300' });
      await until(() => first.calls.length > 0, 'the first call');
      feed.unsubscribe(first.id);
      const { length } = first.calls;
      await until(() => second.calls.length === 300, 'the other');
      assert.equal(first.calls.length, length);
      assert.deepEqual(
        feed.health().subscriptions.map((s) => s.id),
        [second.id],
      );
    }));

  test('requests that no venue takes -> RangeError here; refused only there -> told, and it stays down', () =>
    inScene(async ({ feed }) => {
      const sink = callLog([]);
      assert.throws(() => feed.subscribe({ channel: 'bars', symbol: 'X' }, sink), /no bars of no timeframe/);
      assert.throws(() => feed.subscribe({ channel: 'trades', symbol: '' }, sink), RangeError);
      const { calls, id } = listen(feed, { channel: 'trades', symbol: 'REFUSE' });
      await until(() => calls.length === 1, 'the refusal');
      assert.deepEqual(calls, [['anomaly', id, 'out-of-range', 'refused: no such symbol']]);
      await until(() => feed.health().subscriptions[0]!.state === 'down', 'health');
    }));

  test('errors of questions -> the same error on this side', () =>
    inScene(async ({ feed }) => {
      await assert.rejects(feed.instruments(['FAIL']), {
        ...{ name: 'VenueError', code: 'rate-limited', venue: 'SCRIPT', message: 'too much' },
        ...{ venueCode: '-1003', retryAfterMs: 1_500 },
      });
      await assert.rejects(feed.instruments(['BROKEN']), /TypeError: a fault of ours/);
    }));

  test('closed while the thread waits for room -> it ends all the same, and nothing more is told', async () => {
    const { feed, workers } = await openScene(1 << 13);
    const { calls } = listen(feed, { channel: 'trades', symbol: 'RANDOM 9 100000' });
    await until(() => calls.length > 0, 'the first call');
    const asked = feed.instruments(['NEVER']);
    const exited = once(workers[0]!, 'exit');
    const closing = feed.close();
    const { length } = calls;
    await assert.rejects(asked, { code: 'unavailable' });
    await closing;
    assert.deepEqual(await exited, [0]);
    assert.equal(calls.length, length);
    assert.throws(() => listen(feed, { channel: 'trades', symbol: 'TRADES' }), RangeError);
    await assert.rejects(feed.instruments(), { code: 'unavailable' });
  });

  test('a thread that does not start -> VenueError with its reason', () =>
    assert.rejects(openScene(1 << 13, -1), {
      ...{ name: 'VenueError', code: 'unavailable', message: 'the thread of the feed did not start: no life' },
    }));
});
