import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { makeFolder } from '../../disk/make-folder.ts';
import { sqliteFault } from './sqlite-fault.ts';

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
    keepLog(db);
    db.exec('pragma synchronous = full; pragma foreign_keys = on;');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

const AGAIN_MS = 5;
/** SQLite's code for it. */
const BUSY = 5;

/**
 * Has a database keep a write-ahead log. Of two programs that open a new one at the same moment, each holds what the other waits for: SQLite refuses
 * one of them at once, without the wait that it was told, and asked again it finds the log there.
 */
function keepLog(db: DatabaseSync): void {
  const untilMs = performance.now() + BUSY_MS;
  for (;;)
    try {
      db.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY;
      if (!isBusy || performance.now() > untilMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
    }
}

/** For reading, also of a file on a disk that nobody may write to. */
export function openToRead(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  try {
    db.prepare(SOMETHING).get();
    return db;
  } catch (error) {
    db.close();
    const fault = sqliteFault(error);
    const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    if (fault === null || fault.code === 'damaged' || hasLog) throw error;
  }
  // A reader needs a file beside a write-ahead log. Where none can be made and there is no log, nobody writes either.
  const url = pathToFileURL(path);
  url.search = 'immutable=1';
  return new DatabaseSync(url, { readOnly: true });
}

const SOMETHING = 'select 1 from sqlite_schema';

/**
 * Reads where {@link openDatabase} could not: also on a disk that is full while a log is left. Whoever has the database alone needs no file beside
 * the log, which has no room there; it is let go at once.
 */
export function readOnce<T>(path: string, work: (db: DatabaseSync) => T): T {
  let db: DatabaseSync;
  try {
    db = openToRead(path);
  } catch (error) {
    if (sqliteFault(error)?.code !== 'unavailable' || !existsSync(path)) throw error;
    db = new DatabaseSync(path);
    db.exec('pragma locking_mode = exclusive');
  }
  try {
    return work(db);
  } finally {
    db.close();
  }
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
