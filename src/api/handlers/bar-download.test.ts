import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { memoryBarStore } from '../../adapters/memory/bar-store.ts';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { DAY_MS, HOUR_MS } from '../../core/vocabulary/time.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import { Failure } from '../failures.ts';
import { downloadBars } from './bar-download.ts';

const START_MS = 1_700_000_000_000 - (1_700_000_000_000 % DAY_MS);
const NOW_MS = START_MS + 400 * DAY_MS + 5;

/** A venue with hourly bars but for those in `without`; counts what it is asked for. */
function venue(hours: number, largestPage: number, without: ReadonlySet<number> = new Set()) {
  const asked: [number, number][] = [];
  const rows = Array.from({ length: hours }, (_, k) => [START_MS + k * HOUR_MS, 100 + k, 102 + k, 99 + k, 101 + k, 1]);
  const history: BarHistory = {
    venue: 'TEST',
    largestPage,
    timeframes: ['1h'],
    async bars(_symbol, _tf, fromMs, toMs) {
      asked.push([(fromMs - START_MS) / HOUR_MS, (toMs - START_MS) / HOUR_MS]);
      const there = rows.filter(([t], k) => t! >= fromMs && t! < toMs && !without.has(k));
      return barsFromRows(there.slice(0, largestPage));
    },
  };
  return { asked, history };
}

const hours = (from: number, to: number) => ({
  symbol: 'BTCUSDT',
  timeframe: '1h' as const,
  fromMs: START_MS + from * HOUR_MS,
  toMs: START_MS + to * HOUR_MS,
});
const always = (): boolean => true;
const at = (nowMs: number) => (): number => nowMs;

describe('download of bars', () => {
  test('a period in pages -> all of it stored; again -> nothing asked', async () => {
    const { asked, history } = venue(100, 30);
    const store = memoryBarStore();
    const first = await downloadBars(history, store, hours(0, 100), at(NOW_MS), always);
    assert.deepEqual(
      [first.fetched, first.inserted, first.requests, first.known, first.isComplete],
      [100, 100, 4, 0, true],
    );
    assert.deepEqual(asked, [
      [0, 100],
      [30, 100],
      [60, 100],
      [90, 100],
    ]);
    const again = await downloadBars(history, store, hours(0, 100), at(NOW_MS), always);
    assert.deepEqual([again.fetched, again.requests, again.known], [0, 0, 100]);
    assert.equal((await store.syncStatus('TEST:BTCUSDT', '1h'))!.status, 'done');
  });

  test('a longer period later -> only what is missing on both sides', async () => {
    const { asked, history } = venue(100, 30);
    const store = memoryBarStore();
    await downloadBars(history, store, hours(40, 60), at(NOW_MS), always);
    asked.splice(0);
    const more = await downloadBars(history, store, hours(20, 80), at(NOW_MS), always);
    assert.deepEqual(asked, [
      [20, 40],
      [60, 80],
    ]);
    assert.deepEqual([more.fetched, more.known], [40, 20]);
  });

  test('bars that the venue lacks -> said, and never asked for again; a bar stored by hand meanwhile is fine', async () => {
    const { asked, history } = venue(100, 30, new Set([0, 1, 50, 51, 52, 98, 99]));
    const store = memoryBarStore();
    const first = await downloadBars(history, store, hours(0, 100), at(NOW_MS), always);
    assert.deepEqual(
      first.absent.map((p) => [(p.fromMs - START_MS) / HOUR_MS, (p.toMs - START_MS) / HOUR_MS]),
      [
        [0, 2],
        [50, 53],
        [98, 100],
      ],
    );
    asked.splice(0);
    await downloadBars(history, store, hours(0, 100), at(NOW_MS), always);
    assert.deepEqual(asked, []);
  });

  test('the bar under way -> not asked for; one that is not published yet -> asked for again', async () => {
    const { asked, history } = venue(99, 30);
    const store = memoryBarStore();
    const nowMs = START_MS + 100.5 * HOUR_MS;
    await downloadBars(history, store, hours(90, 200), at(nowMs), always);
    assert.deepEqual(asked, [[90, 100]]);
    asked.splice(0);
    const again = await downloadBars(history, store, hours(90, 200), at(nowMs), always);
    assert.deepEqual(asked, [[99, 100]]);
    assert.equal(again.fetched, 0);
  });

  test('ended in the middle -> what came is stored; the next run goes on there', async () => {
    const { asked, history } = venue(100, 10);
    const store = memoryBarStore();
    let calls = 0;
    const part = await downloadBars(history, store, hours(0, 100), at(NOW_MS), () => ++calls < 4);
    assert.deepEqual([part.isComplete, part.inserted], [false, 30]);
    assert.equal((await store.syncStatus('TEST:BTCUSDT', '1h'))!.status, 'running');
    asked.splice(0);
    const rest = await downloadBars(history, store, hours(0, 100), at(NOW_MS), always);
    assert.deepEqual([asked[0], rest.inserted, rest.isComplete], [[30, 100], 70, true]);
  });

  test('the venue fails in the middle of a block -> nothing half-done, the failure is kept', async () => {
    const { history } = venue(100, 10);
    const store = memoryBarStore();
    let calls = 0;
    const failing: BarHistory = {
      ...history,
      bars: (...args) => (++calls === 3 ? Promise.reject(new Error('no route')) : history.bars(...args)),
    };
    await assert.rejects(downloadBars(failing, store, hours(0, 100), at(NOW_MS), always), /no route/);
    assert.deepEqual(await store.list(), []);
    const status = await store.syncStatus('TEST:BTCUSDT', '1h');
    assert.deepEqual([status!.status, status!.failure, status!.absent], ['failed', 'no route', []]);
  });

  test('a bar that cannot be -> the whole block refused with its time', async () => {
    const { history } = venue(20, 30);
    const bad: BarHistory = {
      ...history,
      async bars(...args) {
        const page = await history.bars(...args);
        page.high[7] = 1;
        return page;
      },
    };
    const store = memoryBarStore();
    await assert.rejects(
      downloadBars(bad, store, hours(0, 20), at(NOW_MS), always),
      (error) => error instanceof Failure && error.code === 'data-invalid' && /high 1, low/.test(error.message),
    );
    assert.deepEqual(await store.list(), []);
  });

  test('any periods in any order, any page size, any outages -> in the end every bar that there is, each asked for once', async () => {
    const period = fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 60 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(period, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.uniqueArray(fc.nat(99), { maxLength: 30 }),
        async (periods, page, without) => {
          const { history } = venue(100, page, new Set(without));
          const store = memoryBarStore();
          const wanted = new Set<number>();
          let fetched = 0;
          for (const [from, length] of periods) {
            const to = Math.min(100, from + length);
            const download = await downloadBars(history, store, hours(from, to), at(NOW_MS), always);
            fetched += download.fetched;
            for (let k = from; k < to; k++) if (!without.includes(k)) wanted.add(k);
          }
          const stored = await store.load('TEST:BTCUSDT', '1h');
          const found = Array.from(stored?.bars.openTimeMs ?? [], (t) => (t - START_MS) / HOUR_MS);
          assert.deepEqual(
            found,
            [...wanted].sort((a, b) => a - b),
          );
          assert.equal(fetched, wanted.size);
        },
      ),
    );
  });
});
