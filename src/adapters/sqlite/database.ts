import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../../disk/make-folder.ts';

/** How long a writer waits for another one. */
const BUSY_MS = 5_000;

/**
 * Opens a database for writing, for its owner only, and makes it and its folder where they are missing. What is committed is on the disk
 * when the commit returns (WAL with `synchronous = FULL`: one fdatasync a commit).
 */
export function openDatabase(path: string): DatabaseSync {
  if (!existsSync(path)) {
    makeFolder(dirname(path), 0o700);
    closeSync(openSync(path, 'a', 0o600));
    // The file's name must survive a power failure as its bytes do.
    const folder = openSync(dirname(path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** All or nothing. */
export function inTransaction<T>(db: DatabaseSync, body: () => T): T {
  db.exec('begin immediate');
  try {
    const value = body();
    db.exec('commit');
    return value;
  } catch (error) {
    // SQLite may have rolled back by itself.
    if (db.isTransaction) db.exec('rollback');
    throw error;
  }
}

/**
 * Applies the migrations that a database has not seen; several programs may do so at once. Returns the version found where it is newer than
 * this program's, else null.
 */
export function migrate(db: DatabaseSync, migrations: readonly string[]): number | null {
  const version = (): number => Number(db.prepare('pragma user_version').get()!['user_version']);
  if (version() > migrations.length) return version();
  if (version() < migrations.length)
    inTransaction(db, () => {
      for (let next = version(); next < migrations.length; next++)
        db.exec(`${migrations[next]!}; pragma user_version = ${next + 1}`);
    });
  return null;
}
