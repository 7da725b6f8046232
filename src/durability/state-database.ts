/** What a column of the state may hold. Flags are 0 and 1. */
export type StateValue = string | number | null;
export type StateRow = Readonly<Record<string, unknown>>;

/**
 * One statement in the words that SQLite and PostgreSQL share. Values are `$1`, `$2` …, `@name` is a table, `@now` the time of the place, epoch ms.
 * A whole number of PostgreSQL may come as text: take it by `Number`.
 */
export type Query = (text: string, ...values: readonly StateValue[]) => Promise<readonly StateRow[]>;

/**
 * The database in which programs of one installation share what they keep, whichever it is: a store is written once, over this. Its tables are made
 * by one list of migrations a database (`adapters/sqlite/home-tables.ts`, `adapters/postgres/migrations.ts`). What a statement has changed is durable
 * when it answers. Rejects with LatchError (`ports/latches.ts`).
 */
export interface StateDatabase {
  readonly query: Query;
  /**
   * The same for what may be lost with the machine's power, and with nothing less: where it is undone nothing wrong follows. It need not wait for the disk;
   * it is on it once anything after it is.
   */
  readonly note: Query;
  /** All or nothing. `work` waits for nothing but its own statements. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The first row of a statement; null where there is none. */
export const first = (rows: readonly StateRow[]): StateRow | null => rows[0] ?? null;
/** A column that may be null. */
export const maybe = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));
export const words = (value: unknown): string | null => (typeof value === 'string' ? value : null);
