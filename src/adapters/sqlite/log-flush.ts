import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

/**
 * Brings the write-ahead log of a database to the disk. What was committed with `synchronous = normal` is as durable after it as with `full`: either it
 * lies in the log still, or a checkpoint has brought it to the disk already, which it does in both modes (sqlite.org/wal.html). But nobody waits under
 * the lock of the database, and no thread stands still; who asks while it is under way shares the next one.
 */
export class LogFlush {
  readonly #path: string;
  #file: number | null = null;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  /** Of the log of a database that is open: its file stays as long as anybody has the database open. */
  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /** Resolves once everything that was committed before the call is on the disk. Rejects with an error of the file system. */
  flush(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#flush().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    // The one under way may have begun too early for us.
    this.#next ??= this.#running.then(noop, noop).then(() => {
      this.#next = null;
      return this.flush();
    });
    return this.#next;
  }

  async #flush(): Promise<void> {
    this.#file ??= openSync(this.#path, 'r+');
    await sync(this.#file);
  }

  async close(): Promise<void> {
    await this.#next?.then(noop, noop);
    await this.#running?.then(noop, noop);
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

const noop = (): void => {};
