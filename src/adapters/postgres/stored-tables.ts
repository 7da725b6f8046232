import { cellsOf, type Dialect, selectStatement, upsertText } from '../../durability/table-statements.ts';
import {
  type Cell,
  SESSION_TABLES,
  type StoredRow,
  type StoredTables,
  type TableRow,
  tableSpec,
  type WrittenTable,
} from '../../ports/stored-tables.ts';
import type { PostgresOptions } from './database.ts';
import { RegistryDatabase } from './registry-database.ts';

/** Rows of one statement: with the widest table far fewer values than a statement may have. */
const ROWS_AT_ONCE = 100;

/** Tables in a PostgreSQL database. */
export async function openPostgresStoredTables(url: string, options: PostgresOptions = {}): Promise<StoredTables> {
  const database = await RegistryDatabase.open(url, options);
  const dialect: Dialect = {
    prefix: `${database.schema}.`,
    value: (k) => `$${k}`,
    number: (column) => column,
  };
  return {
    write: (rows) =>
      database.transaction(async (client) => {
        // What they follow from is kept elsewhere.
        await client.query('set local synchronous_commit = off');
        for (const [table, all] of byTable(rows)) {
          const spec = tableSpec(table);
          for (let from = 0; from < all.length; from += ROWS_AT_ONCE) {
            const some = all.slice(from, from + ROWS_AT_ONCE);
            await client.query(upsertText(spec, dialect, some.length), some.flat());
          }
        }
      }),
    select: async (table, where, limit) => {
      const { text, values } = selectStatement(tableSpec(table), where, limit, dialect);
      return database.query<TableRow>(text, values);
    },
    async forget(session) {
      for (const table of SESSION_TABLES.toReversed())
        await database.query(`delete from ${dialect.prefix}${tableSpec(table).sql} where session = $1`, [session]);
    },
    close: () => database.close(),
  };
}

/** Cells of the rows of each table; of several with one key the last. */
function byTable(rows: readonly StoredRow[]): [WrittenTable, Cell[][]][] {
  const tables = new Map<WrittenTable, Map<string, Cell[]>>();
  for (const { table, row } of rows) {
    const spec = tableSpec(table);
    const own = tables.get(table) ?? new Map<string, Cell[]>();
    tables.set(table, own);
    own.set(JSON.stringify(spec.key.map((name) => row[name])), cellsOf(spec, row));
  }
  return [...tables].map(([table, own]) => [table, [...own.values()]]);
}
