import {
  type Cell,
  COMPARISONS,
  type ColumnKind,
  type ColumnSpec,
  type Condition,
  type TableRow,
  type TableSpec,
} from '../ports/stored-tables.ts';

/** How a database writes what both can say. */
export interface Dialect {
  /** Before a table's name: a schema with its point, or nothing. */
  readonly prefix: string;
  /** The `k`th value of a statement, counted from 1. */
  readonly value: (k: number) => string;
  /** A column as a number that may be compared. */
  readonly number: (column: string, kind: ColumnKind) => string;
}

export interface Statement {
  readonly text: string;
  readonly values: readonly Cell[];
}

/** Puts rows in, or in place of those with their keys; values row by row, in the order of {@link cellsOf}. No two rows may have one key. */
export function upsertText({ sql, key, columns }: TableSpec, { prefix, value }: Dialect, rows = 1): string {
  const names = columns.map(({ name }) => name);
  const changed = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
  const all = Array.from(
    { length: rows },
    (_, row) => `(${names.map((_, k) => value(row * names.length + k + 1)).join(', ')})`,
  );
  return `insert into ${prefix}${sql} (${names.join(', ')}) values ${all.join(', ')}
    on conflict (${key.join(', ')}) do update set ${changed.join(', ')}`;
}

/** A row's values in the order of the table's columns. Numbers that are none are kept as null. Throws RangeError for a row that does not fit. */
export function cellsOf({ sql, columns }: TableSpec, row: TableRow): Cell[] {
  for (const name of Object.keys(row))
    if (!columns.some((column) => column.name === name)) throw new RangeError(`${sql} has no column ${name}`);
  return columns.map(({ name, isNullable }) => {
    const cell = row[name] ?? null;
    const kept = typeof cell === 'number' && !Number.isFinite(cell) ? null : cell;
    if (kept === null && !isNullable) throw new RangeError(`${sql}.${name}: expected a value, found ${String(cell)}`);
    return kept;
  });
}

/** Newest rows that meet all conditions, ties by key. Throws RangeError for a column that the table does not have. */
export function selectStatement(
  spec: TableSpec,
  where: readonly Condition[],
  limit: number,
  dialect: Dialect,
): Statement {
  const values: Cell[] = [];
  const put = (cell: Cell): string => dialect.value(values.push(cell));
  const conditions = where.map(({ column, is, value }) => {
    const found = columnOf(spec, column);
    if (!COMPARISONS.includes(is)) throw new RangeError(`expected one of ${COMPARISONS.join(' ')}, found ${is}`);
    const left = isNumber(found.kind) ? dialect.number(column, found.kind) : column;
    return `${left} ${is === '!=' ? '<>' : is} ${put(value)}`;
  });
  const names = spec.columns.map(({ name }) => name).join(', ');
  const order = [spec.newestBy, ...spec.key.filter((name) => name !== spec.newestBy)].map((name) => `${name} desc`);
  const filter = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const text = `select ${names} from ${dialect.prefix}${spec.sql}${filter} order by ${order.join(', ')} limit ${put(limit)}`;
  return { text, values };
}

export const isNumber = (kind: ColumnKind): boolean =>
  kind === 'decimal' || kind === 'real' || kind === 'count' || kind === 'time';

export function columnOf({ sql, columns }: TableSpec, name: string): ColumnSpec {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new RangeError(`${sql} has no column ${name}; it has ${columns.map((column) => column.name).join(', ')}`);
}
