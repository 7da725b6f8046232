import { allocateColumns, type ColumnsOf } from '../vocabulary/columns.ts';

const COLUMNS = {
  order: Int32Array,
  slot: Int32Array,
  side: Int8Array,
  maker: Uint8Array,
  lots: Float64Array,
  ticks: Float64Array,
  value: Float64Array,
  /** In quanta of the settle asset, or of the asset that {@link FillTable.feeAsset} names. */
  fee: Float64Array,
  timeMs: Float64Array,
  /** Sequence number of the `order-filled` event. */
  seq: Int32Array,
  /** Price before slippage, in ticks: the cost waterfall compares it with `ticks`. */
  referenceTicks: Float64Array,
  /** The position's realised profit in quanta that this fill booked. */
  realized: Float64Array,
} as const;
type Columns = ColumnsOf<typeof COLUMNS>;

interface OtherFees {
  readonly asset: Int32Array;
  readonly worth: Float64Array;
  readonly moved: Float64Array;
}

function otherFees(capacity: number): OtherFees {
  return {
    asset: new Int32Array(capacity).fill(-1),
    worth: new Float64Array(capacity),
    moved: new Float64Array(capacity),
  };
}

/** Every fill of a session, one row each, never changed after it was written. */
export class FillTable {
  count = 0;
  declare column: Columns;
  /** Fees that the settle asset did not pay; null until there is one. */
  #other: OtherFees | null = null;
  declare private capacity: number;

  constructor(capacity = 256) {
    this.capacity = capacity;
    this.column = allocateColumns(COLUMNS, capacity);
  }

  /** Takes a new row and returns its number; the caller writes the columns. */
  take(): number {
    if (this.count === this.capacity) this.#grow();
    return this.count++;
  }

  // Apart, so that taking a row is small enough to become part of whoever takes it.
  #grow(): void {
    const grown = allocateColumns(COLUMNS, this.capacity * 2);
    for (const name of Object.keys(COLUMNS) as (keyof Columns)[]) grown[name].set(this.column[name] as never);
    this.column = grown;
    this.capacity *= 2;
  }

  /** Notes that another asset than the settle asset paid a fill's fee. */
  paidIn(fill: number, asset: number, worth: number, moved: number): void {
    let other = this.#other;
    if (other === null || other.asset.length <= fill) {
      const grown = otherFees(this.capacity);
      if (other !== null) for (const name of ['asset', 'worth', 'moved'] as const) grown[name].set(other[name]);
      other = grown;
      this.#other = other;
    }
    other.asset[fill] = asset;
    other.worth[fill] = worth;
    other.moved[fill] = moved;
  }

  /** Asset that paid a fill's fee; −1 for the settle asset. */
  feeAsset(fill: number): number {
    return this.#other?.asset[fill] ?? -1;
  }

  /** What a fill's fee was worth when it was paid, in quanta of the settle asset. */
  feeWorth(fill: number): number {
    return this.feeAsset(fill) < 0 ? this.column.fee[fill]! : this.#other!.worth[fill]!;
  }

  /** Lots by which a fill changed the position: fewer than it traded where the fee came out of what was received. */
  moved(fill: number): number {
    return this.feeAsset(fill) < 0 ? this.column.lots[fill]! : this.#other!.moved[fill]!;
  }

  /** Goes on at fill `count`; the rows before it are blank here, as the journal has them. */
  resume(count: number): void {
    if (count > this.capacity) this.capacity = count * 2;
    this.column = allocateColumns(COLUMNS, this.capacity);
    this.#other = null;
    this.count = count;
  }

  clear(): void {
    this.#other = null;
    this.count = 0;
  }
}
