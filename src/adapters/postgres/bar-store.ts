import { endianness } from 'node:os';
import type { Pool, PoolClient } from 'pg';
import {
  compareSeries,
  rowsWithin,
  sortedInstruments,
  splitInstrument,
  upsertSeries,
} from '../../core/market/bar-series.ts';
import { coverageOf } from '../../core/market/series-coverage.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { sliceBars } from '../../core/vocabulary/market-data.ts';
import { type Timeframe, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';
import type { BarStore, SyncStatus } from '../../ports/bar-store.ts';
import { inTransaction, storeError } from './connection.ts';
import { openPostgres, type PostgresOptions } from './database.ts';
import {
  infoOf,
  readSeries,
  type SeriesKey,
  type SeriesRow,
  type StoredSeries,
  type TimeRange,
  writeSeries,
} from './series-rows.ts';

interface SyncRow {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly status: SyncStatus['status'];
  readonly from_ms: number;
  readonly to_ms: number;
  readonly done_to_ms: number;
  readonly absent: SyncStatus['absent'];
  readonly added: number;
  readonly updated_at_ms: number;
  readonly failure: string | null;
}

/**
 * Bars in a PostgreSQL database (12 or later). Imports into one series wait for each other, whichever programs they come from; readers
 * never wait. Rejects with {@link import('../../ports/bar-store.ts').BarStoreError} where the server cannot be used.
 */
export async function openPostgresBarStore(url: string, options: PostgresOptions = {}): Promise<BarStore> {
  if (endianness() !== 'LE') throw new Error('the bar store needs a little-endian machine');
  const { pool, schema, store } = await openPostgres(url, options);
  return storeOn(pool, schema, store);
}

function keyOf(instrument: string, timeframe: Timeframe): SeriesKey {
  splitInstrument(instrument);
  return { instrument, timeframe: timeframeSpec(timeframe).text };
}

function storeOn(pool: Pool, schema: string, store: string): BarStore {
  const query = async <R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> => {
    try {
      return (await pool.query<R>(text, [...values])).rows;
    } catch (error) {
      throw storeError(error, store);
    }
  };
  const read = async (key: SeriesKey, range: TimeRange = {}, columns?: number): Promise<StoredSeries | null> => {
    try {
      return await readSeries(pool, schema, store, key, range, columns);
    } catch (error) {
      throw storeError(error, store);
    }
  };
  /** Held until the transaction ends, also where the series does not exist yet. */
  const lock = (client: PoolClient, ...names: readonly string[]): Promise<unknown> =>
    client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      ['tradewright', schema, ...names].join(' '),
    ]);
  return {
    async load(instrument, timeframe, range) {
      const found = await read(keyOf(instrument, timeframe), range);
      if (found === null) return null;
      const [from, to] = rowsWithin(found.bars.openTimeMs, range?.fromMs, range?.toMs);
      return { info: found.info, bars: sliceBars(found.bars, from, to) };
    },
    async upsert(instrument, timeframe, bars, upsertOptions) {
      const key = keyOf(instrument, timeframe);
      return inTransaction(pool, store, async (client) => {
        await lock(client, key.instrument, key.timeframe);
        const stored = await readSeries(client, schema, store, key);
        const { write, result } = upsertSeries(stored, instrument, timeframe, bars, upsertOptions);
        if (write !== null) await writeSeries(client, schema, stored, write);
        return result;
      });
    },
    async info(instrument, timeframe) {
      const key = keyOf(instrument, timeframe);
      const [row] = await query<SeriesRow>(`select * from ${schema}.series where instrument = $1 and timeframe = $2`, [
        key.instrument,
        key.timeframe,
      ]);
      return row === undefined ? null : infoOf(row);
    },
    async list() {
      return (await query<SeriesRow>(`select * from ${schema}.series`)).map(infoOf).sort(compareSeries);
    },
    // Chunks that cannot be read show when they are.
    damaged: async () => [],
    async coverage(instrument, timeframe) {
      const found = await read(keyOf(instrument, timeframe), {}, 1);
      return found === null ? null : coverageOf(found);
    },
    async remove(instrument, timeframe) {
      const key = keyOf(instrument, timeframe);
      return inTransaction(pool, store, async (client) => {
        const values = [key.instrument, key.timeframe];
        await lock(client, ...values);
        await client.query(`delete from ${schema}.sync_status where instrument = $1 and timeframe = $2`, values);
        const { rowCount } = await client.query(
          `delete from ${schema}.series where instrument = $1 and timeframe = $2`,
          values,
        );
        return rowCount === 1;
      });
    },
    async keepInstruments(venue, definitions) {
      const sorted = sortedInstruments(venue, definitions);
      await inTransaction(pool, store, async (client) => {
        await lock(client, venue);
        await client.query(`delete from ${schema}.instrument where venue = $1`, [venue]);
        await client.query(
          `insert into ${schema}.instrument (venue, id, definition)
           select $1, each ->> 'id', each from jsonb_array_elements($2::jsonb) as each`,
          [venue, JSON.stringify(sorted)],
        );
      });
    },
    async instruments(venue) {
      const rows = await query<{ definition: InstrumentDefinition }>(
        `select definition from ${schema}.instrument where venue = $1`,
        [venue],
      );
      return sortedInstruments(
        venue,
        rows.map((row) => row.definition),
      );
    },
    async keepSyncStatus(status) {
      const key = keyOf(status.instrument, status.timeframe);
      await query(
        `insert into ${schema}.sync_status values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (instrument, timeframe) do update set status = excluded.status, from_ms = excluded.from_ms,
           to_ms = excluded.to_ms, done_to_ms = excluded.done_to_ms, absent = excluded.absent, added = excluded.added,
           updated_at_ms = excluded.updated_at_ms, failure = excluded.failure`,
        [
          key.instrument,
          key.timeframe,
          status.status,
          status.fromMs,
          status.toMs,
          status.doneToMs,
          JSON.stringify(status.absent),
          status.added,
          status.updatedAtMs,
          status.failure,
        ],
      );
    },
    async syncStatus(instrument, timeframe) {
      const key = keyOf(instrument, timeframe);
      const [row] = await query<SyncRow>(
        `select * from ${schema}.sync_status where instrument = $1 and timeframe = $2`,
        [key.instrument, key.timeframe],
      );
      return row === undefined ? null : syncOf(row);
    },
    async close() {
      if (!pool.ended) await pool.end();
    },
  };
}

function syncOf(row: SyncRow): SyncStatus {
  return {
    instrument: row.instrument,
    timeframe: row.timeframe,
    status: row.status,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    doneToMs: row.done_to_ms,
    absent: row.absent,
    added: row.added,
    updatedAtMs: row.updated_at_ms,
    failure: row.failure,
  };
}
