import { columnToText, textToColumn } from './column-text.ts';
import { allocateColumns, type ColumnsOf } from './columns.ts';
import type { Approved, OrderDraft } from './order.ts';
import { STATUS, TIF, TYPE } from './order.ts';

const { submitted: SUBMITTED, held: HELD } = STATUS;
const { market: MARKET } = TYPE;
const { gtc: GTC } = TIF;

const COLUMNS = {
  strategy: Int16Array,
  instrument: Int16Array,
  side: Int8Array,
  type: Uint8Array,
  tif: Uint8Array,
  flags: Uint16Array,
  role: Uint8Array,
  status: Uint8Array,
  intent: Int32Array,
  parent: Int32Array,
  group: Int32Array,
  lots: Float64Array,
  budget: Float64Array,
  limitTicks: Float64Array,
  triggerTicks: Float64Array,
  /** The prices as placed: an order may be amended, a trailing stop moves, what was placed stays. */
  placedLimitTicks: Float64Array,
  placedTriggerTicks: Float64Array,
  trailTicks: Float64Array,
  trailFraction: Float64Array,
  expireAtMs: Float64Array,
  createdAtMs: Float64Array,
  filledLots: Float64Array,
  /** Sum of the fills' values in quanta of the settle asset; average price is derived from it. */
  filledValue: Float64Array,
  /** Sequence number of the event that placed the order: the cause of what follows from it. */
  placedSeq: Int32Array,
} as const;
type Columns = ColumnsOf<typeof COLUMNS>;

/** What rows that were not used yet hold: nothing that a market order by itself does not have, so that it need not be written. */
const BLANK: readonly (readonly [keyof Columns, number])[] = [
  ['type', MARKET],
  ['tif', GTC],
  ['parent', -1],
  ['group', -1],
  ['budget', 0],
  ['limitTicks', 0],
  ['triggerTicks', 0],
  ['placedLimitTicks', 0],
  ['placedTriggerTicks', 0],
  ['trailTicks', 0],
  ['trailFraction', 0],
  ['expireAtMs', 0],
];

/** Whether an order is a market order by itself: of no bracket and no group, without prices, budget or end. */
function isBare(d: OrderDraft): boolean {
  return (
    d.type === MARKET &&
    d.tif === GTC &&
    d.parent === -1 &&
    d.group === -1 &&
    d.budget === 0 &&
    d.limitTicks === 0 &&
    d.triggerTicks === 0 &&
    d.trailTicks === 0 &&
    d.trailFraction === 0 &&
    d.expireAtMs === 0
  );
}

export interface OrderTableSnapshot {
  readonly count: number;
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Every order of a session, one row each, in columns: nothing is allocated per order once the columns have grown. A row
 * number is the order's identity inside the process; its client order id is derived from it.
 */
export class OrderTable {
  count = 0;
  #capacity = 0;
  /** The last row that may have {@link BLANK} columns of its own; −1 for none. */
  #lastWithTerms = -1;
  column: Columns = allocateColumns(COLUMNS, 0);

  constructor(capacity = 1) {
    this.#grow(capacity);
  }

  /**
   * Takes an order that we did not send: the venue's liquidation, or one that a person placed there. It needs no approval because
   * it has already happened.
   */
  adopt(draft: OrderDraft, nowMs: number, placedSeq: number): number {
    return this.add(draft as Approved<OrderDraft>, nowMs, placedSeq);
  }

  /** Takes an approved draft as a new row in status `submitted` (or `held`, for a leg that waits for its parent). */
  add(draft: Approved<OrderDraft>, nowMs: number, placedSeq: number, held = false): number {
    const row = this.count++;
    if (row === this.#capacity) this.#grow(row * 2);
    const c = this.column;
    c.strategy[row] = draft.strategy;
    c.instrument[row] = draft.instrument;
    c.side[row] = draft.side;
    c.flags[row] = draft.flags;
    c.role[row] = draft.role;
    c.status[row] = held ? HELD : SUBMITTED;
    c.intent[row] = draft.intent;
    c.lots[row] = draft.lots;
    c.createdAtMs[row] = nowMs;
    c.filledLots[row] = 0;
    c.filledValue[row] = 0;
    c.placedSeq[row] = placedSeq;
    if (!isBare(draft)) this.#addTerms(row, draft);
    return row;
  }

  /** Whether an order is known to be a market order by itself, and was from the first: columns that only others have need no look. */
  isBare(row: number): boolean {
    return row > this.#lastWithTerms;
  }

  /** The columns, for who gives an order terms that a market order by itself does not have: its type, tif, group, budget or a price. */
  changing(row: number): Columns {
    if (row > this.#lastWithTerms) this.#lastWithTerms = row;
    return this.column;
  }

  /** Makes room for some orders more, so that none of them has to. */
  makeRoom(orders: number): void {
    if (this.count + orders > this.#capacity) this.#grow(Math.max(this.#capacity * 2, this.count + orders));
  }

  /** Everything that a market order by itself does not have: {@link BLANK}, in rows that were not used yet. */
  #addTerms(row: number, draft: OrderDraft): void {
    const c = this.changing(row);
    c.type[row] = draft.type;
    c.tif[row] = draft.tif;
    c.parent[row] = draft.parent;
    c.group[row] = draft.group;
    c.budget[row] = draft.budget;
    c.limitTicks[row] = draft.limitTicks;
    c.triggerTicks[row] = draft.triggerTicks;
    c.placedLimitTicks[row] = draft.limitTicks;
    c.placedTriggerTicks[row] = draft.triggerTicks;
    c.trailTicks[row] = draft.trailTicks;
    c.trailFraction[row] = draft.trailFraction;
    c.expireAtMs[row] = draft.expireAtMs;
  }

  /** All rows, by column. */
  snapshot(): OrderTableSnapshot {
    return {
      count: this.count,
      columns: Object.fromEntries(
        Object.entries(this.column).map(([name, column]) => [name, columnToText(column, this.count)]),
      ),
    };
  }

  /** Takes over a snapshot; columns that it does not have yet are 0. */
  restore(s: OrderTableSnapshot): void {
    this.count = s.count;
    if (s.count > this.#capacity) this.#grow(s.count * 2);
    for (const [name, column] of Object.entries(this.column)) {
      column.fill(0);
      column.set(textToColumn(s.columns[name] ?? ''));
    }
    this.#blank(s.count, this.#capacity);
    this.#lastWithTerms = s.count - 1;
  }

  /** Forgets all rows, keeping the memory: an engine is reset, not made anew. */
  clear(): void {
    this.#blank(0, this.#lastWithTerms + 1);
    this.#lastWithTerms = -1;
    this.count = 0;
  }

  #blank(from: number, to: number): void {
    for (const [name, value] of BLANK) this.column[name].fill(value, from, to);
  }

  #grow(capacity: number): void {
    const grown = allocateColumns(COLUMNS, capacity);
    for (const name of Object.keys(COLUMNS) as (keyof Columns)[]) grown[name].set(this.column[name] as never);
    this.column = grown;
    this.#blank(this.#capacity, capacity);
    this.#capacity = capacity;
  }
}
