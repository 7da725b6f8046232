import type { BarStore } from './ports/bar-store.ts';
import { BarStoreError } from './ports/bar-store.ts';

/**
 * The store that a URL names: `postgres://` or `postgresql://`, `mongodb://` or `mongodb+srv://`; columns under the home folder where there
 * is none. What reads it is loaded, and a server called, only when something is first asked of the store.
 */
export function barStoreAt(url: string | null, homePath: string): BarStore {
  if (url === null)
    return openedWhenNeeded(async () => (await import('./adapters/columns/catalogue.ts')).openCatalogue(homePath));
  const scheme = /^([a-z][a-z0-9+]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return openedWhenNeeded(async () => (await import('./adapters/postgres/bar-store.ts')).openPostgresBarStore(url));
  }
  if (scheme === 'mongodb' || scheme === 'mongodb+srv') {
    return openedWhenNeeded(async () => (await import('./adapters/mongo/bar-store.ts')).openMongoBarStore(url));
  }
  return openedWhenNeeded(async () => {
    throw new BarStoreError('store-refused', {
      store: 'TRADEWRIGHT_BAR_STORE',
      found: scheme === undefined ? 'a text that is no URL' : `${scheme}://`,
      expected: 'postgres://… or mongodb://…, or nothing for columns on disk',
      hint: 'Correct the variable, or unset it.',
    });
  });
}

/** A store that opens at the first call, and again at the next one where that failed. */
function openedWhenNeeded(open: () => Promise<BarStore>): BarStore {
  let opened: Promise<BarStore> | null = null;
  let isClosed = false;
  const store = (): Promise<BarStore> => {
    if (isClosed) return Promise.reject(new Error('the bar store is closed'));
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  return {
    load: async (...given) => (await store()).load(...given),
    upsert: async (...given) => (await store()).upsert(...given),
    info: async (...given) => (await store()).info(...given),
    list: async () => (await store()).list(),
    damaged: async () => (await store()).damaged(),
    coverage: async (...given) => (await store()).coverage(...given),
    remove: async (...given) => (await store()).remove(...given),
    keepInstruments: async (...given) => (await store()).keepInstruments(...given),
    instruments: async (...given) => (await store()).instruments(...given),
    keepSyncStatus: async (...given) => (await store()).keepSyncStatus(...given),
    syncStatus: async (...given) => (await store()).syncStatus(...given),
    async close() {
      isClosed = true;
      // Where opening failed there is nothing to close, and the call that needed the store has said so.
      const store = await opened?.catch(() => null);
      await store?.close();
    },
  };
}
