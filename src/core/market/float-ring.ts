/**
 * The most recent rows of some columns of doubles: a row written to a full ring takes the place of the oldest. Allocates nothing after
 * it is made.
 *
 *     const row = ring.push();
 *     ring.columns[0]![row] = price;
 */
export class FloatRing {
  readonly capacity: number;
  /** The memory itself; rows are found by {@link newest} and {@link oldest}. */
  readonly columns: readonly Float64Array[];
  /** Rows held, at most `capacity`. */
  count = 0;
  /** Rows ever pushed. */
  pushed = 0;
  /** Row that the next push takes. */
  #next = 0;

  constructor(capacity: number, columns: number) {
    if (!(Number.isSafeInteger(capacity) && capacity > 0)) {
      throw new RangeError(`expected a capacity above 0, found ${capacity}`);
    }
    this.capacity = capacity;
    this.columns = Array.from({ length: columns }, () => new Float64Array(capacity));
  }

  /** Makes room for a row and returns it. What stood there is still there: every column is to be written. */
  push(): number {
    const row = this.#next;
    this.#next = row + 1 === this.capacity ? 0 : row + 1;
    if (this.count < this.capacity) this.count++;
    this.pushed++;
    return row;
  }

  /** Row of the newest but `age`: 0 is the newest. −1 where so many are not held. */
  newest(age = 0): number {
    if (!(age >= 0 && age < this.count)) return -1;
    const row = this.#next - 1 - age;
    return row < 0 ? row + this.capacity : row;
  }

  /** Row of the oldest but `rank`: 0 is the oldest. −1 where so many are not held. */
  oldest(rank = 0): number {
    return this.newest(this.count - 1 - rank);
  }

  /** Copies the newest rows of a column, oldest first, as many as there are and `into` has room for; returns how many. */
  copy(column: number, into: Float64Array): number {
    const from = this.columns[column]!;
    const count = Math.min(this.count, into.length);
    if (count === 0) return 0;
    const first = this.newest(count - 1);
    // A loop: subarray and set would make two views a call.
    for (let i = 0, row = first; i < count; i++) {
      into[i] = from[row]!;
      row = row + 1 === this.capacity ? 0 : row + 1;
    }
    return count;
  }

  clear(): void {
    this.count = 0;
    this.#next = 0;
  }
}
