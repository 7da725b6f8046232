/**
 * How a column is kept. `decimal`: exact, as text in SQLite and `numeric` in PostgreSQL. `real`: a double. `time`: epoch milliseconds, UTC.
 * `json`: text. `flag`: 0 or 1 in SQLite, boolean in PostgreSQL.
 */
export type ColumnKind = 'text' | 'decimal' | 'real' | 'count' | 'time' | 'json' | 'flag';

export interface ColumnSpec {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly about: string;
  readonly isNullable: boolean;
}

export interface TableSpec {
  /** Name in the database. */
  readonly sql: string;
  readonly about: string;
  readonly key: readonly string[];
  /** What the newest row is told by. */
  readonly newestBy: string;
  readonly columns: readonly ColumnSpec[];
}

const column = (name: string, kind: ColumnKind, about: string): ColumnSpec => ({
  name,
  kind,
  about,
  isNullable: false,
});
const maybe = (name: string, kind: ColumnKind, about: string): ColumnSpec => ({ name, kind, about, isNullable: true });

const session = column('session', 'text', 'Name of the session');
const strategy = column('strategy', 'text', 'Id of the strategy');
const instrument = column('instrument', 'text', '`VENUE:SYMBOL`');
const side = column('side', 'text', '`buy` or `sell`');
const codeHash = column('code_hash', 'text', 'Hash of the strategy’s code');
const params = column('params', 'json', 'Parameters by name');

