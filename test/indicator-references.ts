import { readShared, readSharedJson } from './shared-data.ts';

/**
 * Published indicator values to check ours against. Every loader returns columns of one length: an input row and the expected
 * value of that row share an index, and NaN stands where the source gives none.
 */
export type Columns = Readonly<Record<string, Float64Array>>;

export interface SkenderReference {
  /** open, high, low, close, volume of the quotes that were used, and openTimeMs where the dates are unambiguous. */
  readonly quotes: Columns;
  /** Expected outputs by their name in the source; booleans are 1 and 0. */
  readonly expected: Columns;
  /** How the source was called, as text, e.g. `{ lookbackPeriods: '14' }`. */
  readonly params: Readonly<Record<string, string>>;
}

/** Where the expected values of a Skender indicator are, for `dataMissing`. */
export function skenderPath(id: string): string {
  return `indicators/skender/expected/${id}.csv`;
}

/** Bars of the Skender project, by file name without ending: `default`, `bitcoin`, `intraday`, `spx` … */
export function skenderQuotes(name = 'default'): Columns {
  const zipped = ['longest', 'longish', 'msft', 'spx'].includes(name) ? '.gz' : '';
  const rows = table(readShared(`indicators/skender/quotes/${name}.csv${zipped}`));
  const fields = Object.fromEntries(rows.header.map((h) => [h.toLowerCase(), numbers(rows, h)]));
  const dates = rows.cells.map((cells) => Date.parse(`${cells[0]!.replace(' ', 'T')}Z`));
  return { ...fields, openTimeMs: Float64Array.from(dates) };
}

/** One Skender indicator: the source's full double precision on its default quotes. */
export function skender(id: string): SkenderReference {
  const all = readSharedJson<
    Record<string, { params: Record<string, string>; quotes: string; columns: string[]; file: string }>
  >('indicators/skender/params.json');
  const entry = all[id];
  if (!entry) throw new Error(`no Skender indicator ${id}`);
  const rows = table(readShared(skenderPath(id)));
  const expected = rows.header.filter((h) => h !== 'timestamp').map((h) => [h, numbers(rows, h)] as const);
  return { quotes: skenderQuotes(entry.quotes), expected: Object.fromEntries(expected), params: entry.params };
}

export interface StockchartsReference {
  /** Every numeric column of the spreadsheet by its heading: inputs, intermediate columns and outputs. */
  readonly columns: Columns;
  /** For every cell, half a unit of the last digit that its column prints: how far a right value can be from the table. */
  readonly rounding: Columns;
  readonly params: Readonly<Record<string, string>>;
  /** Headings that hold what the indicator should give. */
  readonly targets: readonly string[];
}

/** A StockCharts spreadsheet by its name, e.g. `rsi` for `cs-rsi.csv`. */
export function stockcharts(name: string): StockchartsReference {
  const file = `cs-${name}.csv`;
  const params = readSharedJson<Record<string, { params: Record<string, string>; targets: string[] }[]>>(
    'indicators/stockcharts/params.json',
  )[file]?.[0];
  if (!params) throw new Error(`no StockCharts table ${file}`);
  const rows = table(readShared(`indicators/stockcharts/${file}`));
  const headings = rows.header.filter((h) => h !== '');
  return {
    columns: Object.fromEntries(headings.map((h) => [h, numbers(rows, h)])),
    rounding: Object.fromEntries(headings.map((h) => [h, halfLastDigit(rows, h)])),
    params: params.params,
    targets: params.targets,
  };
}

export interface CaseReference {
  /** `untest`, `atoz` (from Achelis, Technical Analysis from A to Z), `extra` or `same`. */
  readonly set: string;
  readonly name: string;
  readonly options: readonly number[];
  /** Names of the inputs where the source gives them (Tulip). */
  readonly inputNames: readonly string[];
  readonly inputs: readonly Float64Array[];
  readonly outputs: readonly Float64Array[];
  /** Half a unit of the last digit that each output prints, of which the sources vouch for three decimals at most. */
  readonly rounding: readonly number[];
}

/** Cases of one TA-Lib function (`Rsi`, `Stoch` …) from all its sets; TA-Lib's tests hold them to three decimals. */
export function talib(name: string): CaseReference[] {
  return ['untest', 'atoz', 'extra', 'same'].flatMap((set) =>
    readSharedJson<{
      cases: { name: string; inputs: number[][]; options?: number[]; outputs: number[][]; range: [number, number] }[];
    }>(`indicators/talib/${set}.json.gz`)
      .cases.filter((c) => c.name === name)
      .map((c) => {
        const given = c.range[1] - c.range[0];
        return aligned(
          set,
          name,
          c.options ?? [],
          [],
          c.inputs,
          c.outputs.map((o) => o.slice(0, given)),
        );
      }),
  );
}

/** Cases of one Tulip function (`rsi`, `stoch` …); its tests hold them to three decimals. */
export function tulip(name: string): CaseReference[] {
  return readSharedJson<
    {
      set: string;
      name: string;
      options: number[];
      input_names?: string[];
      inputs?: number[][];
      outputs?: number[][];
      arrays?: number[][];
    }[]
  >('indicators/tulip/cases.json')
    .filter((c) => c.name === name)
    .map((c) => {
      // Candidate functions are stored as one list: inputs, then outputs, which may be shorter.
      const rows = c.arrays?.[0]?.length ?? 0;
      const inputs = c.inputs ?? c.arrays?.filter((a) => a.length === rows) ?? [];
      const outputs = c.outputs ?? c.arrays?.filter((a) => a.length < rows) ?? [];
      return aligned(c.set, name, c.options, c.input_names ?? [], inputs, outputs);
    });
}

