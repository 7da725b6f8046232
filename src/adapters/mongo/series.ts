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
  type MongoDriver,
  type SeriesDocument,
} from './documents.ts';

/** Documents in one write. */
const ROWS_AT_ONCE = 10_000;
/** Updates in one command: FerretDB over SQLite never answers one with a hundred. */
const UPDATES_AT_ONCE = 50;
const DUPLICATE_KEY = 11_000;

interface TimeRange {
  readonly fromMs?: TimeMs | undefined;
  readonly toMs?: TimeMs | undefined;
}

/**
 * Bars of a series as they were at one moment: the rows, and over them what is decided and not carried out yet. Read again where an import
 * came in between. `document` is what the bars belong to.
 */
export async function readSeries(
  db: Collections,
  id: string,
  range: TimeRange = {},
  fields: readonly (keyof BarColumns)[] = BAR_FIELDS,
): Promise<(BarSeries & { readonly document: SeriesDocument }) | null> {
  for (;;) {
    const document = await db.series.findOne({ _id: id });
    if (document === null) return null;
    const rows = await readRows(db, document.key, range, fields);
    const parts = document.pending === null ? [] : await readBatch(db, document.pending.batch);
    const again = await db.series.findOne({ _id: id });
    if (again === null) return null;
    if (!isSame(document, again)) continue;
    requireWhole(document, parts.length);
    return { document, info: document.info, bars: overlaid(rows, parts, range) };
  }
}

function isSame(a: SeriesDocument, b: SeriesDocument): boolean {
  return a.key === b.key && a.revision === b.revision && a.pending?.batch === b.pending?.batch;
}

function requireWhole({ _id, pending }: SeriesDocument, parts: number): void {
  if (pending === null || parts === pending.parts) return;
  throw new BarStoreError('store-damaged', {
    store: `series ${_id}`,
    found: `${parts} parts of import ${pending.batch}`,
    expected: `${pending.parts} parts in the collection batches`,
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
 * Decides an import, at one stroke: false where another writer was faster. The parts of the batch must be stored already. `before` is
 * null for a series that does not exist yet.
 */
export async function commit(
  db: Collections,
  id: string,
  before: SeriesDocument | null,
  after: { readonly key: string; readonly info: BarSeriesInfo; readonly batch: string; readonly parts: number },
): Promise<boolean> {
  const pending = { batch: after.batch, parts: after.parts };
  if (before === null) {
    try {
      await db.series.insertOne({ _id: id, key: after.key, revision: 1, pending, info: after.info });
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false;
      throw error;
    }
  }
  const { matchedCount } = await db.series.updateOne(
    { _id: id, key: before.key, revision: before.revision, pending: null },
    { $set: { revision: before.revision + 1, pending, info: after.info } },
  );
  return matchedCount === 1;
}

/**
 * Carries out what is decided, row by row. Doing it twice, or in two programs at once, is doing it once: a row is never replaced by one of
 * an earlier revision.
 */
export async function settle(driver: MongoDriver, db: Collections, document: SeriesDocument): Promise<void> {
  const { pending, key, revision } = document;
  if (pending === null) return;
  const parts = await readBatch(db, pending.batch);
  if (parts.length < pending.parts) {
    const again = await db.series.findOne({ _id: document._id });
    // Another program has just done all of this.
    if (again === null || !isSame(document, again)) return;
    requireWhole(document, parts.length);
  }
  for (const part of parts) {
    const bars = batchBars([part]);
    for (let from = 0; from < part.bars; from += ROWS_AT_ONCE) {
      await upsertRows(driver, db, key, revision, bars, from, Math.min(part.bars, from + ROWS_AT_ONCE));
    }
  }
  await db.series.updateOne(
    { _id: document._id, key, revision, 'pending.batch': pending.batch },
    { $set: { pending: null } },
  );
  await db.batches.deleteMany({ batch: pending.batch });
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
