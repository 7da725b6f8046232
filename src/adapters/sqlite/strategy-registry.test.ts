import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { storedTablesContract } from '../../../test/contracts/stored-tables.ts';
import { strategyRegistryContract } from '../../../test/contracts/strategy-registry.ts';
import { RegistryError } from '../../ports/strategy-registry.ts';
import { sqliteStoredTables } from './stored-tables.ts';
import { sqliteStrategyRegistry } from './strategy-registry.ts';

const newHome = (): string => mkdtempSync(join(tmpdir(), 'tradewright-registry-'));
const remove = (home: string): void => rmSync(home, { recursive: true, force: true });

/** The file as another program opens it. */
function outside<T>(path: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

strategyRegistryContract('SQLite', async () => {
  const home = newHome();
  const path = join(home, 'home.sqlite');
  const registry = sqliteStrategyRegistry(path);
  const statements = { update: "update strategy_entry set actor = 'x'", delete: 'delete from strategy_entry' };
  return {
    registry,
    reopen: async () => sqliteStrategyRegistry(path),
    tamper: async (how) => outside(path, (db) => db.exec(statements[how])),
    async dispose() {
      await registry.close();
      remove(home);
    },
  };
});

storedTablesContract('SQLite', async () => {
  const home = newHome();
  const path = join(home, 'home.sqlite');
  const tables = sqliteStoredTables(path);
  return {
    tables,
    columns: async (sql) =>
      outside(path, (db) =>
        db
          .prepare(`select name, lower(type) as type from pragma_table_info('${sql}')`)
          .all()
          .map((row) => ({ name: String(row['name']), type: String(row['type']) })),
      ),
    types: {
      ...{ text: 'text', decimal: 'text', real: 'real', count: 'integer', time: 'real', json: 'text', flag: 'integer' },
    },
    async dispose() {
      await tables.close();
      remove(home);
    },
  };
});

test('strategy registry (SQLite): a file that is no database -> told as damaged, with what to do', async () => {
  const home = newHome();
  const path = join(home, 'home.sqlite');
  writeFileSync(path, 'not a database, but long enough to be taken for one'.repeat(100));
  const isDamaged = (error: unknown): boolean => error instanceof RegistryError && error.code === 'damaged';
  await assert.rejects(sqliteStrategyRegistry(path).entries('a'), isDamaged);
  await assert.rejects(sqliteStoredTables(path).select('orders', [], 1), isDamaged);
  remove(home);
});

test('stored tables (SQLite): another program writes -> waited for, and this one goes on with other things', async () => {
  const home = newHome();
  const path = join(home, 'home.sqlite');
  const [tables, registry] = [sqliteStoredTables(path), sqliteStrategyRegistry(path)];
  assert.deepEqual(await registry.strategies(), []);
  const other = new DatabaseSync(path);
  other.exec('begin immediate');
  let turns = 0;
  const turning = setInterval(() => {
    // Long after one who only waits for the file would have given up its turn.
    if (++turns === 20) other.exec('commit');
  }, 5);
  const row = { session: 's', time_ms: 1, equity: 2, exposure: 0 };
  await tables.write([{ table: 'equity', row }]);
  clearInterval(turning);
  assert.ok(turns >= 20, `${turns} turns`);
  assert.deepEqual(await tables.select('equity', [], 9), [row]);
  other.close();
  await tables.close();
  await registry.close();
  remove(home);
});
