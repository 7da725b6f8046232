import type { DatabaseSync } from 'node:sqlite';
import { RegistryError } from '../../ports/strategy-registry.ts';
import { NewerDatabaseError, openHome } from './home-tables.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** The home database for registry and tables: opened at the first use, its failures told as {@link RegistryError}. */
export class HomeDatabase {
  readonly #path: string;
  #db: DatabaseSync | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs `work`; what says something about the file comes out as {@link RegistryError}. */
  use<T>(work: (db: DatabaseSync) => T): T {
    try {
      this.#db ??= openHome(this.#path);
      return work(this.#db);
    } catch (error) {
      if (error instanceof NewerDatabaseError)
        throw new RegistryError('newer-version', error.message, { cause: error });
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      const message = `${this.#path}: expected ${fault.expected}, found ${fault.found}. ${fault.hint}`;
      throw new RegistryError(fault.code === 'damaged' ? 'damaged' : 'unavailable', message, { cause: error });
    }
  }

  close(): void {
    this.#db?.close();
    this.#db = null;
  }
}
