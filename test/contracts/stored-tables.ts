import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Cell,
  type COMPARISONS,
  type ColumnKind,
  STORED_TABLES,
  type StoredRow,
  type StoredTables,
  TABLE_NAMES,
  type TableRow,
  tableSpec,
  type WrittenTable,
} from '../../src/ports/stored-tables.ts';

export interface TablesSubject {
  readonly tables: StoredTables;
  /** Columns of a table as the database itself tells them, in order, with their types; null where it knows none. */
  readonly columns: ((sql: string) => Promise<readonly { readonly name: string; readonly type: string }[]>) | null;
  readonly types: Readonly<Record<ColumnKind, string>>;
  dispose(): Promise<void>;
}

const WRITTEN = TABLE_NAMES.filter((name): name is WrittenTable => name !== 'strategies' && name !== 'history');

/** A row of any table, every cell with something in it that is `k`th of its kind. */
function rowOf(table: WrittenTable, k: number, more: TableRow = {}): StoredRow {
  const sample: Readonly<Record<ColumnKind, Cell>> = {
    ...{
      text: `text ${k}`,
      decimal: `${k}.10`,
      real: k + 0.1,
      count: k,
      time: 1_700_000_000_000.5 + k,
      json: `{"k":${k}}`,
    },
    flag: k % 2 === 1,
  };
  const row = Object.fromEntries(tableSpec(table).columns.map(({ name, kind }) => [name, sample[kind]]));
  return { table, row: { ...row, ...more } };
}

/** What all tables for other programs must do. */
export function storedTablesContract(name: string, create: () => Promise<TablesSubject>): void {
  const check = (title: string, body: (subject: TablesSubject) => Promise<void>): void => {
    test(`stored tables (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check(
    'every table, every column -> as documented, and what is written is told',
    async ({ tables, columns, types }) => {
      for (const table of WRITTEN) {
        const { row } = rowOf(table, 1);
        await tables.write([{ table, row }]);
        assert.deepEqual(await tables.select(table, [], 10), [row], table);
      }
      if (columns === null) return;
      for (const { sql, columns: documented } of Object.values(STORED_TABLES))
        assert.deepEqual(
          await columns(sql),
          documented.map(({ name: column, kind }) => ({ name: column, type: types[kind] })),
          sql,
        );
    },
  );

  check(
    'nulls where they may be -> kept; elsewhere, or under a wrong name -> refused, and with it all rows',
    async ({ tables }) => {
      const nullable = tableSpec('orders')
        .columns.filter((c) => c.isNullable)
        .map((c) => [c.name, null]);
      const { row } = rowOf('orders', 1, Object.fromEntries(nullable));
      await tables.write([{ table: 'orders', row }]);
      assert.deepEqual(await tables.select('orders', [], 10), [row]);
      await tables.write([rowOf('positions', 1, { entry_price: Number.NaN })]);
      assert.equal((await tables.select('positions', [], 10))[0]!['entry_price'], null);
      for (const wrong of [{ quantity: null }, { quantities: '1' }])
        await assert.rejects(tables.write([rowOf('orders', 2), rowOf('orders', 3, wrong)]), RangeError);
      assert.equal((await tables.select('orders', [], 10)).length, 1);
      await assert.rejects(tables.select('orders', [{ column: 'x', is: '=', value: 1 }], 1), RangeError);
      const injected = [{ column: 'id', is: '= id or 1 =' as '=', value: 1 }];
      await assert.rejects(tables.select('orders', injected, 1), RangeError);
    },
  );

  check(
    'the same key again -> the later row; also within one call; conditions by number, text and flag',
    async ({ tables }) => {
      const order = (k: number, quantity: string, status = 'open'): StoredRow =>
        rowOf('orders', k, { id: `o${k}`, session: 's', quantity, status });
      await tables.write([order(1, '9.5'), order(2, '10.25'), order(3, '100'), order(3, '200', 'filled')]);
      await tables.write([order(1, '9.75', "it's")]);
      const ids = async (column: string, is: (typeof COMPARISONS)[number], value: Cell): Promise<Cell[]> =>
        (await tables.select('orders', [{ column, is, value: value! }], 10)).map((row) => row['id']!);
      assert.deepEqual(await ids('session', '=', 's'), ['o3', 'o2', 'o1'], 'newest first');
      // Decimals are compared as numbers: as texts '9.75' would be the largest.
      assert.deepEqual(await ids('quantity', '>', 9.75), ['o3', 'o2']);
      assert.deepEqual(await ids('quantity', '<=', 10.25), ['o2', 'o1']);
      assert.deepEqual(await ids('quantity', '=', 200), ['o3']);
      assert.deepEqual(await ids('status', '!=', 'open'), ['o3', 'o1']);
      assert.deepEqual(await ids('status', '=', "it's"), ['o1']);
      assert.deepEqual(await ids('created_at_ms', '<', 1_700_000_000_002.5), ['o1']);
      await tables.write([rowOf('backtests', 1, { id: 'a' }), rowOf('backtests', 2, { id: 'b', win_rate: null })]);
      const found = async (column: string, value: string | number | boolean): Promise<Cell[]> =>
        (await tables.select('backtests', [{ column, is: '=', value }], 9)).map((row) => row['id']!);
      assert.deepEqual([await found('synthetic', true), await found('synthetic', false)], [['a'], ['b']]);
      assert.deepEqual(
        await tables.select('backtests', [{ column: 'win_rate', is: '!=', value: 7 }], 9).then((r) => r.length),
        1,
      );
      assert.equal((await tables.select('orders', [], 2)).length, 2, 'at most so many');
    },
  );

  check('a session forgotten -> its rows are gone, those of others are not', async ({ tables }) => {
    const equity = (session: string, count: number): StoredRow[] =>
      Array.from({ length: count }, (_, k) => rowOf('equity', k, { session, time_ms: k }));
    await tables.write(equity('a', 4_100));
    await tables.write([
      ...equity('b', 2),
      rowOf('orders', 1, { session: 'a' }),
      rowOf('sessions', 1, { session: 'a' }),
    ]);
    await tables.forget('a');
    for (const table of ['equity', 'orders', 'sessions'] as const)
      assert.deepEqual(await tables.select(table, [{ column: 'session', is: '=', value: 'a' }], 9), [], table);
    assert.equal((await tables.select('equity', [], 9)).length, 2);
  });
}
