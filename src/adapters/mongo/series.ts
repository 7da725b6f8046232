import type { BarSeries, BarSeriesInfo } from '../../core/market/bar-series.ts';
import { rowsWithin } from '../../core/market/bar-series.ts';
import { mergeBars } from '../../core/market/merge-bars.ts';
import { allocateBars, BAR_FIELDS, type BarColumns, sliceBars } from '../../core/vocabulary/market-data.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import {
  type BarDocument,
  type BatchDocument,
  barDocument,
  batchBars,
  type Collections,
  type CommitDocument,
  type MongoDriver,
  type SeriesDocument,
} from './documents.ts';

/** Documents in one write. */
const ROWS_AT_ONCE = 10_000;
/** Updates in one command: FerretDB over SQLite never answers one with a hundred. */
const UPDATES_AT_ONCE = 50;
const DUPLICATE_KEY = 11_000;
/** Imports that are remembered beside the latest one. */
const KEPT_COMMITS = 20;

interface TimeRange {
  readonly fromMs?: TimeMs | undefined;
  readonly toMs?: TimeMs | undefined;
}

/** A series with the import that says what it is; `commit` null where nothing was imported yet. */
export interface SeriesState {
  readonly document: SeriesDocument;
  readonly commit: CommitDocument | null;
}

export async function stateOf(db: Collections, id: string): Promise<SeriesState | null> {
  const document = await db.series.findOne({ _id: id });
  return document === null ? null : { document, commit: await latestCommit(db, document.key) };
}

async function latestCommit(db: Collections, key: string): Promise<CommitDocument | null> {
  const [latest] = await db.commits.find({ key }).sort({ revision: -1 }).limit(1).toArray();
  return latest ?? null;
}

/**
 * Bars of a series as they were at one moment: the rows, and over them what is decided and not carried out yet. Read again where an import
 * came in between. Null where there are none.
 */
export async function readSeries(
  db: Collections,
  id: string,
  range: TimeRange = {},
  fields: readonly (keyof BarColumns)[] = BAR_FIELDS,
): Promise<(BarSeries & { readonly state: SeriesState }) | null> {
  for (;;) {
    const state = await stateOf(db, id);
    if (state === null || state.commit === null) return null;
    const { document, commit } = state;
    const rows = await readRows(db, document.key, range, fields);
    const parts = commit.isSettled ? [] : await readBatch(db, commit.batch);
    const again = await stateOf(db, id);
    if (!isSame(state, again)) continue;
    if (!commit.isSettled) requireWhole(commit, parts.length);
    return { state, info: commit.info, bars: overlaid(rows, parts, range) };
  }
}

function isSame(a: SeriesState, b: SeriesState | null): boolean {
  return (
    a.document.key === b?.document.key &&
    a.commit?.batch === b.commit?.batch &&
    a.commit?.isSettled === b.commit?.isSettled
  );
}

function requireWhole({ info, batch, parts: expected }: CommitDocument, parts: number): void {
  if (parts === expected) return;
  throw new BarStoreError('store-damaged', {
    store: `series ${info.instrument} ${info.timeframe}`,
    found: `${parts} parts of import ${batch}`,
    expected: `${expected} parts in the collection batches`,
    hint: 'Remove the series and import it again.',
  });
}

function overlaid(rows: BarColumns, parts: readonly BatchDocument[], range: TimeRange): BarColumns {
  if (parts.length === 0) return rows;
  const changed = batchBars(parts);
  const [from, to] = rowsWithin(changed.openTimeMs, range.fromMs, range.toMs);
  return mergeBars(rows, sliceBars(changed, from, to), 'replace').bars;
}

async function readRows(
  db: Collections,
  key: string,
  { fromMs, toMs }: TimeRange,
  fields: readonly (keyof BarColumns)[],
): Promise<BarColumns> {
  const time = { ...(fromMs === undefined ? {} : { $gte: fromMs }), ...(toMs === undefined ? {} : { $lt: toMs }) };
  const projection = Object.fromEntries([['_id', 0], ...fields.map((field) => [field, 1])]);
  const found = await db.bars
    .find({ series: key, ...(Object.keys(time).length === 0 ? {} : { openTimeMs: time }) }, { projection })
    .sort({ openTimeMs: 1 })
    .toArray();
  const bars = allocateBars(found.length);
  for (const field of fields) {
    const column = bars[field];
    for (let i = 0; i < found.length; i++) column[i] = Number(found[i]![field]);
  }
  return bars;
}

function readBatch(db: Collections, batch: string): Promise<BatchDocument[]> {
  return db.batches.find({ batch }).sort({ part: 1 }).toArray();
}

