import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { vaultContract } from '../../../test/contracts/secret-vault.ts';
import type { VaultRow } from '../../durability/vault-rows.ts';
import { systemClock } from '../system/clock.ts';
import { openSqliteVault } from './vault.ts';

vaultContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-vault-'));
  const path = join(home, 'home.sqlite');
  const using = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(path);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    open: async (options) => openSqliteVault(path, { clock: systemClock(), ...options }),
    rows: async () => using((db) => db.prepare('select * from connection').all() as unknown as VaultRow[]),
    setRow: async ({ id, venue, environment, sealed }) =>
      using((db) => {
        db.prepare('update connection set venue = ?, environment = ?, sealed = ? where id = ?').run(
          ...[venue, environment, sealed, id],
        );
      }),
    header: async () => using((db) => String(db.prepare('select header from vault').get()!['header'])),
    setHeader: async (text) => using((db) => void db.prepare('update vault set header = ?').run(text)),
    everything: async () =>
      readdirSync(home)
        .map((file) => readFileSync(join(home, file), 'latin1'))
        .join('\n'),
    async dispose() {
      rmSync(home, { recursive: true, force: true });
    },
  };
});
