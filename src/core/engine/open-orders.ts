import { FLAG, ROLE, STATUS } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';

const { filled: FILLED } = STATUS;
const { entry: ENTRY, exit: EXIT, manual: MANUAL } = ROLE;
const { sizeAtFill: SIZE_AT_FILL, worked: WORKED } = FLAG;

/**
 * Which orders are open and what they could still add or take, kept in step with the order table. Everything is derived from an
 * order's row by {@link update}, so that it may be called after anything happened to it, in any order, any number of times.
 *
 * Protective legs and liquidations count as open orders but not in lots: they take from a position what it has. Nor does an order that
 * is sized at its fill: what it will take is not known. Of an order that is worked by children, what they were not given yet counts.
 */
export class OpenOrders {
  /** Open lots of entries and exits by slot. */
  readonly buyLots: Float64Array;
  readonly sellLots: Float64Array;
  /** The same by instrument. */
  readonly instrumentBuyLots: Float64Array;
  readonly instrumentSellLots: Float64Array;
  readonly byStrategy: Int32Array;
  total = 0;
  readonly #table: OrderTable;
  readonly #instruments: number;
  readonly #rows: number[][];
  /** Lots of a row that are counted above; −1 while the row is not open. */
  #counted = new Float64Array(256).fill(-1);

  constructor(table: OrderTable, strategies: number, instruments: number) {
    this.#table = table;
    this.#instruments = instruments;
    const slots = strategies * instruments;
    this.buyLots = new Float64Array(slots);
    this.sellLots = new Float64Array(slots);
    this.instrumentBuyLots = new Float64Array(instruments);
    this.instrumentSellLots = new Float64Array(instruments);
    this.byStrategy = new Int32Array(strategies);
    this.#rows = Array.from({ length: slots }, () => []);
  }

  /** Open order rows of a slot, oldest first. */
  rowsOf(slot: number): readonly number[] {
    return this.#rows[slot]!;
  }

  /** Takes what an order's row says now. */
  update(row: number): void {
    if (row >= this.#counted.length) this.#grow(row);
    const c = this.#table.column;
    const before = this.#counted[row]!;
    const strategy = c.strategy[row]!;
    const slot = strategy * this.#instruments + c.instrument[row]!;
    if (c.status[row]! >= FILLED) {
      if (before >= 0) this.#close(row, slot, strategy, before);
      return;
    }
    const now = this.#claim(row);
    if (before < 0) this.#open(row, slot, strategy);
    this.#counted[row] = now;
    this.#count(slot, c.instrument[row]!, c.side[row]!, before > 0 ? now - before : now);
  }

  /** {@link update} of an order that has just ended, for who knows that and its slot. */
  ended(row: number, slot: number, strategy: number): void {
    const counted = this.#counted[row]!;
    if (counted >= 0) this.#close(row, slot, strategy, counted);
  }

  #open(row: number, slot: number, strategy: number): void {
    this.byStrategy[strategy]!++;
    this.total++;
    this.#rows[slot]!.push(row);
  }

  #close(row: number, slot: number, strategy: number, counted: number): void {
    if (counted > 0) {
      const { instrument, side } = this.#table.column;
      this.#count(slot, instrument[row]!, side[row]!, -counted);
    }
    this.#counted[row] = -1;
    this.byStrategy[strategy]!--;
    this.total--;
    const rows = this.#rows[slot]!;
    // Most orders end soon after they were made, and are the last of their slot.
    if (rows[rows.length - 1] === row) rows.pop();
    else rows.splice(rows.indexOf(row), 1);
  }

  #claim(row: number): number {
    const c = this.#table.column;
    const role = c.role[row]!;
    const flags = c.flags[row]!;
    if (role !== ENTRY && role !== EXIT && role !== MANUAL) return 0;
    if (flags & SIZE_AT_FILL) return 0;
    return Math.max(0, c.lots[row]! - (flags & WORKED ? c.budget[row]! : c.filledLots[row]!));
  }

  #count(slot: number, instrument: number, side: number, lots: number): void {
    if (lots === 0) return;
    if (side > 0) {
      this.buyLots[slot]! += lots;
      this.instrumentBuyLots[instrument]! += lots;
    } else {
      this.sellLots[slot]! += lots;
      this.instrumentSellLots[instrument]! += lots;
    }
  }

  /** Open rows by slot: all that {@link restore} needs, as the rest is in the order table. */
  snapshot(): number[][] {
    return this.#rows.map((rows) => [...rows]);
  }

  restore(rows: readonly (readonly number[])[]): void {
    this.reset();
    for (const row of rows.flat()) this.update(row);
  }

  reset(): void {
    this.buyLots.fill(0);
    this.sellLots.fill(0);
    this.instrumentBuyLots.fill(0);
    this.instrumentSellLots.fill(0);
    this.byStrategy.fill(0);
    this.total = 0;
    for (const rows of this.#rows) rows.splice(0);
    this.#counted.fill(-1);
  }

  #grow(row: number): void {
    const grown = new Float64Array(Math.max(row + 1, this.#counted.length * 2)).fill(-1);
    grown.set(this.#counted);
    this.#counted = grown;
  }
}
