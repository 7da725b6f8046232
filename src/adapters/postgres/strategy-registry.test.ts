import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { storedTablesContract } from '../../../test/contracts/stored-tables.ts';
import { strategyRegistryContract } from '../../../test/contracts/strategy-registry.ts';
import { postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import type { StoredRow } from '../../ports/stored-tables.ts';
import { RegistryError } from '../../ports/strategy-registry.ts';
import { openPostgresStoredTables } from './stored-tables.ts';
import { openPostgresStrategyRegistry } from './strategy-registry.ts';

const skip = postgresMissing;

if (skip !== false) test('strategy registry (PostgreSQL)', { skip }, () => {});
else {
  strategyRegistryContract('PostgreSQL', async () => {
    const scene = await postgresScene('registry');
    const { url, schema } = scene;
    const registry = await openPostgresStrategyRegistry(url, { schema });
    const statements = { update: "update %s.strategy_entry set actor = 'x'", delete: 'delete from %s.strategy_entry' };
    return {
      registry,
      reopen: () => openPostgresStrategyRegistry(url, { schema }),
      tamper: async (how) => void (await scene.sql(statements[how])),
      async dispose() {
        await registry.close();
        await scene.dispose();
      },
    };
  });

  storedTablesContract('PostgreSQL', async () => {
    const scene = await postgresScene('tables');
    const { url, schema } = scene;
    const tables = await openPostgresStoredTables(url, { schema });
    return {
      tables,
      columns: (sql) =>
        scene.sql(
          `select column_name as name, data_type as type from information_schema.columns
           where table_schema = $1 and table_name = $2 order by ordinal_position`,
          [schema, sql],
        ),
      types: {
        ...{ text: 'text', decimal: 'numeric', real: 'double precision', count: 'integer', json: 'text' },
        ...{ time: 'double precision', flag: 'boolean' },
      },
      async dispose() {
        await tables.close();
        await scene.dispose();
      },
    };
  });

  test('stored tables (PostgreSQL): the query that the reference shows -> runs, and tells what it says', async () => {
    const scene = await postgresScene('shown');
    const { url, schema } = scene;
    const tables = await openPostgresStoredTables(url, { schema });
    try {
      const day = Date.UTC(2024, 0, 31, 13);
      const trade = (number: number, profit: number, session = 'btc'): StoredRow => ({
        table: 'trades',
        row: {
          ...{ session, strategy: 's', instrument: 'X:Y', number, side: 'long', quantity: 1, entry_time_ms: day },
          ...{ entry_price: 1, exit_time_ms: day + number, exit_price: 2, gross_profit: profit, fees: 0, funding: 0 },
          ...{ profit, profit_ratio: 0, entry_order: 'a', entry_why: 'w' },
        },
      });
      await tables.write([trade(1, 2.5), trade(2, -1), trade(3, 9, 'eth')]);
      const page = readFileSync(new URL('../../../docs/reference/stored-tables.md', import.meta.url), 'utf8');
      const text = /```sql\n(.*?)```/s
        .exec(page)![1]!
        .replace('tradewright.', '%s.')
        .replaceAll(' as day', '::text as day');
      assert.deepEqual(await scene.sql(text), [{ day: '2024-01-31', trades: '2', profit: 1.5 }]);
    } finally {
      await tables.close();
      await scene.dispose();
    }
  });

  test('strategy registry (PostgreSQL): a server that is gone -> told as unavailable, without the password', async () => {
    await assert.rejects(
      openPostgresStrategyRegistry('postgres://me:hunter2@127.0.0.1:1/x', { connectTimeoutMs: 2_000 }),
      (error) => error instanceof RegistryError && error.code === 'unavailable' && !/hunter2/.test(error.message),
    );
  });
}
