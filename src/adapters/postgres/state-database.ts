import type { PoolClient } from 'pg';
import type { Query, StateDatabase, StateRow } from '../../durability/state-database.ts';
import { LatchError } from '../../ports/latches.ts';
import { inTransaction } from './connection.ts';
import type { PostgresOptions } from './database.ts';
import { openControl, toldAsLatch } from './session-control.ts';

const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::float8';
/** What is kept open once it was needed, and the most that all stores of a process have together. */
const LEAST = 20;
const MOST = 50;

/** A PostgreSQL database as a {@link StateDatabase}: one pool for all stores of a process. Rejects with LatchError. */
export async function openPostgresState(
  url: string,
  options: PostgresOptions & { readonly most?: number } = {},
): Promise<StateDatabase> {
  const { most = MOST, ...rest } = options;
  const { pool, schema, store } = await openControl(url, {
    ...{ pool: { least: Math.min(LEAST, most), most }, isDurable: true },
    ...rest,
  });
  let hasEnded = false;
  const told = <T>(work: () => Promise<T>): Promise<T> => {
    if (hasEnded) return Promise.reject(new LatchError('unavailable', `${store}: closed already`));
    return toldAsLatch(store, work);
  };
  const written = (text: string): string => text.replaceAll('@now', NOW_MS).replaceAll('@', `${schema}.`);
  const over =
    (client: Pick<PoolClient, 'query'>): Query =>
    async (text, ...values) =>
      (await client.query<StateRow>(written(text), [...values])).rows;
  const query: Query = (text, ...values) => told(() => over(pool as never)(text, ...values));
  return {
    query,
    // A server that others use commits in groups of its own, and its connections keep how they commit.
    note: query,
    transaction: (work) => told(() => inTransaction(pool, store, (client) => work(over(client)))),
    close: async () => {
      hasEnded = true;
      await pool.end();
    },
  };
}
