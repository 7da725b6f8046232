import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from './make-folder.ts';

/** Longest that anybody waits for another to have written, in milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Does `body` while no other thread or process does anything under the same `path`, a file of its own that stays empty. The lock is the
 * operating system's, taken through SQLite: it goes with whoever held it, however that ends. Blocks the thread while it waits; throws
 * where a minute was not enough.
 */
export function oneAtATime<T>(path: string, body: () => T): T {
  makeFolder(dirname(path));
  // A folder that cannot be written is told as such, and not as a fault of SQLite's.
  closeSync(openSync(path, 'a'));
  const lock = new DatabaseSync(path, { timeout: PATIENCE_MS });
  try {
    lock.exec('begin immediate');
    return body();
  } finally {
    lock.close();
  }
}
