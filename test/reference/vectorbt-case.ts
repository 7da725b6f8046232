/** A number as the file writes it: infinities and "not a number" are words. */
type Cell = number | boolean | string | null;
/** One value, one for each row, one row of columns, or a table. */
type Argument = Cell | readonly Cell[] | readonly (readonly Cell[])[] | { readonly rows: readonly (readonly Cell[])[] };

export interface VectorbtCall {
  readonly method: 'from_orders' | 'from_signals';
  readonly direction: 'longonly' | 'shortonly' | 'both';
  readonly close: Argument;
  readonly size?: Argument;
  readonly entries?: Argument;
  readonly exits?: Argument;
  readonly params: Readonly<Record<string, Argument>>;
}

export interface VectorbtOrder {
  readonly col: number;
  readonly idx: number;
  readonly size: number;
  readonly price: number;
  readonly fees: number;
  readonly side: number;
}

export interface VectorbtCase {
  readonly test: string;
  readonly call: VectorbtCall;
  readonly orders?: readonly VectorbtOrder[];
  readonly same_orders_as?: VectorbtCall;
}

const WORDS: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

function isTable(a: Argument): a is { readonly rows: readonly (readonly Cell[])[] } {
  return typeof a === 'object' && a !== null && !Array.isArray(a);
}

/** The rows and columns of an argument; 1 where it is repeated. */
function shape(a: Argument | undefined): readonly [rows: number, columns: number] {
  if (a === undefined || a === null || typeof a !== 'object') return [1, 1];
  const rows = isTable(a) ? a.rows : (a as readonly (Cell | readonly Cell[])[]);
  const first = rows[0];
  return [rows.length, Array.isArray(first) ? first.length : 1];
}

/** Arguments that hold one value for each column and none for each row. */
const BY_COLUMN = ['group_by', 'init_cash'];

/** A call with its arguments broadcast to rows × columns, as numpy would. */
export class BroadcastCall {
  readonly call: VectorbtCall;
  readonly rows: number;
  readonly columns: number;

  constructor(call: VectorbtCall) {
    this.call = call;
    const { close, size, entries, exits, params } = call;
    const byRow = Object.entries(params).filter(([name]) => !BY_COLUMN.includes(name));
    const shapes = [close, size, entries, exits, ...byRow.map(([, a]) => a)].map(shape);
    this.rows = Math.max(...shapes.map(([rows]) => rows));
    this.columns = Math.max(...shapes.map(([, columns]) => columns));
  }

  has(name: string): boolean {
    return this.#argument(name) !== undefined;
  }

  number(name: string, row: number, column: number, byDefault: number): number {
    const cell = this.#cell(name, row, column);
    if (cell === undefined || cell === null) return byDefault;
    return typeof cell === 'string' ? WORDS[cell]! : Number(cell);
  }

  flag(name: string, row: number, column: number, byDefault = false): boolean {
    const cell = this.#cell(name, row, column);
    return typeof cell === 'boolean' ? cell : byDefault;
  }

  word(name: string, column: number, byDefault: string): string {
    const cell = this.#cell(name, 0, column);
    return cell === undefined ? byDefault : String(cell);
  }

  /** Columns that share one account, in order. */
  get groups(): readonly (readonly number[])[] {
    const all = Array.from({ length: this.columns }, (_, column) => column);
    const { group_by: by, cash_sharing: shared } = this.call.params;
    if (shared !== true || !Array.isArray(by)) return all.map((column) => [column]);
    return [...new Set(by)].map((group) => all.filter((column) => by[column] === group));
  }

  initialCash(column: number): number {
    const cash = this.call.params['init_cash'];
    return cash === undefined ? 100 : Number(Array.isArray(cash) ? cash[column] : cash);
  }

  #argument(name: string): Argument | undefined {
    const own = this.call[name as 'size' | 'entries' | 'exits' | 'close'];
    return own ?? this.call.params[name];
  }

  #cell(name: string, row: number, column: number): Cell | undefined {
    const a = this.#argument(name);
    if (a === undefined || a === null || typeof a !== 'object') return a;
    const rows = isTable(a) ? a.rows : (a as readonly (Cell | readonly Cell[])[]);
    const line = rows[rows.length === 1 ? 0 : row];
    if (!Array.isArray(line)) return line as Cell;
    return (line as readonly Cell[])[line.length === 1 ? 0 : column];
  }
}
