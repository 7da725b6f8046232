const COLUMNS = {
  order: Int32Array,
  slot: Int32Array,
  side: Int8Array,
  maker: Uint8Array,
  lots: Float64Array,
  ticks: Float64Array,
  value: Float64Array,
  fee: Float64Array,
  timeMs: Float64Array,
  /** Sequence number of the `order-filled` event. */
  seq: Float64Array,
  /** Price before slippage, in ticks: the cost waterfall compares it with `ticks`. */
  referenceTicks: Float64Array,
  /** The position's realised profit in quanta that this fill booked. */
  realized: Float64Array,
} as const;
type Columns = { -readonly [K in keyof typeof COLUMNS]: InstanceType<(typeof COLUMNS)[K]> };

function allocate(capacity: number): Columns {
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([name, Type]) => [name, new Type(capacity)]),
  ) as unknown as Columns;
}

/** Every fill of a session, one row each, never changed after it was written. */
export class FillTable {
  count = 0;
  column: Columns;
  #capacity: number;

  constructor(capacity = 256) {
    this.#capacity = capacity;
    this.column = allocate(capacity);
  }

  /** Takes a new row and returns its number; the caller writes the columns. */
  take(): number {
    if (this.count === this.#capacity) {
      const grown = allocate(this.#capacity * 2);
      for (const name of Object.keys(COLUMNS) as (keyof Columns)[]) grown[name].set(this.column[name] as never);
      this.column = grown;
      this.#capacity *= 2;
    }
    return this.count++;
  }

  /** Goes on at fill `count`; the rows before it are blank here, as the journal has them. */
  resume(count: number): void {
    if (count > this.#capacity) this.#capacity = count * 2;
    this.column = allocate(this.#capacity);
    this.count = count;
  }

  clear(): void {
    this.count = 0;
  }
}