/** Tables that other programs may read, by the name that `tradewright query` takes. */
export const STORED_TABLES = {
  strategies: {
    sql: 'strategy',
    about: 'Strategies that are registered, and how far each has come. Follows from `strategy_entry`.',
    key: ['id'],
    newestBy: 'updated_at_ms',
    columns: [
      column('id', 'text', 'Id of the strategy'),
      column('name', 'text', 'Name it is loaded by: a built-in one, or its file'),
      column('active', 'flag', 'False once it was retired'),
      column('status', 'text', 'Furthest stage of any of its candidates: `research`, `testnet`, `paper`, `live`'),
      maybe('code_hash', 'text', 'Code of that candidate'),
      maybe('params', 'json', 'Parameters of that candidate'),
      column('versions', 'count', 'Versions of its code that were seen'),
      column('updated_at_ms', 'time', 'When its newest entry was written'),
    ],
  },
  history: {
    sql: 'strategy_entry',
    about:
      'Everything that was ever said of a strategy: versions, evidence, approvals, promotions, breaches. Only appended to.',
    key: ['strategy', 'seq'],
    newestBy: 'at_ms',
    columns: [
      strategy,
      column('seq', 'count', '1, 2, 3 … in each strategy'),
      column('at_ms', 'time', 'When it was said'),
      column('actor', 'text', 'Person or command that said it'),
      column('reason', 'text', 'Why'),
      column('type', 'text', 'Kind of fact'),
      column('fact', 'json', 'The fact itself'),
    ],
  },
  backtests: {
    sql: 'backtest',
    about: 'Backtests of this installation that ended, one row each; the whole of a run is in its files.',
    key: ['id'],
    newestBy: 'created_at_ms',
    columns: [
      column('id', 'text', 'Id of the run'),
      column('strategy', 'text', 'Id of the strategy; of several in one run all, with ` + ` between'),
      column('code_hash', 'text', 'Hash of its code; of several with spaces between'),
      column('params', 'json', 'Parameters by name; of several by id, then by name'),
      column('status', 'text', '`finished`, `partial` or `failed`'),
      column('created_at_ms', 'time', 'When it began'),
      column('instruments', 'text', 'What it ran on, with spaces between'),
      column('timeframe', 'text', 'Timeframe of its bars'),
      column('synthetic', 'flag', 'Whether any of its data were made'),
      maybe('total_profit', 'real', 'Profit in account currency, fees paid; null unless there is a report'),
      maybe('win_rate', 'real', 'Share of round trips with a profit, 0 to 1; null without trips'),
      maybe('trades', 'count', 'Round trips'),
      maybe('total_return', 'real', 'Profit as a share of the capital'),
      maybe('sharpe', 'real', 'Annualised Sharpe ratio'),
      maybe('max_drawdown', 'real', 'Largest fall from a peak, as a share of it; not positive'),
    ],
  },
  sessions: {
    sql: 'session_book',
    about: 'Sessions with their books. Follows from the session’s journal.',
    key: ['session'],
    newestBy: 'begun_at_ms',
    columns: [
      session,
      strategy,
      codeHash,
      params,
      column('venue', 'text', 'Where its data come from'),
      column('environment', 'text', '`paper`, `testnet`, `local` or `live`'),
      column('currency', 'text', 'Currency of the account'),
      column('begun_at_ms', 'time', 'When it began'),
      column('follows', 'count', 'Records of the journal that its rows follow; all its tables stand there'),
      maybe('time_ms', 'time', 'Event time of its newest input'),
      column('cash', 'real', 'Capital at the start'),
      column('equity', 'real', 'At the last prices'),
      column('profit', 'real', '`equity` less `cash`'),
      column('fees', 'real', 'Paid so far'),
      column('drawdown', 'real', 'Largest fall from a peak, as a share of it'),
      column('orders', 'count', 'Orders so far'),
      column('fills', 'count', 'Fills so far'),
      maybe('failure', 'text', 'What the strategy threw, by which it was stopped'),
    ],
  },
  positions: {
    sql: 'session_position',
    about: 'What a strategy holds, or has held, in each instrument.',
    key: ['session', 'strategy', 'instrument'],
    newestBy: 'time_ms',
    columns: [
      session,
      strategy,
      instrument,
      column('quantity', 'decimal', 'Negative is short, 0 is flat'),
      maybe('entry_price', 'real', 'Average; null where flat'),
      maybe('price', 'real', 'Last price; null before the first'),
      column('unrealized_profit', 'real', 'At the last price'),
      column('realized_profit', 'decimal', 'Booked so far, fees not included'),
      column('fees', 'decimal', 'Paid so far'),
      column('funding', 'decimal', 'Received so far; negative is paid'),
      maybe('opened_at_ms', 'time', 'When it was opened; null where flat'),
      column('time_ms', 'time', 'Event time of this row'),
    ],
  },
  orders: {
    sql: 'session_order',
    about: 'Every order that risk let through.',
    key: ['session', 'id'],
    newestBy: 'created_at_ms',
    columns: [
      session,
      column('id', 'text', 'Client order id'),
      maybe('exchange_id', 'text', 'The exchange’s own id, once it has told one; null where the exchange is simulated'),
      strategy,
      instrument,
      side,
      column('type', 'text', '`market`, `limit`, `stop-market` …'),
      column('role', 'text', '`entry`, `exit`, `stop`, `target` …'),
      column('tif', 'text', 'Time in force'),
      column('status', 'text', '`open`, `filled`, `canceled`, `unknown` …'),
      column('quantity', 'decimal', 'Ordered'),
      column('filled', 'decimal', 'Filled so far'),
      maybe('average_price', 'real', 'Of its fills; null before the first'),
      maybe('limit_price', 'decimal', 'Null where it has none'),
      maybe('trigger_price', 'decimal', 'Null where it has none'),
      column('why', 'text', 'The strategy’s own words'),
      column('created_at_ms', 'time', 'When it was decided'),
      column('updated_at_ms', 'time', 'When it last changed'),
    ],
  },
  trades: {
    sql: 'session_trade',
    about: 'Round trips from flat to flat that have ended: entry, exit, profit. What is still open is a position.',
    key: ['session', 'strategy', 'instrument', 'number'],
    newestBy: 'exit_time_ms',
    columns: [
      session,
      strategy,
      instrument,
      column('number', 'count', '1, 2, 3 … of this strategy in this instrument'),
      column('side', 'text', '`long` or `short`'),
      column('quantity', 'real', 'Entered in all'),
      column('entry_time_ms', 'time', 'Of its first fill'),
      column('entry_price', 'real', 'Average'),
      column('exit_time_ms', 'time', 'Of its last fill'),
      column('exit_price', 'real', 'Average'),
      column('gross_profit', 'real', 'Moved by price alone'),
      column('fees', 'real', 'Of entry and exit'),
      column('funding', 'real', 'Received while it was held; negative is paid'),
      column('profit', 'real', '`gross_profit` less `fees`, plus `funding`'),
      column('profit_ratio', 'real', '`profit` as a share of the money at entry'),
      column('entry_order', 'text', 'Client order id of the first entry'),
      maybe('exit_order', 'text', 'Client order id of the last exit'),
      maybe('exit_role', 'text', '`exit`, `stop`, `target`, `liquidation`, `settlement` …'),
      column('entry_why', 'text', 'The strategy’s own words'),
      maybe('exit_why', 'text', 'The strategy’s own words'),
    ],
  },
  equity: {
    sql: 'session_equity',
    about: 'Equity at the end of every instant that had bars.',
    key: ['session', 'time_ms'],
    newestBy: 'time_ms',
    columns: [
      session,
      column('time_ms', 'time', 'Event time'),
      column('equity', 'real', 'Marked to market'),
      column('exposure', 'real', 'Σ |position value| ÷ equity'),
    ],
  },
  risk: {
    sql: 'session_risk',
    about: 'Limits of the account that are in force in a session.',
    key: ['session'],
    newestBy: 'begun_at_ms',
    columns: [
      session,
      column('begun_at_ms', 'time', 'When the session began'),
      maybe('max_position_percent', 'real', 'Largest position in one instrument, % of equity × leverage; null: off'),
      maybe('max_daily_loss_percent', 'real', 'Loss of a day after which only reducing is allowed; null: off'),
      maybe('max_drawdown_percent', 'real', 'Fall from a peak after which only reducing is allowed; null: off'),
      maybe('leverage', 'real', 'Highest; null: off'),
      column('limits', 'json', 'All limits by name'),
    ],
  },
} as const satisfies Readonly<Record<string, TableSpec>>;

