import { assert } from '../vocabulary/assert.ts';
import type { ColumnsOf } from '../vocabulary/columns.ts';
import { Transposed } from '../vocabulary/transposed.ts';

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

/** What was traded: the parts of a report that a fill keeps. */
export interface TradedPart {
  readonly lots: number;
  readonly ticks: number;
  readonly referenceTicks: number;
  readonly value: number;
  readonly fee: number;
  readonly maker: boolean;
  readonly timeMs: number;
}

/** Bytes of a row. */
const WIDTH = 64;

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

/**
 * Every fill of a session, a row of 64 bytes each, never changed after it was written: the words order and slot × 4 + 2 (buy) + 1 (maker),
 * then seven doubles. The numbers of their events lie apart.
 */
export class FillTable {
  count = 0;
  declare private words: Int32Array;
  declare private reals: Float64Array;
  declare private seqs: Int32Array;
  /** Fees that the settle asset did not pay; null until there is one. */
  #other: OtherFees | null = null;
  declare private capacity: number;
  readonly #columns = new Transposed(COLUMNS, (into, from, to) => this.#copy(into, from, to));

  constructor(capacity = 1) {
    this.#allocate(capacity);
  }

  /** Every fill by column, never to be written. */
  get column(): Columns {
    return this.#columns.upTo(this.count);
  }

  /** Adds a fill of an order in a slot and returns its row. `seq`: its event. `realized`: the profit that it booked. */
  add(order: number, slot: number, side: number, seq: number, trade: TradedPart, realized: number): number {
    const fill = this.count++;
    if (fill === this.capacity) this.#grow(this.capacity * 2);
    this.seqs[fill] = seq;
    const { words, reals } = this;
    // With |, as rows begin at multiples of eight: a + is looked at for an overflow each time.
    const word = fill << 4;
    words[word] = order;
    words[word | 1] = (slot << 2) | (side > 0 ? 2 : 0) | (trade.maker ? 1 : 0);
    const real = fill << 3;
    reals[real | 1] = trade.lots;
    reals[real | 2] = trade.ticks;
    reals[real | 3] = trade.referenceTicks;
    reals[real | 4] = trade.value;
    reals[real | 5] = trade.fee;
    reals[real | 6] = trade.timeMs;
    reals[real | 7] = realized;
    return fill;
  }

  #copy(into: Columns, from: number, to: number): void {
    const { words, reals, seqs } = this;
    for (let fill = from; fill < to; fill++) {
      const real = fill << 3;
      const what = words[(fill << 4) | 1]!;
      into.order[fill] = words[fill << 4]!;
      into.slot[fill] = what >> 2;
      into.side[fill] = what & 2 ? 1 : -1;
      into.maker[fill] = what & 1;
      into.seq[fill] = seqs[fill]!;
      into.lots[fill] = reals[real | 1]!;
      into.ticks[fill] = reals[real | 2]!;
      into.referenceTicks[fill] = reals[real | 3]!;
      into.value[fill] = reals[real | 4]!;
      into.fee[fill] = reals[real | 5]!;
      into.timeMs[fill] = reals[real | 6]!;
      into.realized[fill] = reals[real | 7]!;
    }
  }

  #allocate(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * WIDTH);
    this.words = new Int32Array(buffer);
    this.reals = new Float64Array(buffer);
    this.seqs = new Int32Array(capacity);
    this.capacity = capacity;
  }

  /** Makes room for some fills more, so that none of them has to. */
  makeRoom(fills: number): void {
    if (this.count + fills > this.capacity) this.#grow(Math.max(this.capacity * 2, this.count + fills));
  }

  // Apart, so that adding a row is small enough to become part of whoever adds it.
  #grow(capacity: number): void {
    const { reals, seqs } = this;
    this.#allocate(capacity);
    this.reals.set(reals);
    this.seqs.set(seqs);
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
    this.clear();
    if (count > this.capacity) this.#grow(count * 2);
    this.reals.fill(0, 0, count << 3);
    this.seqs.fill(0, 0, count);
    this.count = count;
  }

  /** Puts in what the rows that {@link resume} left blank were. */
  restore(from: Readonly<Record<keyof Columns, ArrayLike<number>>>): void {
    const { count } = this;
    this.clear();
    for (let fill = 0; fill < from.order.length; fill++)
      this.add(
        from.order[fill]!,
        from.slot[fill]!,
        from.side[fill]!,
        from.seq[fill]!,
        {
          lots: from.lots[fill]!,
          ticks: from.ticks[fill]!,
          referenceTicks: from.referenceTicks[fill]!,
          value: from.value[fill]!,
          fee: from.fee[fill]!,
          maker: from.maker[fill]! !== 0,
          timeMs: from.timeMs[fill]!,
        },
        from.realized[fill]!,
      );
    assert(this.count === count, `a history of ${this.count} fills for ${count}`);
  }

  clear(): void {
    this.#other = null;
    this.count = 0;
    this.#columns.forget();
  }
}
