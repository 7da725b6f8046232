import type { Binary, Collection, Db, Double } from 'mongodb';
import type { BarSeriesInfo } from '../../core/market/bar-series.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { allocateBars, BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { SyncStatus } from '../../ports/bar-store.ts';

/** What the driver gives: loaded with the store, since it takes a quarter of a second. */
export type MongoDriver = typeof import('mongodb');

/** Bars of a series as they are before and after an import. `revision` counts imports that changed something. */
export interface SeriesDocument {
  /** `BINANCE:BTCUSDT 1m`. */
  readonly _id: string;
  /** Made anew with the series, so that bars of one that was removed are never taken for bars of its successor. */
  readonly key: string;
  readonly revision: number;
  /** The import that is decided and not yet (certainly) carried out row by row. */
  readonly pending: { readonly batch: string; readonly parts: number } | null;
  readonly info: BarSeriesInfo;
}

/** One bar. Unique in (series, openTimeMs), the series being instrument and timeframe. */
export interface BarDocument {
  readonly series: string;
  readonly openTimeMs: Double | number;
  readonly open: Double | number;
  readonly high: Double | number;
  readonly low: Double | number;
  readonly close: Double | number;
  readonly volume: Double | number;
  /** The series' revision that wrote it. */
  readonly revision: number;
}

/** Some of the bars that an import changes, as six columns of little-endian float64. */
export interface BatchDocument {
  readonly _id: string;
  /** `_id` of the series. */
  readonly series: string;
  readonly batch: string;
  readonly part: number;
  readonly bars: number;
  readonly columns: Binary;
  readonly atMs: TimeMs;
}

export interface Collections {
  readonly series: Collection<SeriesDocument>;
  readonly bars: Collection<BarDocument>;
  readonly batches: Collection<BatchDocument>;
  readonly instruments: Collection<{ readonly _id: string; readonly definitions: readonly InstrumentDefinition[] }>;
  readonly syncs: Collection<{ readonly _id: string; readonly status: SyncStatus }>;
  readonly schema: Collection<{ readonly _id: string; readonly version: number }>;
}

export function collectionsOf(db: Db): Collections {
  return {
    series: db.collection('series'),
    bars: db.collection('bars'),
    batches: db.collection('batches'),
    instruments: db.collection('instruments'),
    syncs: db.collection('sync_status'),
    schema: db.collection('schema'),
  };
}

const PART_BARS = 50_000;

export function batchDocuments(
  driver: MongoDriver,
  series: string,
  batch: string,
  bars: BarColumns,
  atMs: TimeMs,
): BatchDocument[] {
  const total = bars.openTimeMs.length;
  const parts: BatchDocument[] = [];
  for (let from = 0; from < total; from += PART_BARS) {
    const count = Math.min(PART_BARS, total - from);
    const bytes = new Uint8Array(count * 8 * BAR_FIELDS.length);
    for (const [k, field] of BAR_FIELDS.entries()) {
      const column = bars[field];
      bytes.set(new Uint8Array(column.buffer, column.byteOffset + from * 8, count * 8), k * count * 8);
    }
    const part = parts.length;
    parts.push({ _id: `${batch} ${part}`, series, batch, part, bars: count, columns: new driver.Binary(bytes), atMs });
  }
  return parts;
}

/** The bars of an import, from all of its parts in order. */
export function batchBars(parts: readonly BatchDocument[]): BarColumns {
  const bars = allocateBars(parts.reduce((sum, part) => sum + part.bars, 0));
  let at = 0;
  for (const { bars: count, columns } of parts) {
    for (const [k, field] of BAR_FIELDS.entries()) {
      new Uint8Array(bars[field].buffer).set(columns.buffer.subarray(k * count * 8, (k + 1) * count * 8), at * 8);
    }
    at += count;
  }
  return bars;
}

/** Every number as a double: the driver would store whole ones as integers. */
export function barDocument(
  driver: MongoDriver,
  series: string,
  revision: number,
  bars: BarColumns,
  row: number,
): BarDocument {
  const double = (field: keyof BarColumns): Double => new driver.Double(bars[field][row]!);
  return {
    series,
    openTimeMs: double('openTimeMs'),
    open: double('open'),
    high: double('high'),
    low: double('low'),
    close: double('close'),
    volume: double('volume'),
    revision,
  };
}
