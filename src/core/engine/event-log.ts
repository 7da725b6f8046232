import { allocateColumns, type ColumnsOf } from '../vocabulary/columns.ts';

const COLUMNS = {
  type: Uint8Array,
  strategy: Int16Array,
  instrument: Int16Array,
  /** Event number of the cause, or −1 − input where an input caused it. */
  cause: Int32Array,
  input: Int32Array,
  /** What the event is about, by type: an order's row, a fill's row, an intent, a text. */
  ref: Int32Array,
  at: Float64Array,
  a: Float64Array,
  /** Few events have one: 0 in rows that were not used yet, so that it need not be written. */
  b: Float64Array,
} as const;
export type EventColumns = ColumnsOf<typeof COLUMNS>;

/**
 * The session's events as columns: appending one costs a few stores and no object. `engine/narrate.ts` turns a row into the
 * {@link DomainEvent} that leaves the engine.
 */
export class EventLog {
  count = 0;
  /** Whether any row's `b` was written. */
  #hasB = false;
  declare column: EventColumns;
  declare private capacity: number;

  constructor(capacity = 1024) {
    this.capacity = capacity;
    this.column = allocateColumns(COLUMNS, capacity);
  }

  /** Appends a row and returns its sequence number. */
  append(
    type: number,
    at: number,
    cause: number,
    input: number,
    strategy: number,
    instrument: number,
    ref: number,
    a = 0,
    b = 0,
  ): number {
    const seq = this.count++;
    if (seq === this.capacity) this.#grow();
    const c = this.column;
    c.type[seq] = type;
    c.at[seq] = at;
    c.cause[seq] = cause;
    c.input[seq] = input;
    c.strategy[seq] = strategy;
    c.instrument[seq] = instrument;
    c.ref[seq] = ref;
    c.a[seq] = a;
    if (b !== 0) {
      c.b[seq] = b;
      this.#hasB = true;
    }
    return seq;
  }

  /**
   * The columns, with room for `events` more: for who writes several rows at once, from {@link count} on, and then counts them. Nine numbers
   * handed to {@link append} cost more than storing them. Their `b` is 0.
   */
  room(events: number): EventColumns {
    while (this.count + events > this.capacity) this.#grow();
    return this.column;
  }

  /** Whether no event is blank: see {@link resume}. */
  isWhole = true;

  /** Goes on at event `count`; the rows before it are blank here, as the journal has them. */
  resume(count: number): void {
    this.isWhole = count === 0;
    while (count > this.capacity) this.#grow();
    for (const column of Object.values(this.column)) column.fill(0);
    this.count = count;
  }

  clear(): void {
    if (this.#hasB) this.column.b.fill(0, 0, this.count);
    this.#hasB = false;
    this.isWhole = true;
    this.count = 0;
  }

  #grow(): void {
    const grown = allocateColumns(COLUMNS, this.capacity * 2);
    for (const name of Object.keys(COLUMNS) as (keyof EventColumns)[]) grown[name].set(this.column[name] as never);
    this.column = grown;
    this.capacity *= 2;
  }
}
