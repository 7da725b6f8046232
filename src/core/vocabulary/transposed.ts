import { allocateColumns, type ColumnsOf } from './columns.ts';

type Types = Parameters<typeof allocateColumns>[0];

/**
 * The columns of rows that are written once and never changed, for all who read them: brought up to date when they are asked for, row after
 * row, so that whoever asks after each row pays for that row only. Who writes rows writes them where a row lies together: one place in memory
 * for each, in place of one for each column.
 */
export class Transposed<T extends Types> {
  declare private readonly types: T;
  declare private readonly copy: (into: ColumnsOf<T>, from: number, to: number) => void;
  declare private columns: ColumnsOf<T>;
  #capacity = 0;
  /** Rows that the columns have. */
  #done = 0;

  /** @param copy writes the rows from `from` up to `to` into the columns */
  constructor(types: T, copy: (into: ColumnsOf<T>, from: number, to: number) => void) {
    this.types = types;
    this.copy = copy;
    this.columns = allocateColumns(types, 0);
  }

  /** The columns, with at least `count` rows. */
  upTo(count: number): ColumnsOf<T> {
    if (count > this.#capacity) this.#grow(Math.max(count, this.#capacity * 2, 64));
    if (count > this.#done) {
      this.copy(this.columns, this.#done, count);
      this.#done = count;
    }
    return this.columns;
  }

  /** The rows are written anew. */
  forget(): void {
    this.#done = 0;
  }

  #grow(capacity: number): void {
    const grown = allocateColumns(this.types, capacity);
    for (const name of Object.keys(this.types) as (keyof T)[])
      (grown[name] as unknown as Float64Array).set(this.columns[name] as unknown as Float64Array);
    this.columns = grown;
    this.#capacity = capacity;
  }
}
