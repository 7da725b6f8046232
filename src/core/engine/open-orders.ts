import { FLAG, ROLE, STATUS } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';

const { filled: FILLED } = STATUS;
const { entry: ENTRY, exit: EXIT, manual: MANUAL } = ROLE;
const { sizeAtFill: SIZE_AT_FILL, worked: WORKED } = FLAG;

/**
 * Which orders are open, kept in step with the order table by {@link update}, which may be called after anything happened to an order, in any
 * order, any number of times; and what they could still add or take, summed up when somebody asks.
 *
 * Protective legs and liquidations count as open orders but not in lots: they take from a position what it has. Nor does an order that
 * is sized at its fill: what it will take is not known. Of an order that is worked by children, what they were not given yet counts.
 */
export class OpenOrders {
  total = 0;
  declare private readonly table: OrderTable;
  declare private readonly instruments: number;
  declare private readonly rows: number[][];
  /** 1 while a row is open. */
  #isOpen = new Uint8Array(1);
  /** Lots of orders, what has filled included, that amendments under way may make of them at most. */
  readonly #asked = new Map<number, number>();

  constructor(table: OrderTable, strategies: number, instruments: number) {
    this.table = table;
    this.instruments = instruments;
    this.rows = Array.from({ length: strategies * instruments }, () => []);
  }

  /** Open order rows of a slot, oldest first. */
  rowsOf(slot: number): readonly number[] {
    return this.rows[slot]!;
  }

  /** How many orders of a strategy are open. */
  countOf(strategy: number): number {
    if (this.total === 0) return 0;
    let count = 0;
    const end = (strategy + 1) * this.instruments;
    for (let slot = strategy * this.instruments; slot < end; slot++) count += this.rows[slot]!.length;
    return count;
  }

  /** Lots that open entries and exits on `side` (1 buys, −1 sells) could still fill in a slot. */
  lotsOf(slot: number, side: number): number {
    const c = this.table.column;
    const rows = this.rows[slot]!;
    let lots = 0;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      if (c.side[row] === side) lots += this.#claim(row);
    }
    return lots;
  }

  /** {@link lotsOf} over all strategies, of every instrument: what buys and what sells could still fill, by instrument. */
  sum(buyLots: Float64Array, sellLots: Float64Array): void {
    buyLots.fill(0);
    sellLots.fill(0);
    const c = this.table.column;
    for (let slot = 0; slot < this.rows.length; slot++) {
      const rows = this.rows[slot]!;
      for (let k = 0; k < rows.length; k++) {
        const row = rows[k]!;
        const sums = c.side[row]! > 0 ? buyLots : sellLots;
        sums[c.instrument[row]!]! += this.#claim(row);
      }
    }
  }

  /** Lots of an order that count. */
  #claim(row: number): number {
    const c = this.table.column;
    const role = c.role[row]!;
    const flags = c.flags[row]!;
    if ((role !== ENTRY && role !== EXIT && role !== MANUAL) || flags & SIZE_AT_FILL) return 0;
    const asked = this.askedLots(row);
    const lots = c.lots[row]!;
    const left = (asked > lots ? asked : lots) - (flags & WORKED ? c.budget[row]! : c.filledLots[row]!);
    return left > 0 ? left : 0;
  }

  /** Takes whether an order is open now. */
  update(row: number): void {
    if (row >= this.#isOpen.length) this.#grow(row);
    const c = this.table.column;
    const isOpen = this.#isOpen[row] === 1;
    if (c.status[row]! < FILLED === isOpen) return;
    const slot = c.strategy[row]! * this.instruments + c.instrument[row]!;
    if (isOpen) this.ended(row, slot);
    else this.placed(row, slot);
  }

  /** An order is to become one of so many lots, what has filled included: until that is settled, the most that it may be counts. */
  ask(row: number, lots: number): void {
    this.#asked.set(row, Math.max(lots, this.askedLots(row)));
  }

  /** What was asked of an order is settled, one way or the other. */
  settle(row: number): void {
    if (this.#asked.size > 0) this.#asked.delete(row);
  }

  /** Lots that an order may become; 0 where nothing is asked. */
  askedLots(row: number): number {
    return this.#asked.size === 0 ? 0 : (this.#asked.get(row) ?? 0);
  }

  /** {@link update} of an order that was just placed in a slot. */
  placed(row: number, slot: number): void {
    if (row >= this.#isOpen.length) this.#grow(row);
    this.#isOpen[row] = 1;
    this.total++;
    this.rows[slot]!.push(row);
  }

  /** {@link update} of an order that was open and has just ended. */
  ended(row: number, slot: number): void {
    if (this.#isOpen[row] === 0) return;
    this.#isOpen[row] = 0;
    this.settle(row);
    this.total--;
    const rows = this.rows[slot]!;
    // Most orders end soon after they were made, and are the last of their slot.
    if (rows[rows.length - 1] === row) rows.pop();
    else rows.splice(rows.indexOf(row), 1);
  }

  /** Open rows by slot: all that {@link restore} needs, as the rest is in the order table. */
  snapshot(): number[][] {
    return this.rows.map((rows) => [...rows]);
  }

  /** What is asked of orders, as {@link restore} takes it. */
  asked(): [row: number, lots: number][] {
    return [...this.#asked];
  }

  restore(rows: readonly (readonly number[])[], asked: readonly (readonly [row: number, lots: number])[]): void {
    this.reset();
    for (const [row, lots] of asked) this.#asked.set(row, lots);
    for (const row of rows.flat()) this.update(row);
  }

  /** Makes room for this many rows in all. */
  makeRoom(rows: number): void {
    if (rows > this.#isOpen.length) this.#grow(rows - 1);
  }

  reset(): void {
    this.total = 0;
    for (const rows of this.rows) for (const row of rows.splice(0)) this.#isOpen[row] = 0;
    this.#asked.clear();
  }

  #grow(row: number): void {
    const grown = new Uint8Array(Math.max(row + 1, this.#isOpen.length * 2));
    grown.set(this.#isOpen);
    this.#isOpen = grown;
  }
}
