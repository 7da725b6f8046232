import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import {
  allocateBars,
  BAR_FIELDS,
  type BarColumns,
  barsFromRows,
  sliceBars,
} from '../../src/core/vocabulary/market-data.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/vocabulary/time.ts';
import type { BarStore, SyncStatus } from '../../src/ports/bar-store.ts';

/** A store under test. `reopen` gives a fresh one on the same data; null where the adapter keeps nothing. */
export interface BarStoreSubject {
  readonly store: BarStore;
  readonly reopen: (() => BarStore | Promise<BarStore>) | null;
  readonly dispose: () => void | Promise<void>;
}

const START_MS = 1_700_000_040_000;
const BTC = 'BINANCE:BTCUSDT';
const RULES: InstrumentDefinition = {
  id: BTC,
  base: 'BTC',
  quote: 'USDT',
  tick: '0.01',
  lot: '0.00001',
  minNotional: '5',
};
const SYNC: SyncStatus = {
  instrument: BTC,
  timeframe: '1m',
  status: 'running',
  fromMs: START_MS,
  toMs: START_MS + 1e9,
  doneToMs: START_MS + 1e6,
  absent: [{ fromMs: START_MS + 1e5, toMs: START_MS + 2e5 }],
  added: 17,
  updatedAtMs: START_MS + 2e9,
  failure: null,
};

/** Hourly or other bars without gaps; every value differs from its neighbours. */
function bars(count: number, from = 0, stepMs = MINUTE_MS): BarColumns {
  const columns = allocateBars(count);
  for (let i = 0; i < count; i++) {
    const k = from + i;
    columns.openTimeMs[i] = START_MS + k * stepMs;
    columns.open[i] = 100 + (k % 7) / 10;
    columns.close[i] = 100 + (k % 5) / 10;
    columns.high[i] = 101 + (k % 3) / 100;
    columns.low[i] = 99 - (k % 4) / 100;
    columns.volume[i] = 1 + (k % 11) / 1000;
  }
  return columns;
}

function rowsOf(columns: BarColumns): number[][] {
  return Array.from(columns.openTimeMs, (_, i) => BAR_FIELDS.map((field) => columns[field][i]!));
}

function concat(...parts: BarColumns[]): BarColumns {
  return barsFromRows(parts.flatMap(rowsOf));
}

