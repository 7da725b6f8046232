import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sharedStoresContract } from '../../../test/contracts/shared-stores.ts';
import { systemClock } from '../system/clock.ts';
import { openSqliteState } from './state-database.ts';

sharedStoresContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-state-'));
  const path = join(home, 'home.sqlite');
  return {
    open: async () => openSqliteState(path, systemClock()),
    async sql(text) {
      const db = new DatabaseSync(path, { timeout: 5_000 });
      db.exec(text.replaceAll('@', ''));
      db.close();
    },
    dispose: async () => rmSync(home, { recursive: true, force: true }),
  };
});
