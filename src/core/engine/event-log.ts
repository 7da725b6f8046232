import { assert } from '../vocabulary/assert.ts';
import type { ColumnsOf } from '../vocabulary/columns.ts';
import { Transposed } from '../vocabulary/transposed.ts';

const COLUMNS = {
  type: Uint8Array,
  strategy: Int16Array,
  instrument: Int32Array,
  /** Event number of the cause, or −1 − input where an input caused it. */
  cause: Int32Array,
  input: Int32Array,
  /** What the event is about, by type: an order's row, a fill's row, an intent, a text. */
  ref: Int32Array,
  at: Float64Array,
  a: Float64Array,
  b: Float64Array,
} as const;
export type EventColumns = ColumnsOf<typeof COLUMNS>;

const TYPE_BITS = 6;
const STRATEGY_BITS = 10;
const INSTRUMENT_BITS = 16;
const TYPES = (1 << TYPE_BITS) - 1;
const INSTRUMENT_SHIFT = TYPE_BITS + STRATEGY_BITS;

/** Strategies and instruments that the events of one session can tell apart. */
export const MOST_STRATEGIES = (1 << STRATEGY_BITS) - 1;
export const MOST_INSTRUMENTS = (1 << INSTRUMENT_BITS) - 1;

/** Where an event comes from, in one number: see {@link EventLog.write}. −1 where there is no strategy, or no instrument. */
export function sourceOf(strategy: number, instrument: number): number {
  return ((strategy + 1) << TYPE_BITS) | ((instrument + 1) << INSTRUMENT_SHIFT);
}

/**
 * The session's events, a row of 32 bytes each: appending one costs six stores into one place and no object. `engine/narrate.ts` turns a row
 * into the {@link DomainEvent} that leaves the engine.
 *
 * A row: word 0 type and source, 1 cause, 2 input, 3 ref; then the doubles `at` and `a`. Few events have a `b`: it lies apart.
 */
export class EventLog {
  count = 0;
  /** Whether any row's `b` was written. */
  #hasB = false;
  declare private words: Int32Array;
  declare private reals: Float64Array;
  declare private b: Float64Array;
  declare private capacity: number;
  readonly #columns = new Transposed(COLUMNS, (into, from, to) => this.#copy(into, from, to));

  constructor(capacity = 1) {
    this.#allocate(capacity);
    this.b = new Float64Array(0);
  }

  /** Every event by column, never to be written. */
  get column(): EventColumns {
    return this.#columns.upTo(this.count);
  }

  /** Sequence numbers of the events of a type before `to`, the oldest first. `type`: one of {@link EVENT}. */
  *seqsOf(type: number, to = this.count): Generator<number, void> {
    const types = this.column.type;
    for (let seq = 0; seq < to; seq++) if (types[seq] === type) yield seq;
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
    const seq = this.write(type | sourceOf(strategy, instrument), at, cause, input, ref, a);
    if (b !== 0) this.#writeB(seq, b);
    return seq;
  }

  /** {@link append} of an event without `b`, for who has its source at hand: `what` is its type | {@link sourceOf}. */
  write(what: number, at: number, cause: number, input: number, ref: number, a: number): number {
    const seq = this.count++;
    if (seq === this.capacity) this.#grow(this.capacity * 2);
    const { words, reals } = this;
    // With |, as rows begin at multiples of eight: a + is looked at for an overflow each time.
    const word = seq << 3;
    words[word] = what;
    words[word | 1] = cause;
    words[word | 2] = input;
    words[word | 3] = ref;
    const real = seq << 2;
    reals[real | 2] = at;
    reals[real | 3] = a;
    return seq;
  }

  #writeB(seq: number, b: number): void {
    if (seq >= this.b.length) {
      const grown = new Float64Array(this.capacity);
      grown.set(this.b);
      this.b = grown;
    }
    this.b[seq] = b;
    this.#hasB = true;
  }

  #copy(into: EventColumns, from: number, to: number): void {
    const { words, reals, b } = this;
    for (let seq = from; seq < to; seq++) {
      const word = seq << 3;
      const what = words[word]!;
      into.type[seq] = what & TYPES;
      into.strategy[seq] = ((what >>> TYPE_BITS) & MOST_STRATEGIES) - 1;
      into.instrument[seq] = (what >>> INSTRUMENT_SHIFT) - 1;
      into.cause[seq] = words[word | 1]!;
      into.input[seq] = words[word | 2]!;
      into.ref[seq] = words[word | 3]!;
      into.at[seq] = reals[(seq << 2) | 2]!;
      into.a[seq] = reals[(seq << 2) | 3]!;
      into.b[seq] = this.#hasB && seq < b.length ? b[seq]! : 0;
    }
  }

  /** Makes room for some events more, so that none of them has to. */
  makeRoom(events: number): void {
    if (this.count + events > this.capacity) this.#grow(Math.max(this.capacity * 2, this.count + events));
  }

  /** Whether no event is blank: see {@link resume}. */
  isWhole = true;

  /** Goes on at event `count`; the rows before it are blank here, as the journal has them. */
  resume(count: number): void {
    this.clear();
    this.isWhole = count === 0;
    if (count > this.capacity) this.#grow(count * 2);
    this.reals.fill(0, 0, count << 2);
    this.count = count;
  }

  /** Puts in what the rows that {@link resume} left blank were. */
  restore(from: Readonly<Record<keyof EventColumns, ArrayLike<number>>>): void {
    const { count } = this;
    this.clear();
    for (let seq = 0; seq < from.type.length; seq++)
      this.append(
        from.type[seq]!,
        from.at[seq]!,
        from.cause[seq]!,
        from.input[seq]!,
        from.strategy[seq]!,
        from.instrument[seq]!,
        from.ref[seq]!,
        from.a[seq]!,
        from.b[seq]!,
      );
    assert(this.count === count, `a history of ${this.count} events for ${count}`);
  }

  clear(): void {
    if (this.#hasB) this.b.fill(0);
    this.#hasB = false;
    this.isWhole = true;
    this.count = 0;
    this.#columns.forget();
  }

  #allocate(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * 32);
    this.words = new Int32Array(buffer);
    this.reals = new Float64Array(buffer);
    this.capacity = capacity;
  }

  #grow(capacity: number): void {
    const { reals } = this;
    this.#allocate(capacity);
    this.reals.set(reals);
  }
}