/** What every {@link BarStore} must do. `create` gives an empty store. */
export function barStoreContract(name: string, create: () => BarStoreSubject | Promise<BarStoreSubject>): void {
  const check = (title: string, body: (subject: BarStoreSubject) => Promise<void>): void => {
    test(`bar store (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check('unknown series -> null, empty list, nothing to remove', async ({ store }) => {
    assert.equal(await store.load(BTC, '1m'), null);
    assert.equal(await store.info(BTC, '1m'), null);
    assert.equal(await store.coverage(BTC, '1m'), null);
    assert.deepEqual([await store.list(), await store.damaged()], [[], []]);
    assert.equal(await store.remove(BTC, '1m'), false);
  });

  check('upsert, load -> the same bits and what the series is', async ({ store }) => {
    const given = bars(500);
    const result = await store.upsert(BTC, '1m', given, { source: 'a.csv', nowMs: START_MS + 1e9 });
    assert.equal(result.status, 'stored');
    assert.equal(result.inserted, 500);
    const loaded = await store.load(BTC, '1m');
    assert.deepEqual(rowsOf(loaded!.bars), rowsOf(given));
    const { contentHash, ...info } = loaded!.info;
    assert.match(contentHash, /^[0-9a-f]{32}$/);
    assert.deepEqual(info, {
      instrument: BTC,
      timeframe: '1m',
      rows: 500,
      firstMs: START_MS,
      lastMs: START_MS + 499 * MINUTE_MS,
      source: 'a.csv',
      importedAtMs: START_MS + 1e9,
      decimals: { price: 2, quantity: 3 },
      guess: { base: 'BTC', quote: 'USDT', tickSize: '0.01', stepSize: '0.001' },
    });
    assert.deepEqual(await store.info(BTC, '1m'), loaded!.info);
  });

  check('the same set twice -> nothing new, same information', async ({ store }) => {
    const first = await store.upsert(BTC, '1m', bars(50), { source: 'a.csv', nowMs: START_MS + 1e9 });
    const again = await store.upsert(BTC, '1m', bars(50), { source: 'b.csv', nowMs: START_MS + 2e9 });
    assert.equal(again.status, 'unchanged');
    assert.deepEqual([again.inserted, again.unchanged, again.conflicts], [0, 50, 0]);
    assert.deepEqual(again.info, first.info, 'an import that adds nothing leaves no trace');
  });

  check(
    'overlapping, earlier and inner sets -> the union in time order, whatever the order of imports',
    async ({ store }) => {
      const all = bars(100);
      const parts = [sliceBars(all, 40, 60), sliceBars(all, 50, 100), sliceBars(all, 0, 30), sliceBars(all, 25, 45)];
      for (const part of parts) assert.equal((await store.upsert(BTC, '1m', part)).status, 'stored');
      assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(all));
      await store.upsert('BINANCE:ETHUSDT', '1m', all);
      const [btc, eth] = await store.list();
      assert.equal(btc!.contentHash, eth!.contentHash, 'equal bars have equal hashes');
    },
  );

  check('same time, other values -> counted, shown, replaced by default', async ({ store }) => {
    await store.upsert(BTC, '1m', bars(10));
    const changed = bars(3, 4);
    changed.close[1] = 100.75;
    const result = await store.upsert(BTC, '1m', changed);
    assert.deepEqual([result.status, result.inserted, result.unchanged, result.conflicts], ['stored', 0, 2, 1]);
    const [example] = result.conflictExamples;
    assert.equal(example!.timeMs, START_MS + 5 * MINUTE_MS);
    assert.equal(example!.stored[3], 100);
    assert.equal(example!.incoming[3], 100.75);
    assert.equal((await store.load(BTC, '1m'))!.bars.close[5], 100.75);
  });

  check('same time, other values, keep -> counted, the stored bar stays, new ones come in', async ({ store }) => {
    await store.upsert(BTC, '1m', bars(10));
    const changed = bars(10, 5);
    changed.close[0] = 100.75;
    const result = await store.upsert(BTC, '1m', changed, { onConflict: 'keep' });
    assert.deepEqual([result.status, result.inserted, result.unchanged, result.conflicts], ['stored', 5, 4, 1]);
    assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(bars(15)));
  });

  check('same time, other values, refuse -> nothing changes', async ({ store }) => {
    await store.upsert(BTC, '1m', bars(10));
    const changed = bars(10, 5);
    changed.close[0] = 100.75;
    const result = await store.upsert(BTC, '1m', changed, { onConflict: 'refuse' });
    assert.deepEqual([result.status, result.inserted, result.conflicts], ['refused', 0, 1]);
    assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(bars(10)));
  });

  check('one bad bar -> the whole set refused with file and line, the series as it was', async ({ store }) => {
    await store.upsert(BTC, '1m', bars(10));
    const bad = bars(10, 10);
    bad.high[7] = 98;
    const result = await store.upsert(BTC, '1m', bad, { source: 'bad.csv', lineOf: (row) => row + 2 });
    assert.equal(result.status, 'refused');
    const finding = result.findings.find((each) => each.code === 'high-below-low');
    assert.deepEqual([finding?.file, finding?.line, finding?.severity], ['bad.csv', 9, 'error']);
    assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(bars(10)));
    assert.equal((await store.upsert('BINANCE:NEW', '1m', bad)).info, null);
    assert.equal((await store.list()).length, 1);
  });

  check('exact repeats -> merged with a warning', async ({ store }) => {
    const result = await store.upsert(BTC, '1m', concat(bars(5), bars(1, 4), bars(5, 5)));
    assert.deepEqual([result.status, result.inserted, result.merged], ['stored', 10, 1]);
    assert.equal(result.counts['bar-duplicate'], 1);
    assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(bars(10)));
  });

  check('unsorted rows -> refused; with sort -> stored and said', async ({ store }) => {
    const unsorted = concat(bars(5, 5), bars(5));
    const refused = await store.upsert(BTC, '1m', unsorted);
    assert.equal(refused.status, 'refused');
    assert.ok(refused.counts['bar-out-of-order']! > 0);
    const sorted = await store.upsert(BTC, '1m', unsorted, { sort: true });
    assert.deepEqual([sorted.status, sorted.counts['bars-sorted']], ['stored', 1]);
    assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(bars(10)));
  });

  check('bars of the future or of a finer timeframe -> refused', async ({ store }) => {
    const future = await store.upsert(BTC, '1m', bars(10), { nowMs: START_MS + 5 * MINUTE_MS });
    assert.deepEqual([future.status, future.counts['time-in-future']], ['refused', 4]);
    const finer = await store.upsert(BTC, '1h', bars(10));
    assert.deepEqual([finer.status, finer.counts['timeframe-mismatch']], ['refused', 1]);
  });

  check('gaps -> a warning at import, listed by coverage', async ({ store }) => {
    const result = await store.upsert(BTC, '1m', concat(bars(10), bars(10, 15)));
    assert.deepEqual([result.status, result.counts['bar-gap']], ['stored', 1]);
    const coverage = await store.coverage(BTC, '1m');
    assert.equal(coverage!.expected, 25);
    assert.equal(coverage!.coverage, 20 / 25);
    const [fromMs, toMs] = [START_MS + 10 * MINUTE_MS, START_MS + 15 * MINUTE_MS];
    assert.deepEqual(coverage!.gaps, [{ fromMs, toMs, missing: 5 }]);
  });

  check('a range -> bars that open in it, end left out', async ({ store }) => {
    await store.upsert(BTC, '1m', bars(100));
    const range = { fromMs: START_MS + 10 * MINUTE_MS - 1, toMs: START_MS + 20 * MINUTE_MS };
    assert.deepEqual(rowsOf((await store.load(BTC, '1m', range))!.bars), rowsOf(bars(10, 10)));
    assert.equal((await store.load(BTC, '1m', { fromMs: START_MS + 1e12 }))!.bars.openTimeMs.length, 0);
  });

  check('several series -> listed in order, removed one by one', async ({ store }) => {
    const hours = (count: number): BarColumns => {
      const columns = bars(count, 0, HOUR_MS);
      for (let i = 0; i < count; i++) columns.openTimeMs[i]! -= START_MS % HOUR_MS;
      return columns;
    };
    await store.upsert('BINANCE:ETH/USDT', '1m', bars(3));
    await store.upsert(BTC, '1h', hours(3));
    await store.upsert(BTC, '1m', bars(3));
    await store.upsert('../X:..', '1m', bars(3));
    const names = async (): Promise<string[]> =>
      (await store.list()).map((info) => `${info.instrument} ${info.timeframe}`);
    assert.deepEqual(await names(), ['../X:.. 1m', `${BTC} 1m`, `${BTC} 1h`, 'BINANCE:ETH/USDT 1m']);
    assert.equal(await store.remove(BTC, '1m'), true);
    assert.equal(await store.remove('../X:..', '1m'), true);
    assert.deepEqual(await names(), [`${BTC} 1h`, 'BINANCE:ETH/USDT 1m']);
    assert.equal(await store.load(BTC, '1m'), null);
  });

  check('an instrument without a venue -> RangeError', async ({ store }) => {
    await assert.rejects(async () => store.load('BTCUSDT', '1m'), RangeError);
    await assert.rejects(async () => store.upsert('BTCUSDT', '1m', bars(1)), RangeError);
  });

  check('the caller writes into its columns afterwards -> the store is unmoved', async ({ store }) => {
    const given = bars(10);
    await store.upsert(BTC, '1m', given);
    given.close.fill(-1);
    assert.deepEqual(rowsOf((await store.load(BTC, '1m'))!.bars), rowsOf(bars(10)));
  });

  check('instruments of a venue -> kept whole, replaced whole, by id; another venue’s refused', async ({ store }) => {
    assert.deepEqual(await store.instruments('BINANCE'), []);
    const other: InstrumentDefinition = { ...RULES, id: 'BINANCE:AAVEUSDT', base: 'AAVE' };
    await store.keepInstruments('BINANCE', [RULES, other]);
    assert.deepEqual(await store.instruments('BINANCE'), [other, RULES]);
    await store.keepInstruments('BINANCE', [{ ...RULES, tick: '0.1' }]);
    assert.deepEqual(await store.instruments('BINANCE'), [{ ...RULES, tick: '0.1' }]);
    await assert.rejects(async () => store.keepInstruments('OKX', [RULES]), RangeError);
    assert.deepEqual(await store.instruments('OKX'), []);
  });

  check('how a download went -> kept by series, forgotten with it', async ({ store }) => {
    assert.equal(await store.syncStatus(BTC, '1m'), null);
    await store.keepSyncStatus(SYNC);
    await store.keepSyncStatus({ ...SYNC, status: 'failed', failure: 'no name' });
    assert.deepEqual(await store.syncStatus(BTC, '1m'), { ...SYNC, status: 'failed', failure: 'no name' });
    assert.equal(await store.syncStatus(BTC, '1h'), null);
    assert.deepEqual(await store.list(), [], 'a download that has brought nothing is no series');
    await store.upsert(BTC, '1m', bars(3));
    assert.equal(await store.remove(BTC, '1m'), true);
    assert.equal(await store.syncStatus(BTC, '1m'), null);
  });

  check('an empty set -> nothing happens', async ({ store }) => {
    assert.equal((await store.upsert(BTC, '1m', bars(0))).status, 'unchanged');
    assert.deepEqual(await store.list(), []);
  });

  test(`bar store (${name}): reopened -> everything is still there`, async (t) => {
    const subject = await create();
    try {
      if (subject.reopen === null) {
        t.skip('keeps nothing beyond the process');
        return;
      }
      await subject.store.upsert(BTC, '1m', bars(10));
      await subject.store.keepInstruments('BINANCE', [RULES]);
      await subject.store.keepSyncStatus(SYNC);
      const again = await subject.reopen();
      assert.deepEqual(rowsOf((await again.load(BTC, '1m'))!.bars), rowsOf(bars(10)));
      assert.deepEqual(await again.list(), await subject.store.list());
      assert.deepEqual(await again.instruments('BINANCE'), [RULES]);
      assert.deepEqual(await again.syncStatus(BTC, '1m'), SYNC);
      await again.close();
    } finally {
      await subject.dispose();
    }
  });
}
