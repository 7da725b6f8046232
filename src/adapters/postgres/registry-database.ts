import type { PoolClient } from 'pg';
import { BarStoreError } from '../../ports/bar-store.ts';
import { RegistryError } from '../../ports/strategy-registry.ts';
import { inTransaction, shownUrl, storeError } from './connection.ts';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './database.ts';

/** A database for registry and tables, its failures told as {@link RegistryError}. */
export class RegistryDatabase {
  readonly schema: string;
  readonly #database: PostgresDatabase;

  private constructor(database: PostgresDatabase) {
    this.#database = database;
    this.schema = database.schema;
  }

  static async open(url: string, options: PostgresOptions): Promise<RegistryDatabase> {
    try {
      const patience = { connectTimeoutMs: 5_000, queryTimeoutMs: 30_000 };
      return new RegistryDatabase(await openPostgres(url, { pool: { least: 0, most: 4 }, ...patience, ...options }));
    } catch (error) {
      throw registryError(error, shownUrl(url));
    }
  }

  async query<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const { pool, store } = this.#database;
    try {
      return (await pool.query<R>(text, [...values])).rows;
    } catch (error) {
      throw registryError(error, store);
    }
  }

  /** All or nothing. */
  async transaction<T>(body: (client: PoolClient) => Promise<T>): Promise<T> {
    const { pool, store } = this.#database;
    try {
      return await inTransaction(pool, store, body);
    } catch (error) {
      throw registryError(error, store);
    }
  }

  close(): Promise<void> {
    return this.#database.pool.end();
  }
}

function registryError(error: unknown, store: string): unknown {
  const known = storeError(error, store);
  if (!(known instanceof BarStoreError)) return error;
  const code = known.code === 'store-newer' ? 'newer-version' : 'unavailable';
  return new RegistryError(code, known.message, { cause: error });
}