/** Bars of `after` that are not in `before` with the same values. */
export function changedBars(before: BarColumns, after: BarColumns): BarColumns {
  const rows: number[] = [];
  let k = 0;
  for (let i = 0; i < after.openTimeMs.length; i++) {
    while (k < before.openTimeMs.length && before.openTimeMs[k]! < after.openTimeMs[i]!) k++;
    if (!BAR_FIELDS.every((field) => Object.is(before[field][k], after[field][i]))) rows.push(i);
  }
  const changed = allocateBars(rows.length);
  for (const field of BAR_FIELDS) for (const [i, row] of rows.entries()) changed[field][i] = after[field][row]!;
  return changed;
}

/**
 * Decides an import: false where another writer was faster. The parts of the batch must be stored already, and the import before it be
 * settled.
 */
export async function decide(
  driver: MongoDriver,
  db: Collections,
  { document, commit: before }: SeriesState,
  after: { readonly info: BarSeriesInfo; readonly batch: string; readonly parts: number },
): Promise<boolean> {
  const { key } = document;
  const revision = (before?.revision ?? 0) + 1;
  const _id = `${key} ${revision}`;
  const previous = before?.batch ?? null;
  if (
    !(await insertedOnce(driver, () =>
      db.commits.insertOne({ _id, key, revision, previous, isSettled: false, ...after }),
    ))
  ) {
    return false;
  }
  const latest = await latestCommit(db, key);
  if (latest === null || latest.revision <= revision) return true;
  // Somebody has gone on from here already; or our view was so old that the place we took had been taken and cleared since.
  const next = await db.commits.findOne({ _id: `${key} ${revision + 1}` });
  if (next?.previous === after.batch) return true;
  await db.commits.deleteOne({ _id, batch: after.batch });
  return false;
}

/** False where the id is taken. */
export async function insertedOnce(driver: MongoDriver, insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (error instanceof driver.MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

/**
 * Carries out what is decided, row by row. Doing it twice, or in two programs at once, is doing it once: a row is never replaced by one of
 * an earlier revision.
 */
export async function settle(driver: MongoDriver, db: Collections, { document, commit }: SeriesState): Promise<void> {
  if (commit === null || commit.isSettled) return;
  const { key, revision, batch } = commit;
  const parts = await readBatch(db, batch);
  if (parts.length < commit.parts) {
    // Another program has just done all of this, or the parts are lost.
    if (!isSame({ document, commit }, await stateOf(db, document._id))) return;
    requireWhole(commit, parts.length);
  }
  for (const part of parts) {
    const bars = batchBars([part]);
    for (let from = 0; from < part.bars; from += ROWS_AT_ONCE) {
      await upsertRows(driver, db, key, revision, bars, from, Math.min(part.bars, from + ROWS_AT_ONCE));
    }
  }
  await db.commits.updateOne({ _id: commit._id, batch }, { $set: { isSettled: true } });
  await db.batches.deleteMany({ batch });
  await db.commits.deleteMany({ key, revision: { $lt: revision - KEPT_COMMITS } });
}

/** Everything under a key that no series has any more. */
export async function forget(db: Collections, key: string): Promise<void> {
  const commits = await db.commits.find({ key }).toArray();
  for (const { batch } of commits) await db.batches.deleteMany({ batch });
  await db.commits.deleteMany({ key });
  await db.bars.deleteMany({ series: key });
}

/**
 * An upsert on (series, time) in bulk: rows that are new are inserted, the few that are there already are then updated. Faster than one
 * upsert a row, and unlike that it cannot bring back what a later revision has written.
 */
async function upsertRows(
  driver: MongoDriver,
  db: Collections,
  key: string,
  revision: number,
  bars: BarColumns,
  from: number,
  to: number,
): Promise<void> {
  const documents: BarDocument[] = [];
  for (let row = from; row < to; row++) documents.push(barDocument(driver, key, revision, bars, row));
  try {
    await db.bars.insertMany(documents, { ordered: false });
    return;
  } catch (error) {
    if (!(error instanceof driver.MongoBulkWriteError)) throw error;
    const failures = [error.writeErrors].flat();
    if (failures.length === 0 || failures.some((failure) => failure.code !== DUPLICATE_KEY)) throw error;
    const updates = failures.map(({ index }) => {
      // The driver has written an _id into each document.
      const { series, openTimeMs, _id: _, ...set } = documents[index] as BarDocument & { readonly _id?: unknown };
      return { updateOne: { filter: { series, openTimeMs, revision: { $lt: revision } }, update: { $set: set } } };
    });
    for (let k = 0; k < updates.length; k += UPDATES_AT_ONCE) {
      await db.bars.bulkWrite(updates.slice(k, k + UPDATES_AT_ONCE), { ordered: false });
    }
  }
}
