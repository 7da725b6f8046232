import type { DatabaseSync } from 'node:sqlite';
import { StoredVault, type StoredVaultOptions } from '../../durability/stored-vault.ts';
import { isAllOf, type VaultRow, type VaultRows } from '../../durability/vault-rows.ts';
import { type SecretVault, VaultError } from '../../ports/secret-vault.ts';
import { inTransaction, readOnce } from './database.ts';
import { NewerDatabaseError, openHome } from './home-tables.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** The vault in the home database. What is revoked is overwritten in the file; copies of the file have it still. */
export function openSqliteVault(homePath: string, options: StoredVaultOptions): SecretVault {
  return new StoredVault(sqliteVaultRows(homePath), options);
}

function sqliteVaultRows(homePath: string): VaultRows {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof NewerDatabaseError) throw new VaultError('newer-version', error.message);
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      throw new VaultError(
        'unavailable',
        `${homePath}: expected ${fault.expected}, found ${fault.found}. ${fault.hint}`,
      );
    }
  };
  let opened: DatabaseSync;
  try {
    opened = openHome(homePath);
  } catch (error) {
    const refuse = (): never => told(() => rethrow(error));
    const fault = sqliteFault(error);
    // What is damaged, or of a later version, is not read either.
    return fault === null || fault.code === 'damaged' ? refuse() : unwritableRows(homePath, refuse);
  }
  const db = opened;
  const header = (): string | null => headerOf(db);
  const rows = (): VaultRow[] => rowsOf(db);
  return {
    where: homePath,
    header: async () => told(header),
    rows: async () => told(rows),
    change: async (seenHeader, change) =>
      told(() => {
        const outcome = inTransaction(db, () => {
          if (header() !== seenHeader) return 'stale';
          if (change.do === 'rewrap') {
            if (!isAllOf(rows(), change.sealed)) return 'stale';
            const write = db.prepare('update connection set sealed = ? where id = ?');
            for (const { id, sealed } of change.sealed) write.run(sealed, id);
            db.prepare('insert or replace into vault values (1, ?)').run(change.header);
            return 'done';
          }
          const { id, venue, environment, label, info, sealed } = change.row;
          if (change.do === 'update') {
            const { changes } = db
              .prepare('update connection set info = ?, sealed = ? where id = ? and info = ? and sealed is ?')
              .run(info, sealed, id, change.seen.info, change.seen.sealed);
            return changes === 1 ? 'done' : 'stale';
          }
          const isTaken = db
            .prepare(
              'select 1 from connection where venue = ? and environment = ? and label = ? and sealed is not null',
            )
            .get(venue, environment, label);
          if (isTaken !== undefined) return 'label-taken';
          db.prepare('insert into connection values (?, ?, ?, ?, ?, ?)').run(
            id,
            venue,
            environment,
            label,
            info,
            sealed,
          );
          return 'done';
        });
        // What was overwritten must not live on in the write-ahead log.
        db.exec('pragma wal_checkpoint(truncate)');
        return outcome;
      }),
    close: async () => db.close(),
  };
}

/**
 * What can be read of a home that cannot be opened for writing, as its disk is full or for reading only: a kill needs the keys then, too. `refuse`
 * throws why it could not be opened: where it cannot be read either, at once.
 */
function unwritableRows(homePath: string, refuse: () => never): VaultRows {
  const read = <T>(work: (db: DatabaseSync) => T): T => {
    try {
      return readOnce(homePath, work);
    } catch {
      return refuse();
    }
  };
  read(headerOf);
  return {
    where: homePath,
    header: async () => read(headerOf),
    rows: async () => read(rowsOf),
    change: async () => refuse(),
    async close() {},
  };
}

function headerOf(db: DatabaseSync): string | null {
  const row = db.prepare('select header from vault').get();
  return row === undefined ? null : String(row['header']);
}

function rowsOf(db: DatabaseSync): VaultRow[] {
  return db
    .prepare('select * from connection')
    .all()
    .map((row) => ({
      id: String(row['id']),
      venue: String(row['venue']),
      environment: String(row['environment']),
      label: String(row['label']),
      info: String(row['info']),
      sealed: row['sealed'] === null ? null : String(row['sealed']),
    }));
}

function rethrow(error: unknown): never {
  throw error;
}
