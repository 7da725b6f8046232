import type { Pool, PoolClient } from 'pg';
import { StoredVault, type StoredVaultOptions } from '../../durability/stored-vault.ts';
import { isAllOf, type VaultRow, type VaultRows } from '../../durability/vault-rows.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { type SecretVault, VaultError } from '../../ports/secret-vault.ts';
import { inTransaction, shownUrl, storeError } from './connection.ts';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './database.ts';

/** The vault in a PostgreSQL database. What is revoked is gone from its tables; its logs and backups may have the sealed text still. */
export async function openPostgresVault(
  url: string,
  options: StoredVaultOptions & PostgresOptions,
): Promise<SecretVault> {
  let database: PostgresDatabase;
  try {
    database = await openPostgres(url, { pool: { least: 0, most: 4 }, ...options });
  } catch (error) {
    throw vaultError(error, shownUrl(url));
  }
  return new StoredVault(postgresVaultRows(database), options);
}

function vaultError(error: unknown, store: string): unknown {
  const known = storeError(error, store);
  if (!(known instanceof BarStoreError)) return error;
  return new VaultError(known.code === 'store-newer' ? 'newer-version' : 'unavailable', known.message);
}

function postgresVaultRows({ pool, schema, store }: PostgresDatabase): VaultRows {
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw vaultError(error, store);
    }
  };
  const header = async (on: Pool | PoolClient): Promise<string | null> =>
    (await on.query<{ header: string }>(`select header from ${schema}.vault`)).rows[0]?.header ?? null;
  const rows = async (on: Pool | PoolClient): Promise<VaultRow[]> =>
    (await on.query<VaultRow>(`select * from ${schema}.connection`)).rows;
  return {
    where: store,
    header: () => told(() => header(pool)),
    rows: () => told(() => rows(pool)),
    change: (seenHeader, change) =>
      told(() =>
        inTransaction(pool, store, async (client) => {
          // One change after the other; reading goes on.
          await client.query(`lock table ${schema}.vault in share row exclusive mode`);
          if ((await header(client)) !== seenHeader) return 'stale';
          if (change.do === 'rewrap') {
            if (!isAllOf(await rows(client), change.sealed)) return 'stale';
            for (const { id, sealed } of change.sealed)
              await client.query(`update ${schema}.connection set sealed = $2 where id = $1`, [id, sealed]);
            await client.query(
              `insert into ${schema}.vault values (1, $1) on conflict (id) do update set header = $1`,
              [change.header],
            );
            return 'done';
          }
          const { id, venue, environment, label, info, sealed } = change.row;
          if (change.do === 'update') {
            const { rowCount } = await client.query(
              `update ${schema}.connection set info = $2, sealed = $3
               where id = $1 and info = $4 and sealed is not distinct from $5`,
              [id, info, sealed, change.seen.info, change.seen.sealed],
            );
            return rowCount === 1 ? 'done' : 'stale';
          }
          const { rowCount } = await client.query(
            `insert into ${schema}.connection values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
            [id, venue, environment, label, info, sealed],
          );
          return rowCount === 1 ? 'done' : 'label-taken';
        }),
      ),
    close: () => pool.end(),
  };
}
