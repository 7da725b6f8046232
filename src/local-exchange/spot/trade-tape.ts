/** Columns of numbers that grow together and forget their oldest half when they are full. */
class Columns {
  readonly #columns: Float64Array[];
  readonly #most: number;
  count = 0;
  /** Rows that were forgotten. */
  dropped = 0;

  constructor(width: number, most: number) {
    this.#most = Math.max(2, most);
    this.#columns = Array.from({ length: width }, () => new Float64Array(Math.min(64, this.#most)));
  }

  /** Index of a new row. */
  push(): number {
    if (this.count === this.#columns[0]!.length) this.#makeRoom();
    return this.count++;
  }

  at(column: number, row: number): number {
    return this.#columns[column]![row]!;
  }

  set(column: number, row: number, value: number): void {
    this.#columns[column]![row] = value;
  }

  #makeRoom(): void {
    const size = this.#columns[0]!.length;
    if (size < this.#most) {
      for (const [i, column] of this.#columns.entries()) {
        const grown = new Float64Array(Math.min(this.#most, size * 2));
        grown.set(column);
        this.#columns[i] = grown;
      }
      return;
    }
    const half = size >>> 1;
    for (const column of this.#columns) column.copyWithin(0, half, size);
    this.count -= half;
    this.dropped += half;
  }
}

const PRICE = 0;
const LOTS = 1;
const VALUE = 2;
const TIME = 3;
const BUYER_MAKER = 4;
const FIRST = 2;
const LAST = 5;

/** A trade of the market. */
export type Trade = {
  readonly id: number;
  readonly ticks: number;
  readonly lots: number;
  readonly valueQuanta: number;
  readonly timeMs: number;
  readonly buyerMaker: boolean;
};
/** Consecutive trades of one taker at one price. */
export type AggregateTrade = {
  readonly id: number;
  readonly ticks: number;
  readonly lots: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly timeMs: number;
  readonly buyerMaker: boolean;
};

/** Every trade of a symbol, and the same aggregated. Trade ids begin at 0 and have no gaps. */
export class TradeTape {
  readonly #trades: Columns;
  readonly #aggregates: Columns;
  /** Whether the next trade belongs to another taker than the last one. */
  #newTaker = true;

  constructor(keptTrades: number) {
    this.#trades = new Columns(5, keptTrades);
    this.#aggregates = new Columns(6, keptTrades);
  }

  get nextId(): number {
    return this.#trades.dropped + this.#trades.count;
  }

  get nextAggregateId(): number {
    return this.#aggregates.dropped + this.#aggregates.count;
  }

  get firstKeptId(): number {
    return this.#trades.dropped;
  }

  get firstKeptAggregateId(): number {
    return this.#aggregates.dropped;
  }

  nextTaker(): void {
    this.#newTaker = true;
  }

  /** Returns the trade's id. */
  add(ticks: number, lots: number, valueQuanta: number, timeMs: number, buyerMaker: boolean): number {
    const id = this.nextId;
    const t = this.#trades;
    const row = t.push();
    t.set(PRICE, row, ticks);
    t.set(LOTS, row, lots);
    t.set(VALUE, row, valueQuanta);
    t.set(TIME, row, timeMs);
    t.set(BUYER_MAKER, row, buyerMaker ? 1 : 0);
    const a = this.#aggregates;
    const last = a.count - 1;
    if (!this.#newTaker && a.at(PRICE, last) === ticks) {
      a.set(LOTS, last, a.at(LOTS, last) + lots);
      a.set(LAST, last, id);
      return id;
    }
    this.#newTaker = false;
    const aggregate = a.push();
    a.set(PRICE, aggregate, ticks);
    a.set(LOTS, aggregate, lots);
    a.set(FIRST, aggregate, id);
    a.set(LAST, aggregate, id);
    a.set(TIME, aggregate, timeMs);
    a.set(BUYER_MAKER, aggregate, buyerMaker ? 1 : 0);
    return id;
  }

  trade(id: number): Trade {
    const t = this.#trades;
    const row = id - t.dropped;
    return {
      id,
      ticks: t.at(PRICE, row),
      lots: t.at(LOTS, row),
      valueQuanta: t.at(VALUE, row),
      timeMs: t.at(TIME, row),
      buyerMaker: t.at(BUYER_MAKER, row) === 1,
    };
  }

  aggregate(id: number): AggregateTrade {
    const a = this.#aggregates;
    const row = id - a.dropped;
    return {
      id,
      ticks: a.at(PRICE, row),
      lots: a.at(LOTS, row),
      firstId: a.at(FIRST, row),
      lastId: a.at(LAST, row),
      timeMs: a.at(TIME, row),
      buyerMaker: a.at(BUYER_MAKER, row) === 1,
    };
  }

  /** Id of the first kept aggregate at or after a time. */
  aggregateAt(timeMs: number): number {
    let low = 0;
    let high = this.#aggregates.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#aggregates.at(TIME, middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low + this.#aggregates.dropped;
  }
}
