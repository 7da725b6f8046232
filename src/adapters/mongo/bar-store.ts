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
import { type MongoConnection, mongoConnection } from './connection.ts';
import {
  batchDocuments,
  type Collections,
  type CommitDocument,
  type MongoDriver,
  type SeriesDocument,
} from './documents.ts';
import { shownUrl, storeError } from './errors.ts';
import { changedBars, decide, forget, insertedOnce, readSeries, type SeriesState, settle, stateOf } from './series.ts';

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
 * series, decided by the insertion of one document, then carried out row by row by whoever comes next. Rejects with
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
  const create = (): MongoClient =>
    new driver.MongoClient(url, {
      minPoolSize: least,
      maxPoolSize: most,
      connectTimeoutMS: timeoutMs,
      serverSelectionTimeoutMS: timeoutMs,
      appName: 'tradewright',
      // An import must be on more than one server's word where there are several.
      writeConcern: { w: 'majority' },
      readConcern: { level: 'majority' },
      // Ours are done again over a new client.
      retryReads: false,
      ignoreUndefined: true,
    });
  const named = /^[a-z+]+:\/\/[^/]*\/[^?]+/i.test(url);
  let connection: MongoConnection | null = null;
  try {
    connection = mongoConnection(create, options.database ?? (named ? undefined : 'tradewright'), store);
    await connection.read((db) => prepare(db, store));
    return storeOn(driver, connection);
  } catch (error) {
    await connection?.close();
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
  await db.commits.createIndex({ key: 1, revision: 1 });
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
  lost: () => void,
): Promise<UpsertResult> {
  const id = idOf(instrument, timeframe);
  let awaited = { batch: '', sinceMs: 0 };
  for (let tries = 0; ; ) {
    const stored = await readSeries(db, id);
    const pending = stored?.state.commit ?? null;
    if (stored !== null && pending !== null && !pending.isSettled) {
      if (pending.batch !== awaited.batch) awaited = { batch: pending.batch, sinceMs: performance.now() };
      if (performance.now() - awaited.sinceMs < PATIENCE_MS) await wait(RETRY_MS);
      else await settle(driver, db, stored.state);
      continue;
    }
    const { write, result } = upsertSeries(stored, instrument, timeframe, bars, options);
    if (write === null) return result;
    const batch = randomUUID();
    const changed = changedBars(stored?.bars ?? allocateBars(0), write.bars);
    const parts = batchDocuments(driver, id, batch, changed, Date.now());
    await db.batches.insertMany(parts);
    const state = stored?.state ?? (await newSeries(driver, db, id));
    if (await decide(driver, db, state, { info: write.info, batch, parts: parts.length })) {
      await finish(driver, db, id, state.document.key, lost);
      return result;
    }
    await db.batches.deleteMany({ batch });
    if (++tries === MOST_TRIES) throw new Error(`${id}: other writers were faster ${MOST_TRIES} times in a row`);
    await wait(RETRY_MS * Math.random());
  }
}

/** A series that was found to have no bars. Whoever makes its first import decides, whoever made the document. */
async function newSeries(driver: MongoDriver, db: Collections, id: string): Promise<SeriesState> {
  const made: SeriesDocument = { _id: id, key: randomUUID() };
  await insertedOnce(driver, () => db.series.insertOne({ ...made }));
  return { document: (await db.series.findOne({ _id: id })) ?? made, commit: null };
}

/** The import is decided: what fails from here on is done by the next writer, and readers see it all the same. */
async function finish(driver: MongoDriver, db: Collections, id: string, key: string, lost: () => void): Promise<void> {
  try {
    const state = await stateOf(db, id);
    if (state !== null) await settle(driver, db, state);
    // Removed in the meantime: nobody will ever look for what was imported.
    if ((await db.series.findOne({ _id: id }))?.key !== key) await forget(db, key);
    // What a program left behind that ended before it could decide.
    const left = { series: id, atMs: { $lt: Date.now() - DAY_MS } };
    const undecided = state?.commit == null || state.commit.isSettled ? {} : { batch: { $ne: state.commit.batch } };
    await db.batches.deleteMany({ ...left, ...undecided });
  } catch (error) {
    const known = storeError(error, id);
    if (!(known instanceof BarStoreError)) throw error;
    if (known.code === 'store-unavailable') lost();
  }
}

function storeOn(driver: MongoDriver, { read, write, close }: MongoConnection): BarStore {
  const infoOf = async (db: Collections, id: string): Promise<BarSeriesInfo | null> =>
    (await stateOf(db, id))?.commit?.info ?? null;
  return {
    load: (instrument, timeframe, range) =>
      read(async (db) => {
        const found = await readSeries(db, idOf(instrument, timeframe), range);
        if (found === null) return null;
        const [from, to] = rowsWithin(found.bars.openTimeMs, range?.fromMs, range?.toMs);
        return { info: found.info, bars: sliceBars(found.bars, from, to) };
      }),
    upsert: (instrument, timeframe, bars, options) =>
      write((db, lost) => upsert(driver, db, instrument, timeframe, bars, options, lost)),
    info: (instrument, timeframe) => read((db) => infoOf(db, idOf(instrument, timeframe))),
    list: () =>
      read(async (db) => {
        const keys = new Set((await db.series.find().toArray()).map((each) => each.key));
        const latest = new Map<string, CommitDocument>();
        for (const commit of await db.commits.find().sort({ revision: 1 }).toArray()) latest.set(commit.key, commit);
        const found = [...latest.values()].filter((commit) => keys.has(commit.key));
        return found.map((commit) => commit.info).sort(compareSeries);
      }),
    // Chunks that cannot be read show when they are.
    damaged: async () => [],
    coverage: (instrument, timeframe) =>
      read(async (db) => {
        const found = await readSeries(db, idOf(instrument, timeframe), {}, ['openTimeMs']);
        return found === null ? null : coverageOf(found);
      }),
    remove: (instrument, timeframe) =>
      write(async (db) => {
        const id = idOf(instrument, timeframe);
        await db.syncs.deleteOne({ _id: id });
        const state = await stateOf(db, id);
        if (state === null) return false;
        const { deletedCount } = await db.series.deleteOne({ _id: id, key: state.document.key });
        await forget(db, state.document.key);
        return deletedCount === 1 && state.commit !== null;
      }),
    keepInstruments: (venue, definitions) =>
      write(async (db) => {
        const sorted = sortedInstruments(venue, definitions);
        await db.instruments.updateOne({ _id: venue }, { $set: { definitions: sorted } }, { upsert: true });
      }),
    instruments: (venue) => read(async (db) => (await db.instruments.findOne({ _id: venue }))?.definitions ?? []),
    keepSyncStatus: (status) =>
      write(async (db) => {
        const id = idOf(status.instrument, status.timeframe);
        await db.syncs.updateOne({ _id: id }, { $set: { status } }, { upsert: true });
      }),
    syncStatus: (instrument, timeframe) =>
      read(async (db) => (await db.syncs.findOne({ _id: idOf(instrument, timeframe) }))?.status ?? null),
    close,
  };
}
