import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { vaultContract } from '../../../test/contracts/secret-vault.ts';
import { Secret } from '../../core/vocabulary/secret.ts';
import { createKeyFile } from '../../durability/master-key.ts';
import type { VaultRow } from '../../durability/vault-rows.ts';
import { systemClock } from '../system/clock.ts';
import { backupHome } from './home-tables.ts';
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
    setRow: async ({ id, venue, environment, label, sealed }) =>
      using((db) => {
        db.prepare('update connection set venue = ?, environment = ?, label = ?, sealed = ? where id = ?').run(
          ...[venue, environment, label, sealed, id],
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

test('vault (SQLite): the home database copied while it is in use -> opens under the same master key', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-vault-'));
  try {
    await createKeyFile(join(home, 'master.key'));
    const options = { clock: systemClock(), masterKey: { from: 'file', path: join(home, 'master.key') } } as const;
    const vault = openSqliteVault(join(home, 'home.sqlite'), options);
    const keys = { apiKey: new Secret('k'), apiSecret: new Secret('s') };
    const { id } = await vault.add({ venue: 'BINANCE', environment: 'testnet', label: 'main' }, keys);
    const copying = backupHome(join(home, 'home.sqlite'), join(home, 'copy.sqlite'));
    await vault.add({ venue: 'BINANCE', environment: 'live', label: 'main' }, keys);
    await copying;
    await assert.rejects(backupHome(join(home, 'home.sqlite'), join(home, 'copy.sqlite')), /never overwrites/);
    assert.equal(existsSync(join(home, `copy.sqlite.${process.pid}.tmp`)), false);
    const copy = openSqliteVault(join(home, 'copy.sqlite'), options);
    assert.equal((await copy.keys(id)).apiSecret.reveal(), 's');
    await copy.close();
    await vault.close();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

for (const [what, hasLog] of [
  ['closed in order', false],
  ['left as by kill -9', true],
] as const)
  test(`vault (SQLite): on a disk that is full, ${what} -> its keys can be read, as a kill must; what is to be kept is refused`, async (t) => {
    const home = mkdtempSync(join(tmpdir(), 'tradewright-vault-'));
    const disk = join(home, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status !== 0) {
      rmSync(home, { recursive: true });
      return t.skip('small disk absent: only root may mount one');
    }
    try {
      await createKeyFile(join(home, 'master.key'));
      const options = { clock: systemClock(), masterKey: { from: 'file', path: join(home, 'master.key') } } as const;
      const vault = openSqliteVault(join(home, 'home.sqlite'), options);
      const keys = { apiKey: new Secret('k'), apiSecret: new Secret('s') };
      const { id } = await vault.add({ venue: 'BINANCE', environment: 'testnet', label: 'main' }, keys);
      const other = new DatabaseSync(join(home, 'home.sqlite'));
      other.exec("insert into latch values ('system', '', 'halt', 0, 'x', 'y', 'z', 1)");
      if (hasLog) copyFileSync(join(home, 'home.sqlite-wal'), join(disk, 'home.sqlite-wal'));
      else other.exec('pragma wal_checkpoint(truncate)');
      copyFileSync(join(home, 'home.sqlite'), join(disk, 'home.sqlite'));
      other.close();
      await vault.close();
      assert.throws(() => writeFileSync(join(disk, 'rest'), Buffer.alloc(4 << 20)), { code: 'ENOSPC' });
      const full = openSqliteVault(join(disk, 'home.sqlite'), options);
      assert.deepEqual(
        (await full.list()).map(({ label }) => label),
        ['main'],
      );
      assert.equal((await full.keys(id)).apiSecret.reveal(), 's');
      await assert.rejects(full.add({ venue: 'BINANCE', environment: 'live', label: 'two' }, keys), {
        code: 'unavailable',
        message: /neither full nor failing/,
      });
      await full.close();
    } finally {
      spawnSync('umount', ['-l', disk]);
      rmSync(home, { recursive: true, force: true });
    }
  });
