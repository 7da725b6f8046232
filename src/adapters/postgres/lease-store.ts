import { BarStoreError } from '../../ports/bar-store.ts';
import { LeaseError, type LeaseRow, type LeaseStore } from '../../ports/lease.ts';
import { shownUrl, storeError } from './connection.ts';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './database.ts';

interface Row {
  readonly name: string;
  readonly epoch: number;
  readonly holder: string;
  readonly renewals: number;
  readonly renewed_at_ms: number;
  readonly ttl_ms: number;
  readonly validity_ms: number;
  readonly clock_error_ms: number;
  readonly is_released: boolean;
}

const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::float8';
/** Longer than a holder may wait for its renewal anyway. */
const ANSWER_MS = 5_000;

/** Leases in a PostgreSQL database, by the clock of its server. Rows, not advisory locks: those die with a connection or a pooler. */
export async function openPostgresLeaseStore(url: string, options: PostgresOptions = {}): Promise<LeaseStore> {
  let database: PostgresDatabase;
  try {
    database = await openPostgres(url, {
      pool: { least: 1, most: 2 },
      connectTimeoutMs: ANSWER_MS,
      queryTimeoutMs: ANSWER_MS,
      ...options,
    });
  } catch (error) {
    throw leaseError(error, shownUrl(url));
  }
  const { pool, schema, store } = database;
  const query = async <R extends object>(text: string, values: readonly unknown[]): Promise<R | undefined> => {
    try {
      return (await pool.query<R>(text, [...values])).rows[0];
    } catch (error) {
      throw leaseError(error, store);
    }
  };
  // A lease that is lost with the server's memory would be given to two.
  const durable = `set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)`;
  const one = async (text: string, values: readonly unknown[]): Promise<LeaseRow | null> =>
    rowOf(await query<Row>(text, values));
  return {
    async view(name) {
      const found = await query<{ now_ms: number } & Row>(
        `select ${NOW_MS} as now_ms, lease.* from (select) as one left join ${schema}.lease on name = $1`,
        [name],
      );
      return { row: found!.name === null ? null : rowOf(found), nowMs: found!.now_ms };
    },
    async take(name, seen, holder, { ttlMs, validityMs, clockErrorMs }) {
      const given = [name, holder, ttlMs, validityMs, clockErrorMs];
      if (seen === null)
        return one(
          `insert into ${schema}.lease select $1, 1, $2, 0, ${NOW_MS}, $3::float8, $4::float8, $5::float8, false
           where ${durable} is not null on conflict do nothing returning *`,
          given,
        );
      return one(
        `update ${schema}.lease set epoch = epoch + 1, holder = $2, renewals = 0, renewed_at_ms = ${NOW_MS},
           ttl_ms = $3, validity_ms = $4, clock_error_ms = $5, is_released = false
         where name = $1 and epoch = $6 and renewals = $7 and is_released = $8 and ${durable} is not null returning *`,
        [...given, seen.epoch, seen.renewals, seen.isReleased],
      );
    },
    renew: ({ name, epoch, holder }) =>
      one(
        `update ${schema}.lease set renewals = renewals + 1, renewed_at_ms = ${NOW_MS}
         where name = $1 and epoch = $2 and holder = $3 and not is_released and ${durable} is not null returning *`,
        [name, epoch, holder],
      ),
    release: async ({ name, epoch, holder }) =>
      (await one(
        `update ${schema}.lease set is_released = true
         where name = $1 and epoch = $2 and holder = $3 and not is_released and ${durable} is not null returning *`,
        [name, epoch, holder],
      )) !== null,
    close: () => pool.end(),
  };
}

function leaseError(error: unknown, store: string): unknown {
  const known = storeError(error, store);
  if (!(known instanceof BarStoreError)) return error;
  return new LeaseError(known.code === 'store-newer' ? 'newer-version' : 'unavailable', known.message, {
    cause: error,
  });
}

function rowOf(row: Row | undefined): LeaseRow | null {
  if (row === undefined) return null;
  const { name, epoch, holder, renewals } = row;
  return {
    ...{ name, epoch, holder, renewals },
    renewedAtMs: row.renewed_at_ms,
    terms: { ttlMs: row.ttl_ms, validityMs: row.validity_ms, clockErrorMs: row.clock_error_ms },
    isReleased: row.is_released,
  };
}
