import { type LatchRow, storedLatches } from '../../durability/latch-place.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { LatchError, type LatchStore } from '../../ports/latches.ts';
import { inTransaction, shownUrl, storeError } from './connection.ts';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './database.ts';

const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::float8';
/** A latch that cannot be read halts: nobody should wait for that. */
const ANSWER_MS = 5_000;

interface StoredLatch {
  readonly scope: string;
  readonly target: string;
  readonly level: string;
  readonly epoch: number;
  readonly goes_into: string;
  readonly actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

/** Latches in a PostgreSQL database, by the clock of its server. Rejects with {@link LatchError}. */
export async function openPostgresLatches(
  place: string | ControlDatabase,
  options: PostgresOptions = {},
): Promise<LatchStore> {
  const database = await controlAt(place, options);
  const { pool, schema, store } = database;
  const one = `select * from ${schema}.latch where scope = $1 and target = $2`;
  return storedLatches({
    rows: () =>
      toldAsLatch(store, async () =>
        (await pool.query<StoredLatch>(`select * from ${schema}.latch order by scope, target`)).rows.map(latchRow),
      ),
    change: (scope, target, make) =>
      toldAsLatch(store, () =>
        inTransaction(pool, store, async (client) => {
          // A latch that is lost with the server's memory holds nobody.
          await client.query('set local synchronous_commit = on');
          await client.query(`lock table ${schema}.latch in share row exclusive mode`);
          const found = (await client.query<StoredLatch>(one, [scope, target])).rows[0];
          const { now_ms: nowMs } = (await client.query<{ now_ms: number }>(`select ${NOW_MS} as now_ms`)).rows[0]!;
          const row = make(found === undefined ? null : latchRow(found), nowMs);
          await client.query(
            `insert into ${schema}.latch values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (scope, target) do update
             set level = $3, epoch = $4, goes_into = $5, actor = $6, reason = $7, at_ms = $8`,
            [row.scope, row.target, row.level, row.epoch, row.into, row.actor, row.reason, row.atMs],
          );
          return row;
        }),
      ),
    close: () => database.close(),
  });
}

/** The database of what is kept about sessions, which several stores may use; each of them closes it. */
export interface ControlDatabase extends PostgresDatabase {
  readonly close: () => Promise<void>;
}

/** Opens it. A question that is not answered at once fails. */
export async function openControl(url: string, options: PostgresOptions = {}): Promise<ControlDatabase> {
  const own = { pool: { least: 0, most: 2 }, connectTimeoutMs: ANSWER_MS, queryTimeoutMs: ANSWER_MS };
  const opened = await toldAsLatch(shownUrl(url), () => openPostgres(url, { ...own, ...options }));
  return { ...opened, close: () => opened.pool.end() };
}

/** Of a URL a pool of its own. */
export function controlAt(place: string | ControlDatabase, options: PostgresOptions): Promise<ControlDatabase> {
  return typeof place === 'string' ? openControl(place, options) : Promise.resolve(place);
}

/** Runs `work`; what says something about the database comes out as {@link LatchError}. */
export async function toldAsLatch<T>(store: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = storeError(error, store);
    if (!(known instanceof BarStoreError)) throw error;
    throw new LatchError(known.code === 'store-newer' ? 'newer-version' : 'unavailable', known.message, {
      cause: error,
    });
  }
}

function latchRow({ goes_into: into, at_ms: atMs, ...row }: StoredLatch): LatchRow {
  return { ...row, into, atMs };
}
