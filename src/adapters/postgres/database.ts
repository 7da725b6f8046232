import type { ClientBase, Pool } from 'pg';
import { shownUrl, withConnection } from './connection.ts';
import { migrate } from './migrations.ts';

export interface PostgresOptions {
  /** Connections that are kept open once they were needed, and the most there may be; 20 and 50 by default. */
  readonly pool?: { readonly least?: number; readonly most?: number };
  /** Schema of the tables, made where it is missing; `tradewright` by default. Lower case letters, digits and `_`. */
  readonly schema?: string;
  /** For a connection; 10 s by default. */
  readonly connectTimeoutMs?: number;
  /** What is committed is on the server’s disk when that is told, however the server is set. */
  readonly isDurable?: boolean;
  /** For the answer to one statement; 2 minutes by default. */
  readonly queryTimeoutMs?: number;
}

export interface PostgresDatabase {
  readonly pool: Pool;
  readonly schema: string;
  /** The URL as it may be shown. */
  readonly store: string;
}

/** Connects and brings the tables up to date. Rejects with BarStoreError. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<PostgresDatabase> {
  const schema = options.schema ?? 'tradewright';
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new RangeError(`expected a schema of lower case letters, digits and _, found ${JSON.stringify(schema)}`);
  }
  const { least, most } = poolSize(options.pool);
  const store = shownUrl(url);
  const pg = (await import('pg')).default;
  const pool = new pg.Pool({
    connectionString: url,
    min: least,
    max: most,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    query_timeout: options.queryTimeoutMs ?? 120_000,
    keepAlive: true,
    application_name: 'tradewright',
    allowExitOnIdle: true,
    ...(options.isDurable ? { onConnect: commitDurably } : {}),
  });
  // An idle connection that breaks is replaced when the next one is needed.
  pool.on('error', () => {});
  try {
    await withConnection(pool, store, (client) => migrate(client, schema, store));
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { pool, schema, store };
}

/** Typed as if nobody waited for it; the pool does. */
const commitDurably = ((client: ClientBase) =>
  client.query(
    `select set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false)`,
  )) as unknown as (client: ClientBase) => void;

function poolSize(pool: PostgresOptions['pool'] = {}): { readonly least: number; readonly most: number } {
  const most = pool.most ?? 50;
  const least = pool.least ?? Math.min(20, most);
  if (!Number.isInteger(least) || !Number.isInteger(most) || least < 0 || most < 1 || least > most) {
    throw new RangeError(`expected a pool of 0 <= least <= most connections, found ${least} and ${most}`);
  }
  return { least, most };
}
