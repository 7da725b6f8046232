import type { BracketPlan } from '../execution/brackets.ts';
import { isTerminal, STATUS } from '../vocabulary/order.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';

/** Lots of a position that one bracket is to protect. `key`: row of its entry, or that of {@link looseKey}. */
export interface Cover {
  readonly key: number;
  readonly plan: BracketPlan;
  readonly lots: number;
}

/** Key of a stop that belongs to no entry and protects what is left of a slot's position. */
export const looseKey = (slot: number): number => -2 - slot;

/** Which bracket belongs to which order, those of entries that have ended included, and how much of its entry each has closed. */
export class BracketBook {
  declare private readonly s: SessionState;
  declare private readonly desk: OrderDesk;

  constructor(state: SessionState, desk: OrderDesk) {
    this.s = state;
    this.desk = desk;
  }

  /** Whether a fill of order `row` may concern any bracket or any other order of its slot: if not, there is nothing to keep in step. */
  mayConcern(row: number, slot: number): boolean {
    const { brackets, endedBrackets } = this.s;
    // Mostly nothing is open any more: no need to look where.
    if (this.desk.open.total === 0) return brackets.size > 0 || endedBrackets.size > 0;
    const open = this.desk.rowsOf(slot);
    return brackets.size > 0 || endedBrackets.size > 0 || open.length > 1 || (open.length === 1 && open[0] !== row);
  }

  /** The bracket that a leg belongs to, whether or not its entry has ended. */
  planOf(leg: number): BracketPlan | undefined {
    const { brackets, endedBrackets, orders } = this.s;
    const entry = orders.column.group[leg]!;
    return brackets.get(entry) ?? endedBrackets.get(entry);
  }

  /** An entry has ended with less than its whole quantity: its bracket waits for fills that are told late. */
  setAside(entry: number): void {
    const { brackets, endedBrackets } = this.s;
    const plan = brackets.get(entry);
    if (!plan) return;
    brackets.delete(entry);
    endedBrackets.set(entry, plan);
  }

  /** An entry that had ended has filled after all: its bracket protects that. */
  revive(entry: number): void {
    const { brackets, endedBrackets } = this.s;
    const late = endedBrackets.size > 0 ? endedBrackets.get(entry) : undefined;
    if (!late) return;
    endedBrackets.delete(entry);
    brackets.set(entry, late);
  }

  /** Nothing of a bracket's entry is left to protect. */
  close(key: number): void {
    const { brackets, orders } = this.s;
    if (key >= 0 && !isTerminal(orders.column.status[key]!)) return;
    if (key < 0 || orders.column.status[key] === STATUS.filled) brackets.delete(key);
    else this.setAside(key);
  }

  /** Lots that a leg has filled, those of orders that it replaced included. */
  filled(leg: number): number {
    return leg < 0 ? 0 : this.s.orders.column.filledLots[leg]! + this.desk.dispatch.replacements.carried(leg);
  }

  /** What a bracket's legs have closed of their entry. */
  closed({ stopRow, trailRow, targetRow, closedLots }: BracketPlan): number {
    return closedLots + this.filled(stopRow) + this.filled(trailRow) + this.filled(targetRow);
  }

  /** Divides a slot's position over its brackets, the newest first; a stop of no entry takes what is left. */
  covers(slot: number, lots: number): Cover[] {
    const { brackets, orders, instruments } = this.s;
    const c = orders.column;
    const covers: Cover[] = [];
    let left = Math.abs(lots);
    const entries = [...brackets.keys()].filter(
      (key) => key >= 0 && c.strategy[key]! * instruments.length + c.instrument[key]! === slot,
    );
    for (const key of entries.sort((a, b) => b - a)) {
      const plan = brackets.get(key)!;
      const open = c.filledLots[key]! - this.closed(plan);
      const covered = c.side[key]! > 0 === lots > 0 ? Math.max(0, Math.min(open, left)) : 0;
      left -= covered;
      covers.push({ key, plan, lots: covered });
    }
    const loose = brackets.get(looseKey(slot));
    if (loose) covers.push({ key: looseKey(slot), plan: loose, lots: left });
    return covers;
  }

  /** Lots of a slot's position whose bracket has a stop, and which no stop protects: none that rests, waits, or is on its way. */
  naked(slot: number): number {
    const c = this.s.orders.column;
    const lots = this.s.book.positions.column.lots[slot]!;
    if (lots === 0) return 0;
    const open = (row: number): number =>
      row < 0 || isTerminal(c.status[row]!) ? 0 : c.lots[row]! - c.filledLots[row]!;
    let naked = 0;
    for (const { plan, lots: covered } of this.covers(slot, lots)) {
      if ((plan.stop === null && plan.trail === null) || plan.isStopDropped === true) continue;
      naked += Math.max(0, covered - Math.max(open(plan.stopRow), open(plan.trailRow)));
    }
    return naked;
  }
}
