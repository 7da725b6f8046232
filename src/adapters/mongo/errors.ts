import type { MongoError } from 'mongodb';
import { BarStoreError } from '../../ports/bar-store.ts';

/** Authentication failed, unauthorized. */
const REFUSED = new Set([13, 18, 8000]);
const UNAVAILABLE =
  /^Mongo(Network|ServerSelection|NetworkTimeout|PoolCleared|ConnectionPoolClosed|WaitQueueTimeout|TopologyClosed|NotConnected|OperationTimeout)/;

/** The URL as it may be shown: without user, password and options. */
export function shownUrl(url: string): string {
  const match = /^([a-z+]+:\/\/)(?:[^@/]*@)?([^?]*)/i.exec(url);
  return match === null ? 'the database' : `${match[1]}${match[2]}`;
}

/** What went wrong, as data where it is the server's or the network's doing; anything else is a fault of ours and stays what it is. */
export function storeError(error: unknown, store: string): unknown {
  if (!(error instanceof Error) || error instanceof BarStoreError) return error;
  const code = 'code' in error ? Number(error.code) : Number.NaN;
  if (REFUSED.has(code)) {
    return new BarStoreError(
      'store-refused',
      {
        store,
        found: error.message,
        expected: 'a MongoDB database that lets us in',
        hint: 'Check user, password, authSource and database in the URL.',
      },
      { cause: error },
    );
  }
  // Bulk writes wrap what ended them.
  const names = [error.name, error.cause instanceof Error ? error.cause.name : ''];
  if (!names.some((name) => UNAVAILABLE.test(name)) && !isTransient(error)) return error;
  return new BarStoreError(
    'store-unavailable',
    {
      store,
      found: error.message,
      expected: 'a MongoDB server that answers',
      hint: 'Check that it runs and can be reached, then try again.',
    },
    { cause: error },
  );
}

function isTransient(error: Error): boolean {
  return ['RetryableWriteError', 'ResetPool'].some((label) => (error as Partial<MongoError>).hasErrorLabel?.(label));
}
