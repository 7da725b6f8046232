import type { Pool, PoolClient } from 'pg';
import { BarStoreError } from '../../ports/bar-store.ts';

/** Failures of the network, and SQLSTATE classes that mean that the server is not there for us. */
const UNAVAILABLE =
  /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|08|53|57P|40001|40P01|55P03)/;
/** Log-in, database, rights. */
const REFUSED = /^(28|3D|42501|0A)/;
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|not queryable/;

/** The URL as it may be shown: without user, password and options. */
export function shownUrl(url: string): string {
  const match = /^([a-z+]+:\/\/)(?:[^@/]*@)?([^?]*)/i.exec(url);
  return match === null ? 'the database' : `${match[1]}${match[2]}`;
}

/** What went wrong, as data where it is the server's or the network's doing; anything else is a fault of ours and stays what it is. */
export function storeError(error: unknown, store: string): unknown {
  if (!(error instanceof Error) || error instanceof BarStoreError) return error;
  const inner = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const code = 'code' in inner ? String(inner.code) : '';
  const found = inner.message === '' ? code : inner.message;
  if (REFUSED.test(code)) {
    return new BarStoreError(
      'store-refused',
      {
        store,
        found,
        expected: 'a PostgreSQL database that lets us in',
        hint: 'Check user, password and database in the URL, and that the user may create a schema.',
      },
      { cause: error },
    );
  }
  if (!UNAVAILABLE.test(code) && !LOST.test(error.message)) return error;
  return new BarStoreError(
    'store-unavailable',
    {
      store,
      found,
      expected: 'a PostgreSQL server that answers',
      hint: 'Check that it runs and can be reached, then try again.',
    },
    { cause: error },
  );
}

/** Runs `body` on a connection of its own. A connection that failed is not used again. */
export async function withConnection<T>(
  pool: Pool,
  store: string,
  body: (client: PoolClient) => Promise<T>,
): Promise<T> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw storeError(error, store);
  }
  // A connection that breaks between two queries says so by an event; the next query fails, and that is enough.
  const ignore = (): void => {};
  client.on('error', ignore);
  let fault: Error | undefined;
  try {
    return await body(client);
  } catch (error) {
    fault = error as Error;
    throw storeError(error, store);
  } finally {
    client.off('error', ignore);
    client.release(fault);
  }
}

/** All or nothing: an error, or a connection that is lost, leaves everything as it was. */
export function inTransaction<T>(pool: Pool, store: string, body: (client: PoolClient) => Promise<T>): Promise<T> {
  return withConnection(pool, store, async (client) => {
    await client.query('begin');
    const value = await body(client);
    await client.query('commit');
    // Where it throws the connection is dropped, and the server rolls back.
    return value;
  });
}
