import { cellsOf, columnOf, isNumber } from '../../durability/table-statements.ts';
import {
  type Cell,
  COMPARISONS,
  type Condition,
  SESSION_TABLES,
  type StoredTables,
  type TableName,
  type TableRow,
  type TableSpec,
  tableSpec,
} from '../../ports/stored-tables.ts';

/** {@link StoredTables} that end with the process. They hold what is written to them, and nothing of a registry. */
export function memoryStoredTables(): StoredTables {
  const tables = new Map<TableName, Map<string, TableRow>>();
  const rowsOf = (table: TableName): Map<string, TableRow> => {
    const rows = tables.get(table) ?? new Map<string, TableRow>();
    tables.set(table, rows);
    return rows;
  };
  return {
    async write(rows) {
      const all = rows.map(({ table, row }) => {
        const spec = tableSpec(table);
        const cells = cellsOf(spec, row);
        return { table, spec, row: Object.fromEntries(spec.columns.map(({ name }, k) => [name, cells[k]!])) };
      });
      for (const { table, spec, row } of all) rowsOf(table).set(JSON.stringify(spec.key.map((k) => row[k])), row);
    },
    async select(table, where, limit) {
      const spec = tableSpec(table);
      for (const { column, is } of where) {
        columnOf(spec, column);
        if (!COMPARISONS.includes(is)) throw new RangeError(`expected one of ${COMPARISONS.join(' ')}, found ${is}`);
      }
      return [...rowsOf(table).values()]
        .filter((row) => where.every((condition) => meets(spec, row, condition)))
        .sort((a, b) => compare(b, a, spec))
        .slice(0, limit);
    },
    async forget(session) {
      for (const table of SESSION_TABLES)
        for (const [key, row] of rowsOf(table)) if (row['session'] === session) rowsOf(table).delete(key);
    },
    async close() {},
  };
}

function meets(spec: TableSpec, row: TableRow, { column, is, value }: Condition): boolean {
  const cell = row[column] ?? null;
  if (cell === null) return false;
  const order = isNumber(columnOf(spec, column).kind) ? Number(cell) - Number(value) : textOrder(cell, value);
  switch (is) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function textOrder(a: Cell, b: Cell): number {
  return a === b ? 0 : String(a) < String(b) ? -1 : 1;
}

function compare(a: TableRow, b: TableRow, { newestBy, key }: TableSpec): number {
  for (const name of [newestBy, ...key]) {
    const [x, y] = [a[name]!, b[name]!];
    const order = typeof x === 'number' ? x - Number(y) : textOrder(x, y);
    if (order !== 0) return order;
  }
  return 0;
}
