import type { Indicator, InputName, Kernel } from './indicator.ts';

/** What a {@link Series} belongs to and reads its position from: the bars. */
export interface SeriesOwner {
  /** Row of the last closed bar; −1 before the first. */
  cursor: number;
  field(name: InputName): Series;
  node(indicator: Indicator, inputs: readonly Series[], given: Readonly<Record<string, number>>): Node;
}

const NO_COLUMN = new Float64Array(0);

/**
 * A column seen up to now. Only closed bars can be read: rows behind the cursor may already be computed, but there is no way
 * to ask for them.
 */
export class Series {
  /** Rows at and after which the value no longer depends on where the series began; see `Indicator.settle`. */
  declare readonly settledAfter: number;
  /** Rows of the owner after which there is a value. */
  declare readonly readyAfter: number;
  declare readonly owner: SeriesOwner;
  /** 0 where values follow from the owner's bars alone; else one more than the deepest input on other bars or by user code. */
  declare readonly depth: number;
  /** Series on other bars that the values depend on. */
  declare readonly foreign: readonly Series[];
  /** A column from the first on: of what was undefined once V8 asks each time what it is. */
  #column: Float64Array = NO_COLUMN;

  constructor(
    owner: SeriesOwner,
    column: Float64Array,
    settledAfter = 0,
    readyAfter = 0,
    depth = 0,
    foreign: readonly Series[] = [],
  ) {
    this.depth = depth;
    this.foreign = foreign;
    this.owner = owner;
    this.#column = column;
    this.settledAfter = settledAfter;
    this.readyAfter = readyAfter;
  }

  /** Value at the last closed bar; NaN while warming up. */
  get value(): number {
    const i = this.owner.cursor;
    return i < 0 ? Number.NaN : this.#column[i]!;
  }

  /** Whether {@link value} is a number yet. */
  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  /** Value `barsAgo` closed bars before the last one; NaN before the first. Throws RangeError for the future. */
  at(barsAgo: number): number {
    if (!(barsAgo >= 0) || !Number.isInteger(barsAgo))
      throw new RangeError(
        `at(${barsAgo}): only closed bars can be read; expected a whole number of bars ago, 0 or more`,
      );
    const i = this.owner.cursor - barsAgo;
    return i < 0 ? Number.NaN : this.#column[i]!;
  }

  /** A copy of the last `count` values, oldest first; shorter while there are fewer. Throws RangeError for what is no count. */
  last(count: number): Float64Array {
    if (!(count >= 0 && (Number.isInteger(count) || count === Number.POSITIVE_INFINITY)))
      throw new RangeError(`last(${count}): expected a whole number of bars, 0 or more`);
    const end = this.owner.cursor + 1;
    return this.#column.slice(Math.max(0, end - count), end);
  }

  /** The whole column, for the graph that computes it; strategies never receive it. */
  static columnOf(this: void, series: Series): Float64Array {
    return series.#column;
  }

  /** Replaces the column when a stream has outgrown it. */
  static replaceColumn(series: Series, column: Float64Array): void {
    series.#column = column;
  }
}

/** Whether and when one series crossed another. Crossing up: above now, and not above at the previous bar. */
export class Cross {
  declare readonly direction: Series;
  readonly #barsSince: Series;

  constructor(direction: Series, barsSince: Series) {
    this.direction = direction;
    this.#barsSince = barsSince;
  }

  get up(): boolean {
    return this.direction.value > 0;
  }

  get down(): boolean {
    return this.direction.value < 0;
  }

  /** Closed bars since the last crossing in either direction, 0 at its bar; NaN before the first. */
  get barsSince(): number {
    const bars = this.#barsSince.value;
    return bars < 0 ? Number.NaN : bars;
  }
}

/** One computed node of the graph: a kernel with where it reads and writes. */
export interface Node {
  kernel: Kernel;
  /** Makes the kernel anew, for a run that starts again. */
  readonly make: () => Kernel;
  readonly inputs: readonly Series[];
  readonly outputs: readonly Series[];
  readonly depth: number;
  /** Last row that was computed; −1 before the first. A kernel takes each once. */
  row: number;
}
