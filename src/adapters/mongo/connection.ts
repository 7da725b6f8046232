import type { MongoClient } from 'mongodb';
import { BarStoreError } from '../../ports/bar-store.ts';
import { type Collections, collectionsOf } from './documents.ts';
import { storeError } from './errors.ts';

/** What a call works with: the collections, and a word for a loss of the server that it does not reject with itself. */
export type MongoWork<T> = (db: Collections, lost: () => void) => Promise<T>;

/**
 * The way to the server. Every loss of it ends the client over which it was noticed: the driver's watch over a server that closes its
 * connections writes to a dead socket, waits for it to drain without end, and never looks for that server again. A new client looks for it
 * at once.
 */
export interface MongoConnection {
  /** Rejects with {@link BarStoreError}. */
  readonly write: <T>(work: MongoWork<T>) => Promise<T>;
  /** Done once more, over a new client, where the connection was lost over it. Rejects with {@link BarStoreError}. */
  readonly read: <T>(work: MongoWork<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

interface Line {
  readonly client: MongoClient;
  readonly db: Collections;
  users: number;
}

/** `create` makes a client, which connects with its first call; `store` is what errors call it. */
export function mongoConnection(
  create: () => MongoClient,
  database: string | undefined,
  store: string,
): MongoConnection {
  let isClosed = false;
  const lines = new Set<Line>();
  const open = (): Line => {
    const client = create();
    const line = { client, db: collectionsOf(client.db(database)), users: 0 };
    lines.add(line);
    return line;
  };
  let current = open();
  /** Closed with the last call over it: others may still be served. */
  const retire = async (line: Line): Promise<void> => {
    if (line === current || line.users > 0 || !lines.delete(line)) return;
    await line.client.close();
  };
  const lose = (line: Line): void => {
    if (line === current && !isClosed) current = open();
  };
  const once = async <T>(work: MongoWork<T>): Promise<T> => {
    // The driver would connect anew.
    if (isClosed) throw new Error('the bar store is closed');
    const line = current;
    line.users++;
    try {
      return await work(line.db, () => lose(line));
    } catch (error) {
      const known = storeError(error, store);
      if (known instanceof BarStoreError && known.code === 'store-unavailable') lose(line);
      throw known;
    } finally {
      line.users--;
      await retire(line);
    }
  };
  return {
    write: once,
    read: async (work) => {
      try {
        return await once(work);
      } catch (error) {
        if (!wasCutOff(error)) throw error;
        return await once(work);
      }
    },
    async close() {
      isClosed = true;
      const all = [...lines];
      lines.clear();
      await Promise.all(all.map(({ client }) => client.close()));
    },
  };
}

/** Not where the server was looked for and not found: that has taken its time already. */
function wasCutOff(error: unknown): boolean {
  if (!(error instanceof BarStoreError) || error.code !== 'store-unavailable') return false;
  return !(error.cause instanceof Error && error.cause.name === 'MongoServerSelectionError');
}
