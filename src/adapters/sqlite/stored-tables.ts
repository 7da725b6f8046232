import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import { cellsOf, type Dialect, isNumber, selectStatement, upsertText } from '../../durability/table-statements.ts';
import {
  type Cell,
  type ColumnSpec,
  SESSION_TABLES,
  type StoredTables,
  type TableName,
  type TableSpec,
  tableSpec,
} from '../../ports/stored-tables.ts';
import { inTransaction } from './database.ts';
import { HomeDatabase } from './home-database.ts';

/** Rows that are taken out in one step, so that nobody who needs the file, such as whoever renews a lease, waits long. */
const FORGOTTEN_AT_ONCE = 2_000;

const DIALECT: Dialect = {
  prefix: '',
  value: () => '?',
  number: (column, kind) => (kind === 'decimal' ? `cast(${column} as real)` : column),
};

/**
 * Tables in the home database. Commits are not waited for until they are on the disk: a power failure may take the last of them back, and what
 * they follow from is kept elsewhere.
 */
export function sqliteStoredTables(homePath: string): StoredTables {
  const home = new HomeDatabase(homePath);
  return {
    write: async (rows) =>
      home.use((db) => {
        db.exec('pragma synchronous = normal');
        const prepared = new Map<TableName, StatementSync>();
        inTransaction(db, () => {
          for (const { table, row } of rows) {
            const spec = tableSpec(table);
            const upsert = prepared.get(table) ?? db.prepare(upsertText(spec, DIALECT));
            prepared.set(table, upsert);
            upsert.run(...cellsOf(spec, row).map(stored));
          }
        });
      }),
    select: async (table, where, limit) => {
      const spec = tableSpec(table);
      const { text, values } = selectStatement(spec, where, limit, DIALECT);
      return home.use((db) =>
        db
          .prepare(text)
          .all(...values.map(stored))
          .map((row) => told(spec, row)),
      );
    },
    async forget(session) {
      for (const table of SESSION_TABLES.toReversed()) {
        const { sql } = tableSpec(table);
        const text = `delete from ${sql} where rowid in (select rowid from ${sql} where session = ? limit ${FORGOTTEN_AT_ONCE})`;
        while ((await home.use((db) => Number(db.prepare(text).run(session).changes))) === FORGOTTEN_AT_ONCE)
          await new Promise<void>((resolve) => void setImmediate(resolve));
      }
    },
    close: async () => home.close(),
  };
}

const stored = (cell: Cell): string | number | null => (typeof cell === 'boolean' ? Number(cell) : cell);

function told({ columns }: TableSpec, row: Readonly<Record<string, SQLOutputValue>>): Record<string, Cell> {
  return Object.fromEntries(columns.map((column) => [column.name, cell(column, row[column.name]!)]));
}

function cell({ kind }: ColumnSpec, value: SQLOutputValue): Cell {
  if (value === null) return null;
  if (kind === 'flag') return value === 1;
  return isNumber(kind) && kind !== 'decimal' ? Number(value) : String(value);
}
