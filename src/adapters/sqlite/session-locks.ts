import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../../disk/make-folder.ts';
import type { SessionLocks } from '../../ports/session-locks.ts';

/** Result codes of SQLite for a lock that somebody else holds. */
const BUSY: readonly number[] = [5, 6];

/**
 * Locks as files beside the journals, each an empty SQLite database that is locked exclusively: the operating system gives the lock back at the
 * moment the process ends, also by `kill -9`. For processes of one machine; folders on network drives lock unreliably.
 */
export function sqliteSessionLocks(folder: string): SessionLocks {
  const locks: SessionLocks = {
    async take(session) {
      makeFolder(folder, 0o700);
      const db = new DatabaseSync(join(folder, `${session}.lock`), { timeout: 0 });
      try {
        db.exec('begin exclusive');
      } catch (error) {
        db.close();
        if (BUSY.includes((error as { errcode?: number }).errcode ?? 0)) return null;
        throw error;
      }
      // The operating system takes it from nobody who lives.
      return { lost: new AbortController().signal, release: async () => db.close() };
    },
    async isHeld(session) {
      const lock = await locks.take(session);
      await lock?.release();
      return lock === null;
    },
  };
  return locks;
}
