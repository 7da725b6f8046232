import { FLAG, type OrderDraft, ROLE, STATUS } from '../vocabulary/order.ts';
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
  declare readonly buyLots: Float64Array;
  declare readonly sellLots: Float64Array;
  /** The same by instrument. */
  declare readonly instrumentBuyLots: Float64Array;
  declare readonly instrumentSellLots: Float64Array;
  declare readonly byStrategy: Float64Array;
  total = 0;
  declare private readonly table: OrderTable;
  declare private readonly instruments: number;
  declare private readonly rows: number[][];
  /** Lots of a row that are counted above; −1 while the row is not open. */
  #counted = new Float64Array(256).fill(-1);
  /** Lots of orders, what has filled included, that amendments under way may make of them at most. */
  readonly #asked = new Map<number, number>();

  constructor(table: OrderTable, strategies: number, instruments: number) {
    this.table = table;
    this.instruments = instruments;
    const slots = strategies * instruments;
    this.buyLots = new Float64Array(slots);
    this.sellLots = new Float64Array(slots);
    this.instrumentBuyLots = new Float64Array(instruments);
    this.instrumentSellLots = new Float64Array(instruments);
    this.byStrategy = new Float64Array(strategies);
    this.rows = Array.from({ length: slots }, () => []);
  }

  /** Open order rows of a slot, oldest first. */
  rowsOf(slot: number): readonly number[] {
    return this.rows[slot]!;
  }

  /** Takes what an order's row says now. */
  update(row: number): void {
    if (row >= this.#counted.length) this.#grow(row);
    const c = this.table.column;
    const before = this.#counted[row]!;
    const strategy = c.strategy[row]!;
    const instrument = c.instrument[row]!;
    const slot = strategy * this.instruments + instrument;
    if (c.status[row]! >= FILLED) {
      if (before >= 0) this.#close(row, slot, strategy, instrument, c.side[row]!, before);
      return;
    }
    const flags = c.flags[row]!;
    const done = flags & WORKED ? c.budget[row]! : c.filledLots[row]!;
    const now = claim(c.role[row]!, flags, Math.max(c.lots[row]!, this.askedLots(row)) - done);
    if (before < 0) this.#open(row, slot, strategy, instrument, c.side[row]!, now);
    else {
      this.#counted[row] = now;
      this.#count(slot, instrument, c.side[row]!, now - before);
    }
  }

  /** An order is to become one of so many lots, what has filled included: until that is settled, the most that it may be counts. */
  ask(row: number, lots: number): void {
    this.#asked.set(row, Math.max(lots, this.askedLots(row)));
    this.update(row);
  }

  /** What was asked of an order is settled, one way or the other. */
  settle(row: number): void {
    if (this.#asked.delete(row)) this.update(row);
  }

  /** Lots that an order may become; 0 where nothing is asked. */
  askedLots(row: number): number {
    return this.#asked.size === 0 ? 0 : (this.#asked.get(row) ?? 0);
  }

  /** {@link update} of an order that has just become `row`, for who has its draft. */
  placed(row: number, slot: number, d: OrderDraft): void {
    if (row >= this.#counted.length) this.#grow(row);
    const { flags } = d;
    const left = flags & WORKED ? d.lots - d.budget : d.lots;
    this.#open(row, slot, d.strategy, d.instrument, d.side, claim(d.role, flags, left));
  }

  /** {@link update} of an order that has just ended, for who knows that and where it belongs. */
  ended(row: number, slot: number, strategy: number, instrument: number, side: number): void {
    const counted = this.#counted[row]!;
    if (counted >= 0) this.#close(row, slot, strategy, instrument, side, counted);
  }

  #open(row: number, slot: number, strategy: number, instrument: number, side: number, lots: number): void {
    this.#counted[row] = lots;
    this.#count(slot, instrument, side, lots);
    this.byStrategy[strategy]! += 1;
    this.total++;
    this.rows[slot]!.push(row);
  }

  #close(row: number, slot: number, strategy: number, instrument: number, side: number, counted: number): void {
    this.#counted[row] = -1;
    if (this.#asked.size > 0) this.#asked.delete(row);
    this.#count(slot, instrument, side, -counted);
    this.byStrategy[strategy]! -= 1;
    this.total--;
    const rows = this.rows[slot]!;
    // Most orders end soon after they were made, and are the last of their slot.
    if (rows[rows.length - 1] === row) rows.pop();
    else rows.splice(rows.indexOf(row), 1);
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
    if (rows > this.#counted.length) this.#grow(rows - 1);
  }

  reset(): void {
    const { buyLots, sellLots, instrumentBuyLots, instrumentSellLots, byStrategy } = this;
    for (const sums of [buyLots, sellLots, instrumentBuyLots, instrumentSellLots, byStrategy]) sums.fill(0);
    this.total = 0;
    for (const rows of this.rows) rows.splice(0);
    this.#counted.fill(-1);
    this.#asked.clear();
  }

  #grow(row: number): void {
    const grown = new Float64Array(Math.max(row + 1, this.#counted.length * 2)).fill(-1);
    grown.set(this.#counted);
    this.#counted = grown;
  }
}

/** Lots of an order, of which so many are left, that count. */
function claim(role: number, flags: number, left: number): number {
  if ((role !== ENTRY && role !== EXIT && role !== MANUAL) || flags & SIZE_AT_FILL) return 0;
  return left > 0 ? left : 0;
}
