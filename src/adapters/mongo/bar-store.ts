import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';
import {
  type BarSeriesInfo,
  compareSeries,
  rowsWithin,
  sortedInstruments,
  splitInstrument,
  upsertSeries,
} from '../../core/market/bar-series.ts';
import { coverageOf } from '../../core/market/series-coverage.ts';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { allocateBars, sliceBars } from '../../core/vocabulary/market-data.ts';
import { DAY_MS, type Timeframe, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import { type BarStore, BarStoreError, type UpsertOptions, type UpsertResult } from '../../ports/bar-store.ts';
import { batchDocuments, type Collections, collectionsOf, type MongoDriver } from './documents.ts';
import { shownUrl, storeError } from './errors.ts';
import { changedBars, commit, readSeries, settle } from './series.ts';

export interface MongoBarStoreOptions {
  /** Connections that are kept open, and the most there may be; 5 and 50 by default. */
  readonly pool?: { readonly least?: number; readonly most?: number };
  /** Overrides the database in the URL; `tradewright` where neither says one. */
  readonly database?: string;
  /** For finding the server and connecting; 10 s by default. */
  readonly connectTimeoutMs?: number;
}

const SCHEMA_VERSION = 1;
/** Writers of one series that wait for each other longer than this have a fault. */
const MOST_TRIES = 200;
const RETRY_MS = 10;
/** How long a writer that has decided may take to carry out before another does it as well. */
const PATIENCE_MS = 500;

/**
 * Bars in a MongoDB database, a document for each. A server without transactions (no replica set) will do: an import is stored beside the
 * series, decided by one write to the series' own document, then carried out row by row by whoever comes next. Rejects with
 * {@link BarStoreError} where the server cannot be used.
 */
export async function openMongoBarStore(url: string, options: MongoBarStoreOptions = {}): Promise<BarStore> {
  const store = shownUrl(url);
  const driver = await import('mongodb');
  const { least = 5, most = 50 } = options.pool ?? {};
  if (!Number.isInteger(least) || !Number.isInteger(most) || least < 0 || most < 1 || least > most) {
    throw new RangeError(`expected a pool of 0 <= least <= most connections, found ${least} and ${most}`);
  }
  const timeoutMs = options.connectTimeoutMs ?? 10_000;
  const client = new driver.MongoClient(url, {
    minPoolSize: least,
    maxPoolSize: most,
    connectTimeoutMS: timeoutMs,
    serverSelectionTimeoutMS: timeoutMs,
    appName: 'tradewright',
    // An import must be on more than one server's word where there are several.
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
    ignoreUndefined: true,
  });
  try {
    await client.connect();
    const named = /^[a-z+]+:\/\/[^/]*\/[^?]+/i.test(url);
    const db = collectionsOf(client.db(options.database ?? (named ? undefined : 'tradewright')));
    await prepare(db, store);
    return storeOn(driver, client, db, store);
  } catch (error) {
    await client.close();
    throw storeError(error, store);
  }
}

async function prepare(db: Collections, store: string): Promise<void> {
  const found = await db.schema.findOne({ _id: 'bars' });
  if (found !== null && found.version > SCHEMA_VERSION) {
    throw new BarStoreError('store-newer', {
      store,
      found: `schema version ${found.version}`,
      expected: `version ${SCHEMA_VERSION} or older`,
      hint: 'Install the version of Tradewright that wrote it, or use another database.',
    });
  }
  if (found?.version === SCHEMA_VERSION) return;
  await db.bars.createIndex({ series: 1, openTimeMs: 1 }, { unique: true });
  await db.batches.createIndex({ batch: 1, part: 1 });
  await db.schema.updateOne({ _id: 'bars' }, { $set: { version: SCHEMA_VERSION } }, { upsert: true });
}

function idOf(instrument: string, timeframe: Timeframe): string {
  splitInstrument(instrument);
  return `${instrument} ${timeframeSpec(timeframe).text}`;
}

async function upsert(
  driver: MongoDriver,
  db: Collections,
  instrument: string,
  timeframe: Timeframe,
  bars: BarColumns,
  options: UpsertOptions | undefined,
): Promise<UpsertResult> {
  const id = idOf(instrument, timeframe);
  let awaited = { batch: '', sinceMs: 0 };
  for (let tries = 0; ; ) {
    const stored = await readSeries(db, id);
    const pending = stored?.document.pending ?? null;
    if (stored !== null && pending !== null) {
      if (pending.batch !== awaited.batch) awaited = { batch: pending.batch, sinceMs: performance.now() };
      if (performance.now() - awaited.sinceMs < PATIENCE_MS) await wait(RETRY_MS);
      else await settle(driver, db, stored.document);
      continue;
    }
    const { write, result } = upsertSeries(stored, instrument, timeframe, bars, options);
    if (write === null) return result;
    const batch = randomUUID();
    const changed = changedBars(stored?.bars ?? allocateBars(0), write.bars);
    const parts = batchDocuments(driver, id, batch, changed, Date.now());
    await db.batches.insertMany(parts);
    const key = stored?.document.key ?? randomUUID();
    if (await commit(db, id, stored?.document ?? null, { key, info: write.info, batch, parts: parts.length })) {
      await finish(driver, db, id);
      return result;
    }
    await db.batches.deleteMany({ batch });
    if (++tries === MOST_TRIES) throw new Error(`${id}: other writers were faster ${MOST_TRIES} times in a row`);
    await wait(RETRY_MS * Math.random());
  }
}

/** The import is decided: what fails from here on is done by the next writer, and readers see it all the same. */
async function finish(driver: MongoDriver, db: Collections, id: string): Promise<void> {
  try {
    const document = await db.series.findOne({ _id: id });
    if (document !== null) await settle(driver, db, document);
    // What a program left behind that ended before it could decide.
    await db.batches.deleteMany({
      series: id,
      atMs: { $lt: Date.now() - DAY_MS },
      ...(document?.pending == null ? {} : { batch: { $ne: document.pending.batch } }),
    });
  } catch (error) {
    if (!(storeError(error, id) instanceof BarStoreError)) throw error;
  }
}

function storeOn(driver: MongoDriver, client: MongoClient, db: Collections, store: string): BarStore {
  let isClosed = false;
  const guarded = async <T>(body: () => Promise<T>): Promise<T> => {
    // The driver would connect anew.
    if (isClosed) throw new Error('the bar store is closed');
    try {
      return await body();
    } catch (error) {
      throw storeError(error, store);
    }
  };
  const infoOf = async (id: string): Promise<BarSeriesInfo | null> =>
    (await db.series.findOne({ _id: id }))?.info ?? null;
  return {
    load: (instrument, timeframe, range) =>
      guarded(async () => {
        const found = await readSeries(db, idOf(instrument, timeframe), range);
        if (found === null) return null;
        const [from, to] = rowsWithin(found.bars.openTimeMs, range?.fromMs, range?.toMs);
        return { info: found.info, bars: sliceBars(found.bars, from, to) };
      }),
    upsert: (instrument, timeframe, bars, options) =>
      guarded(() => upsert(driver, db, instrument, timeframe, bars, options)),
    info: (instrument, timeframe) => guarded(() => infoOf(idOf(instrument, timeframe))),
    list: () => guarded(async () => (await db.series.find().toArray()).map((each) => each.info).sort(compareSeries)),
    coverage: (instrument, timeframe) =>
      guarded(async () => {
        const found = await readSeries(db, idOf(instrument, timeframe), {}, ['openTimeMs']);
        return found === null ? null : coverageOf(found);
      }),
    remove: (instrument, timeframe) =>
      guarded(async () => {
        const id = idOf(instrument, timeframe);
        await db.syncs.deleteOne({ _id: id });
        const removed = await db.series.findOneAndDelete({ _id: id });
        if (removed === null) return false;
        await db.bars.deleteMany({ series: removed.key });
        if (removed.pending !== null) await db.batches.deleteMany({ batch: removed.pending.batch });
        return true;
      }),
    keepInstruments: (venue, definitions) =>
      guarded(async () => {
        const sorted = sortedInstruments(venue, definitions);
        await db.instruments.updateOne({ _id: venue }, { $set: { definitions: sorted } }, { upsert: true });
      }),
    instruments: (venue) => guarded(async () => (await db.instruments.findOne({ _id: venue }))?.definitions ?? []),
    keepSyncStatus: (status) =>
      guarded(async () => {
        const id = idOf(status.instrument, status.timeframe);
        await db.syncs.updateOne({ _id: id }, { $set: { status } }, { upsert: true });
      }),
    syncStatus: (instrument, timeframe) =>
      guarded(async () => (await db.syncs.findOne({ _id: idOf(instrument, timeframe) }))?.status ?? null),
    async close() {
      isClosed = true;
      await client.close();
    },
  };
}
