import { join } from 'node:path';
import type { StoredTables } from './ports/stored-tables.ts';
import { RegistryError, type StrategyRegistry } from './ports/strategy-registry.ts';

/** Registry and tables of an installation: in the home database, or in PostgreSQL where a URL says so. Each is opened when it is asked for. */
export function registryAt(
  url: string | null,
  home: string,
): { registry(): Promise<StrategyRegistry>; tables(): Promise<StoredTables>; close(): Promise<void> } {
  const path = join(home, 'home.sqlite');
  if (url !== null && !/^postgres(ql)?:\/\//i.test(url)) {
    const wrong = (): Promise<never> =>
      Promise.reject(
        new RegistryError(
          'unavailable',
          'TRADEWRIGHT_REGISTRY: expected postgres://…, or nothing for the home database, found something else',
        ),
      );
    return { registry: wrong, tables: wrong, close: async () => {} };
  }
  const registry = openedOnce(async () => {
    if (url !== null)
      return (await import('./adapters/postgres/strategy-registry.ts')).openPostgresStrategyRegistry(url);
    return (await import('./adapters/sqlite/strategy-registry.ts')).sqliteStrategyRegistry(path);
  });
  const tables = openedOnce(async () => {
    if (url !== null) return (await import('./adapters/postgres/stored-tables.ts')).openPostgresStoredTables(url);
    return (await import('./adapters/sqlite/stored-tables.ts')).sqliteStoredTables(path);
  });
  return {
    registry: () => registry.open(),
    tables: () => tables.open(),
    async close() {
      await registry.close();
      await tables.close();
    },
  };
}

/** Opens at the first call, and again at the next one where that failed. */
function openedOnce<T extends { close(): Promise<void> }>(
  make: () => Promise<T>,
): { open(): Promise<T>; close(): Promise<void> } {
  let opened: Promise<T> | null = null;
  return {
    open() {
      opened ??= make().catch((error: unknown) => {
        opened = null;
        throw error;
      });
      return opened;
    },
    async close() {
      // Who opened it has been told why that failed.
      await (await opened?.catch(() => null))?.close();
    },
  };
}
