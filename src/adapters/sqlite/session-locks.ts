import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../../disk/make-folder.ts';
import type { SessionLocks } from '../../ports/session-locks.ts';

/** Result codes of SQLite for a lock that somebody else holds. */
const BUSY: readonly number[] = [5, 6];
/** For what whoever held it has left unfinished, which who only reads cannot clear away. */
const READONLY = 8;

const codeOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) & 0xff;

/**
 * Locks as files beside the journals, each an empty SQLite database that is locked exclusively: the operating system gives the lock back at the
 * moment the process ends, also by `kill -9`. For processes of one machine; folders on network drives lock unreliably.
 */
export function sqliteSessionLocks(folder: string): SessionLocks {
  return {
    async take(session) {
      makeFolder(folder, 0o700);
      const db = new DatabaseSync(join(folder, `${session}.lock`), { timeout: 0 });
      try {
        db.exec('begin exclusive');
      } catch (error) {
        db.close();
        if (BUSY.includes(codeOf(error))) return null;
        throw error;
      }
      // The operating system takes it from nobody who lives.
      return { lost: new AbortController().signal, release: async () => db.close() };
    },
    // Reads, and so tells it also where nothing can be written any more: the disk is full, or was mounted anew for reading only.
    async isHeld(session) {
      const path = join(folder, `${session}.lock`);
      if (!existsSync(path)) return false;
      const db = new DatabaseSync(path, { timeout: 0, readOnly: true });
      try {
        db.prepare('select 1 from sqlite_master').all();
        return false;
      } catch (error) {
        if (BUSY.includes(codeOf(error))) return true;
        if (codeOf(error) === READONLY) return false;
        throw error;
      } finally {
        db.close();
      }
    },
  };
}
