import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryBarStore } from '../../adapters/memory/bar-store.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { DAY_MS, HOUR_MS } from '../../core/vocabulary/time.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import { dataSync } from './data-sync.ts';

const START_MS = 1_700_000_000_000 - (1_700_000_000_000 % DAY_MS);
const rows = Array.from({ length: 48 }, (_, k) => [START_MS + k * HOUR_MS, 100 + k, 102 + k, 99 + k, 101 + k, 1]);

/** A venue with two days of hourly bars; `gone`: symbols that it does not answer for. */
function venue(gone: readonly string[]): BarHistory {
  return {
    ...{ venue: 'TEST', largestPage: 20, timeframes: ['1h'] },
    async bars(symbol, _timeframe, fromMs, toMs) {
      if (gone.includes(symbol)) throw new Failure('venue-unavailable', `no answer about ${symbol}`);
      return barsFromRows(rows.filter(([t]) => t! >= fromMs && t! < toMs).slice(0, 20));
    },
  };
}

/** A catalogue with a day of each series, on its third day. */
async function scene(series: readonly string[], gone: readonly string[] = []) {
  const catalogue = memoryBarStore();
  for (const each of series)
    await catalogue.upsert(each, '1h', barsFromRows(rows.slice(0, 24)), { source: 'test', nowMs: START_MS + DAY_MS });
  const facts = { name: 'test', id: 'TEST', history: ['rest'] };
  const world = {
    catalogue,
    clock: { ...systemClock(), nowMs: () => START_MS + 2 * DAY_MS + 5 },
    venues: { all: [facts, { ...facts, name: 'mute', id: 'MUTE', history: [] }], history: async () => venue(gone) },
  } as unknown as World;
  const stop = new AbortController();
  const told: [number, number][] = [];
  const call = {
    stop: stop.signal,
    progress: (_: string, done: number, total: number) => told.push([done, total]) > 0,
  };
  return { catalogue, told, sync: (name?: string) => dataSync({ venue: name }, world, call as unknown as Call), stop };
}

describe('data sync', () => {
  test('series of venues -> up to date; those from elsewhere stay as they are', async () => {
    const { catalogue, told, sync } = await scene(['FILE:GOOG', 'MUTE:BTCUSDT', 'TEST:BTCUSDT', 'TEST:ETHUSDT']);
    const { series, others } = await sync();
    assert.deepEqual(
      series.map(({ series: name, inserted, complete, failure }) => [name, inserted, complete, failure]),
      [
        ['TEST:BTCUSDT', 24, true, null],
        ['TEST:ETHUSDT', 24, true, null],
      ],
    );
    assert.equal(others, 2);
    assert.equal((await catalogue.info('FILE:GOOG', '1h'))!.rows, 24);
    assert.equal((await catalogue.info('TEST:ETHUSDT', '1h'))!.rows, 48);
    assert.deepEqual(told.at(-1), [4, 4]);
    assert.deepEqual(
      (await sync('test')).series.map(({ inserted }) => inserted),
      [0, 0],
    );
    assert.deepEqual((await sync('mute')).series, []);
  });

  test('one that cannot be had -> told, and the others are; none can -> the failure', async () => {
    const { sync } = await scene(['TEST:AAA', 'TEST:BTCUSDT'], ['AAA']);
    const { series } = await sync();
    assert.deepEqual(
      series.map(({ inserted, failure }) => [inserted, failure?.code ?? null]),
      [
        [0, 'venue-unavailable'],
        [24, null],
      ],
    );
    await assert.rejects((await scene(['TEST:AAA'], ['AAA'])).sync(), { code: 'venue-unavailable' });
  });

  test('to be ended -> no further series is begun', async () => {
    const { stop, sync } = await scene(['TEST:AAA', 'TEST:BTCUSDT']);
    stop.abort();
    assert.deepEqual((await sync()).series, []);
  });
});