/** Outputs in these sources end with the inputs and are shorter by the warm-up: pad them in front with NaN. */
function aligned(
  set: string,
  name: string,
  options: readonly number[],
  inputNames: readonly string[],
  inputs: readonly (readonly number[])[],
  outputs: readonly (readonly number[])[],
): CaseReference {
  const count = inputs[0]?.length ?? 0;
  return {
    set,
    name,
    options,
    inputNames,
    inputs: inputs.map((column) => Float64Array.from(column)),
    outputs: outputs.map((column) => {
      const padded = new Float64Array(count).fill(Number.NaN);
      padded.set(column, count - column.length);
      return padded;
    }),
    rounding: outputs.map((column) => 0.5 * 10 ** -Math.min(3, Math.max(0, ...column.map(decimals)))),
  };
}

export interface Comparison {
  /** Rows where the reference gives a value. */
  readonly compared: number;
  /** Largest |ours − expected| / max(1, |expected|), or with `absolute` largest |ours − expected|; NaN where ours is missing. */
  readonly worst: number;
  /** Row of {@link worst}; −1 where nothing was compared. */
  readonly row: number;
  readonly found: number;
  readonly expected: number;
}

/**
 * Compares every row at and after `from` at which the reference has a value. A missing value of ours counts as the worst error.
 */
export function compare(
  found: Float64Array,
  expected: Float64Array,
  { from = 0, absolute = false }: { readonly from?: number; readonly absolute?: boolean } = {},
): Comparison {
  let compared = 0;
  let worst = -1;
  let row = -1;
  for (let i = from; i < expected.length; i++) {
    const e = expected[i]!;
    if (Number.isNaN(e)) continue;
    compared++;
    const difference = Math.abs(found[i]! - e) / (absolute ? 1 : Math.max(1, Math.abs(e)));
    const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (error > worst) {
      worst = error;
      row = i;
    }
  }
  return { compared, worst, row, found: found[row] ?? Number.NaN, expected: expected[row] ?? Number.NaN };
}

/**
 * Null where every row is within the tolerance and at least one row was compared; else a sentence with the worst row. A number is
 * relative (see {@link compare}); a rounding, of the column or of every row, is absolute.
 */
export function mismatch(
  found: Float64Array,
  expected: Float64Array,
  tolerance: number | { readonly rounding: number | Float64Array },
  from = 0,
): string | null {
  let allowed = typeof tolerance === 'number' ? tolerance : 1;
  let [ours, theirs] = [found, expected];
  if (typeof tolerance !== 'number') {
    const { rounding } = tolerance;
    const unit = (i: number): number => (typeof rounding === 'number' ? rounding : rounding[i]!);
    // Where the last digit is a tie, binary fractions may fall to either side.
    allowed = 1 + 1e-6;
    ours = found.map((x, i) => x / unit(i));
    theirs = expected.map((x, i) => x / unit(i));
  }
  const c = compare(ours, theirs, { from, absolute: typeof tolerance !== 'number' });
  if (c.compared === 0) return 'no row could be compared';
  if (c.worst <= allowed) return null;
  return `row ${c.row}: found ${found[c.row]}, expected ${expected[c.row]} (${c.worst.toExponential(2)} of ${allowed} allowed, ${c.compared} rows)`;
}

interface Table {
  readonly header: readonly string[];
  readonly cells: readonly (readonly string[])[];
}

function table(text: string): Table {
  const [first, ...lines] = text.split(/\r?\n/).filter((line) => line.replaceAll(',', '').trim() !== '');
  return {
    header: first!
      .replace(/^\uFEFF/, '')
      .split(',')
      .map((h) => h.trim()),
    cells: lines.map((line) => line.split(',').map((cell) => cell.trim())),
  };
}

function numbers(rows: Table, heading: string): Float64Array {
  const k = rows.header.indexOf(heading);
  return Float64Array.from(rows.cells, (cells) => number(cells[k] ?? ''));
}

function number(cell: string): number {
  if (cell === '') return Number.NaN;
  if (/^true$/i.test(cell)) return 1;
  if (/^false$/i.test(cell)) return 0;
  return Number(cell);
}

/**
 * Half of the last printed digit. A column is printed with a fixed count of decimals or of significant digits, and trailing zeros
 * are dropped; so its finest cell tells the count, and the coarser of both readings holds for a cell.
 */
function halfLastDigit(rows: Table, heading: string): Float64Array {
  const k = rows.header.indexOf(heading);
  const printed = rows.cells.map((cells) => (cells[k] ?? '').replace('-', '')).filter((c) => /^\d*\.?\d+$/.test(c));
  const places = Math.max(0, ...printed.map((c) => c.split('.')[1]?.length ?? 0));
  const digits = Math.max(1, ...printed.map((c) => c.replace('.', '').replace(/^0+/, '').length));
  return numbers(rows, heading).map((x) => {
    const magnitude = x === 0 || Number.isNaN(x) ? Number.NEGATIVE_INFINITY : Math.floor(Math.log10(Math.abs(x)));
    return 0.5 * Math.max(10 ** -places, 10 ** (magnitude + 1 - digits));
  });
}

function decimals(x: number): number {
  return String(x).match(/\.(\d+)$/)?.[1]?.length ?? 0;
}
