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
  b: Float64Array,
} as const;
type Columns = { -readonly [K in keyof typeof COLUMNS]: InstanceType<(typeof COLUMNS)[K]> };

function allocate(capacity: number): Columns {
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([name, Type]) => [name, new Type(capacity)]),
  ) as unknown as Columns;
}

/**
 * The session's events as columns: appending one costs a few stores and no object. `engine/narrate.ts` turns a row into the
 * {@link DomainEvent} that leaves the engine.
 */
export class EventLog {
  count = 0;
  column: Columns;
  #capacity: number;

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.column = allocate(capacity);
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
    if (seq === this.#capacity) this.#grow();
    const c = this.column;
    c.type[seq] = type;
    c.at[seq] = at;
    c.cause[seq] = cause;
    c.input[seq] = input;
    c.strategy[seq] = strategy;
    c.instrument[seq] = instrument;
    c.ref[seq] = ref;
    c.a[seq] = a;
    c.b[seq] = b;
    return seq;
  }

  /** Whether no event is blank: see {@link resume}. */
  isWhole = true;

  /** Goes on at event `count`; the rows before it are blank here, as the journal has them. */
  resume(count: number): void {
    this.isWhole = count === 0;
    while (count > this.#capacity) this.#grow();
    for (const column of Object.values(this.column)) column.fill(0);
    this.count = count;
  }

  clear(): void {
    this.isWhole = true;
    this.count = 0;
  }

  #grow(): void {
    const grown = allocate(this.#capacity * 2);
    for (const name of Object.keys(COLUMNS) as (keyof Columns)[]) grown[name].set(this.column[name] as never);
    this.column = grown;
    this.#capacity *= 2;
  }
}
