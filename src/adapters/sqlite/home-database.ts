import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { RegistryError } from '../../ports/strategy-registry.ts';
import { NewerDatabaseError, openHome } from './home-tables.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** How long the file itself is waited for while another program writes: nothing else of this thread happens meanwhile. */
const BLOCKING_MS = 20;
const PAUSE_MS = 30;
/** Some 5 s in all. */
const TRIES = 100;
const BUSY = 5;

/**
 * The home database for registry and tables: opened at the first use, its failures told as {@link RegistryError}. While another program writes,
 * it is waited for without holding up a session that runs in the same thread.
 */
export class HomeDatabase {
  readonly #path: string;
  #db: DatabaseSync | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs `work`, again where the file was busy; what says something about the file comes out as {@link RegistryError}. */
  async use<T>(work: (db: DatabaseSync) => T): Promise<T> {
    for (let k = 1; ; k++) {
      try {
        return work(this.#opened());
      } catch (error) {
        if (!isBusy(error) || k === TRIES) throw this.#told(error);
      }
      await pause(PAUSE_MS);
    }
  }

  close(): void {
    this.#db?.close();
    this.#db = null;
  }

  #opened(): DatabaseSync {
    if (this.#db !== null) return this.#db;
    const db = openHome(this.#path);
    db.exec(`pragma busy_timeout = ${BLOCKING_MS}`);
    this.#db = db;
    return db;
  }

  #told(error: unknown): unknown {
    if (error instanceof NewerDatabaseError) return new RegistryError('newer-version', error.message, { cause: error });
    const fault = sqliteFault(error);
    if (fault === null) return error;
    const message = `${this.#path}: expected ${fault.expected}, found ${fault.found}. ${fault.hint}`;
    return new RegistryError(fault.code === 'damaged' ? 'damaged' : 'unavailable', message, { cause: error });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY;
}
