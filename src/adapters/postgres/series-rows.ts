import type { PoolClient } from 'pg';
import { type BarSeries, type BarSeriesInfo, splitInstrument } from '../../core/market/bar-series.ts';
import { guessInstrument } from '../../core/market/instrument-guess.ts';
import { allocateBars, BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import type { Timeframe, TimeMs } from '../../core/vocabulary/time.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { type ChunkPlan, planChunks, type RowRange } from './chunk-plan.ts';

/** Names of the columns of bars in the order of `BAR_FIELDS`. */
const COLUMNS = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume'] as const;
/** Chunks in one statement: some megabytes. */
const CHUNKS_AT_ONCE = 16;

export interface SeriesKey {
  readonly instrument: string;
  readonly timeframe: Timeframe;
}

/** [fromMs, toMs), open where a side is left out. */
export interface TimeRange {
  readonly fromMs?: TimeMs | undefined;
  readonly toMs?: TimeMs | undefined;
}

export interface SeriesRow {
  readonly id: string;
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly source: string | null;
  readonly imported_at_ms: number | null;
  readonly content_hash: string;
  readonly price_decimals: number;
  readonly quantity_decimals: number;
}

/** A row of the series with one chunk of its bars; the latter null where the range holds none. */
type ChunkRow = SeriesRow & { readonly chunk_bars: number | null } & Record<
    `chunk_${(typeof COLUMNS)[number]}`,
    Buffer
  >;

export interface StoredSeries extends BarSeries {
  readonly id: string;
  /** Bars in each chunk, in order. */
  readonly chunkRows: readonly number[];
}

export function infoOf(row: SeriesRow): BarSeriesInfo {
  const decimals = { price: row.price_decimals, quantity: row.quantity_decimals };
  return {
    instrument: row.instrument,
    timeframe: row.timeframe,
    rows: row.bars,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
    source: row.source,
    importedAtMs: row.imported_at_ms,
    contentHash: row.content_hash,
    decimals,
    guess: guessInstrument(splitInstrument(row.instrument)[1], decimals),
  };
}

/**
 * A series with the chunks that reach into [fromMs, toMs), in one statement and therefore from one moment. `columns` are the first so many
 * of `BAR_FIELDS`; the others stay zero.
 */
export async function readSeries(
  client: Pick<PoolClient, 'query'>,
  schema: string,
  store: string,
  key: SeriesKey,
  range: TimeRange = {},
  columns: number = COLUMNS.length,
): Promise<StoredSeries | null> {
  const wanted = COLUMNS.slice(0, columns);
  const { rows } = await client.query<ChunkRow>(
    `select s.*, c.bars as chunk_bars, ${wanted.map((name) => `c.${name} as chunk_${name}`).join(', ')}
       from ${schema}.series s
       left join ${schema}.bar_chunk c on c.series_id = s.id and c.last_ms >= $3 and c.first_ms < $4
      where s.instrument = $1 and s.timeframe = $2
      order by c.first_ms`,
    [key.instrument, key.timeframe, range.fromMs ?? -Infinity, range.toMs ?? Infinity],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const chunkRows = rows.flatMap((row) => (row.chunk_bars === null ? [] : [row.chunk_bars]));
  const bars = allocateBars(chunkRows.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [k, count] of chunkRows.entries()) {
    for (const [c, name] of wanted.entries()) {
      const bytes = rows[k]![`chunk_${name}`];
      if (bytes.length !== count * 8) throw damaged(store, key.instrument, bytes.length, count);
      new Uint8Array(bars[BAR_FIELDS[c]!].buffer).set(bytes, at * 8);
    }
    at += count;
  }
  return { info: infoOf(first), bars, id: first.id, chunkRows };
}

function damaged(store: string, instrument: string, bytes: number, bars: number): BarStoreError {
  return new BarStoreError('store-damaged', {
    store,
    found: `${bytes} bytes in a column of ${bars} bars of ${instrument}`,
    expected: `${bars * 8} bytes`,
    hint: 'Remove the series and import it again.',
  });
}

/** Makes the stored series what `write` says, by as few chunks as that takes. Within the caller's transaction. */
export async function writeSeries(
  client: PoolClient,
  schema: string,
  stored: StoredSeries | null,
  write: BarSeries,
): Promise<void> {
  const id = await writeInfo(client, schema, write.info);
  const plan: ChunkPlan = planChunks(stored?.chunkRows ?? [], stored?.bars ?? allocateBars(0), write.bars);
  if (plan.remove.length > 0) {
    await client.query(`delete from ${schema}.bar_chunk where series_id = $1 and first_ms = any($2)`, [
      id,
      plan.remove,
    ]);
  }
  for (let k = 0; k < plan.write.length; k += CHUNKS_AT_ONCE) {
    await insertChunks(client, schema, id, write.bars, plan.write.slice(k, k + CHUNKS_AT_ONCE));
  }
}

async function writeInfo(client: PoolClient, schema: string, info: BarSeriesInfo): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into ${schema}.series (instrument, timeframe, bars, first_ms, last_ms, source, imported_at_ms, content_hash,
       price_decimals, quantity_decimals)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (instrument, timeframe) do update set bars = excluded.bars, first_ms = excluded.first_ms,
       last_ms = excluded.last_ms, source = excluded.source, imported_at_ms = excluded.imported_at_ms,
       content_hash = excluded.content_hash, price_decimals = excluded.price_decimals,
       quantity_decimals = excluded.quantity_decimals
     returning id`,
    [
      info.instrument,
      info.timeframe,
      info.rows,
      info.firstMs,
      info.lastMs,
      info.source,
      info.importedAtMs,
      info.contentHash,
      info.decimals.price,
      info.decimals.quantity,
    ],
  );
  return rows[0]!.id;
}

async function insertChunks(
  client: PoolClient,
  schema: string,
  id: string,
  bars: BarColumns,
  ranges: readonly RowRange[],
): Promise<void> {
  const values: unknown[] = [];
  const places = ranges.map(({ from, to }) => {
    const row = [
      id,
      bars.openTimeMs[from]!,
      bars.openTimeMs[to - 1]!,
      to - from,
      ...BAR_FIELDS.map((field) => bytesOf(bars[field], from, to)),
    ];
    const first = values.length + 1;
    values.push(...row);
    return `(${row.map((_, k) => `$${first + k}`).join(', ')})`;
  });
  await client.query(
    `insert into ${schema}.bar_chunk (series_id, first_ms, last_ms, bars, ${COLUMNS.join(', ')}) values ${places.join(', ')}`,
    values,
  );
}

function bytesOf(column: Float64Array, from: number, to: number): Buffer {
  return Buffer.from(column.buffer, column.byteOffset + from * 8, (to - from) * 8);
}
