import type { DatabaseSync } from 'node:sqlite';
import { LatchError } from '../../ports/latches.ts';
import { NewerDatabaseError, openHome } from './home-tables.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** The home database, with its failures told as {@link LatchError}. */
export interface HomeAccess {
  readonly db: DatabaseSync;
  /** Runs `work`; what says something about the file comes out as {@link LatchError}. */
  readonly told: <T>(work: () => T) => T;
}

/** Opens the home database for latches and commands. Throws {@link LatchError}. */
export function openHomeAccess(homePath: string): HomeAccess {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof NewerDatabaseError) throw new LatchError('newer-version', error.message, { cause: error });
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      const code = fault.code === 'damaged' ? 'damaged' : 'unavailable';
      const message = `${homePath}: expected ${fault.expected}, found ${fault.found}. ${fault.hint}`;
      throw new LatchError(code, message, { cause: error });
    }
  };
  return { db: told(() => openHome(homePath)), told };
}