export type TableName = keyof typeof STORED_TABLES;

/** A table without its particular type, for what treats all alike. */
export function tableSpec(name: TableName): TableSpec {
  return STORED_TABLES[name];
}

export const TABLE_NAMES = Object.keys(STORED_TABLES) as readonly TableName[];
/** Those that are written row by row; the others are the registry's. */
export type WrittenTable = Exclude<TableName, 'strategies' | 'history'>;
/** Those whose rows belong to a session. */
export const SESSION_TABLES = ['positions', 'orders', 'trades', 'equity', 'risk', 'sessions'] as const;

export type Cell = string | number | boolean | null;
/** By column. Decimals are text. */
export type TableRow = Readonly<Record<string, Cell>>;

export interface StoredRow {
  readonly table: WrittenTable;
  readonly row: TableRow;
}

export const COMPARISONS = ['=', '!=', '<=', '>=', '<', '>'] as const;
export interface Condition {
  readonly column: string;
  readonly is: (typeof COMPARISONS)[number];
  readonly value: string | number | boolean;
}

/**
 * Tables for other programs: SQL, dashboards, spreadsheets. Nothing is decided by them; journals, run files and the registry's history are
 * what they follow from. Rejects with {@link RegistryError}, and with RangeError for a column that a table does not have.
 */
export interface StoredTables {
  /** Puts rows in, or in place of those with the same key: all or nothing. At most some thousand at once. */
  write(rows: readonly StoredRow[]): Promise<void>;
  /** Newest first. Conditions all hold; a null meets none. */
  select(table: TableName, where: readonly Condition[], limit: number): Promise<readonly TableRow[]>;
  /** Takes every row of a session out, its line in `sessions` first. Not one step: another program may see a part. */
  forget(session: string): Promise<void>;
  close(): Promise<void>;
}
