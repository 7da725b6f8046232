/** The kinds of typed arrays that columns are. */
interface ColumnType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayLike<number>;
}

/** Columns as a table holds them: the same names, a typed array each. */
export type ColumnsOf<T extends Readonly<Record<string, ColumnType>>> = {
  -readonly [K in keyof T]: InstanceType<T[K]>;
};

/**
 * Bytes left free between two columns: five cache lines. Columns as long as a power of two would else begin at the same place of a page,
 * and a row that is written across all of them would throw its own first columns out of the one cache set that they share.
 */
const GAP = 320;

/**
 * The columns of a table of `capacity` rows, all zero, in one buffer: V8 looks into the buffer of a typed array at every access (it may
 * have been given away), and looking into one is cheaper than into twenty.
 */
export function allocateColumns<T extends Readonly<Record<string, ColumnType>>>(
  types: T,
  capacity: number,
): ColumnsOf<T> {
  const entries = Object.entries(types);
  const offsets: number[] = [];
  let end = 0;
  for (const [, Type] of entries) {
    offsets.push(end);
    end = Math.ceil((end + capacity * Type.BYTES_PER_ELEMENT + GAP) / 64) * 64;
  }
  const buffer = new ArrayBuffer(end);
  return Object.fromEntries(
    entries.map(([name, Type], k) => [name, new Type(buffer, offsets[k]!, capacity)]),
  ) as ColumnsOf<T>;
}
