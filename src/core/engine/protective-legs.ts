import { type BracketPlan, stopTicks, targetTicks } from '../execution/brackets.ts';
import { FLAG, isTerminal, ROLE, STATUS, TYPE } from '../vocabulary/order.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';

/**
 * Keeps protective legs in step with the position they protect: after every fill, the open lots of all legs of a slot on one level
 * are at most the position, and at most what their own entry still has in it. A position that shrinks by other orders gives up the
 * protection of its oldest entries first (first in, first out); one that is gone has none.
 *
 * A leg grows only when its own entry fills. Once one leg has filled whole, the bracket is over: its siblings and the rest of its
 * entry are withdrawn, so that nothing fills later without protection.
 *
 * Venues tell things late and out of order. The bracket of an entry that was canceled, expired or rejected is kept, and protects what
 * turns out to have filled before that. Once all reports are in, no entry has filled without its legs.
 */
export class ProtectiveLegs {
  readonly #s: SessionState;
  readonly #desk: OrderDesk;

  constructor(state: SessionState, desk: OrderDesk) {
    this.#s = state;
    this.#desk = desk;
  }

  /** Whether a fill of order `row` may change anything here: there is a bracket, or another open order in its slot. */
  mayConcern(row: number, slot: number): boolean {
    const { brackets, endedBrackets } = this.#s;
    const open = this.#desk.rowsOf(slot);
    return brackets.size > 0 || endedBrackets.size > 0 || open.length > 1 || (open.length === 1 && open[0] !== row);
  }

  /** A fill of order `row` has been booked in its slot. */
  filled(row: number, slot: number): void {
    const { brackets, endedBrackets, book, orders } = this.#s;
    const lots = book.positions.column.lots[slot]!;
    if (endedBrackets.size > 0) {
      const late = endedBrackets.get(row);
      if (late) {
        endedBrackets.delete(row);
        brackets.set(row, late);
      }
    }
    if (brackets.size > 0) {
      const role = orders.column.role[row]!;
      const plan = brackets.get(orders.column.group[row]!);
      if (role !== ROLE.entry && plan && orders.column.status[row] === STATUS.filled)
        this.#desk.cancel(orders.column.group[row]!);
      this.#share(slot, lots, row);
    }
    this.#clip(slot, lots, row);
  }

  /** The bracket that a leg belongs to, whether or not its entry has ended. */
  #planOf(leg: number): BracketPlan | undefined {
    const { brackets, endedBrackets, orders } = this.#s;
    const entry = orders.column.group[leg]!;
    return brackets.get(entry) ?? endedBrackets.get(entry);
  }

  /** An entry has ended with less than its whole quantity: its bracket waits for fills that are told late. */
  #setAside(entry: number): void {
    const { brackets, endedBrackets } = this.#s;
    const plan = brackets.get(entry);
    if (!plan) return;
    brackets.delete(entry);
    endedBrackets.set(entry, plan);
  }

  /** What was asked of a leg is settled: where its entry has filled more in the meantime, it is placed or widened now. */
  settled(row: number, slot: number): void {
    const { book, orders } = this.#s;
    const plan = this.#planOf(row);
    if (!plan?.isOwed) return;
    plan.isOwed = false;
    this.#share(slot, book.positions.column.lots[slot]!, orders.column.group[row]!);
  }

  /** An order ended without filling whole. */
  forget(row: number): void {
    const { orders } = this.#s;
    const plan = this.#planOf(row);
    if (!plan) {
      if (orders.column.filledLots[row] === 0) this.#setAside(row);
      return;
    }
    if (plan.stopRow === row || plan.targetRow === row || plan.trailRow === row) plan.closedLots += this.#filled(row);
    if (plan.stopRow === row) plan.stopRow = -1;
    if (plan.targetRow === row) plan.targetRow = -1;
    if (plan.trailRow === row) plan.trailRow = -1;
  }

  /** An order was replaced by another, as the venue cannot amend. */
  replaced(row: number, newer: number): void {
    const { orders } = this.#s;
    const plan = this.#planOf(row);
    if (!plan) {
      // The replacement of an entry has a bracket of its own; that of the old one stays with what it has filled.
      if (orders.column.filledLots[row] === 0) this.#setAside(row);
      return;
    }
    if (plan.stopRow === row) plan.stopRow = newer;
    if (plan.targetRow === row) plan.targetRow = newer;
    if (plan.trailRow === row) plan.trailRow = newer;
  }

  /** Lots that a leg has filled, those of orders that it replaced included. */
  #filled(leg: number): number {
    return leg < 0 ? 0 : this.#s.orders.column.filledLots[leg]! + this.#desk.dispatch.replacements.carried(leg);
  }

  /** Divides the position over the brackets of its slot, the newest first, and sets their legs accordingly. */
  #share(slot: number, lots: number, filled: number): void {
    const { brackets, orders, instruments } = this.#s;
    const c = orders.column;
    const entries: number[] = [];
    for (const entry of brackets.keys())
      if (c.strategy[entry]! * instruments.length + c.instrument[entry]! === slot) entries.push(entry);
    entries.sort((a, b) => b - a);
    let left = Math.abs(lots);
    for (const entry of entries) {
      const plan = brackets.get(entry)!;
      const open = c.filledLots[entry]! - this.#closed(plan);
      const covered = c.side[entry]! > 0 === lots > 0 ? Math.max(0, Math.min(open, left)) : 0;
      left -= covered;
      // What others have closed of it stays closed: a fill of an older entry must not count as a return of this one's lots.
      if (open > covered) plan.closedLots += open - covered;
      if (entry === filled && covered > 0) this.#place(entry, slot, plan, covered);
      for (const leg of [plan.stopRow, plan.trailRow, plan.targetRow]) {
        if (entry === filled && covered > 0 && this.#isWithdrawn(leg)) plan.isOwed = true;
        this.#set(leg, covered, entry === filled);
      }
      if (covered > 0 || !isTerminal(c.status[entry]!)) continue;
      if (c.status[entry] === STATUS.filled) brackets.delete(entry);
      else this.#setAside(entry);
    }
  }

  /** What a bracket's legs have closed of their entry. */
  #closed(plan: BracketPlan): number {
    const { stopRow, trailRow, targetRow, closedLots } = plan;
    return closedLots + this.#filled(stopRow) + this.#filled(trailRow) + this.#filled(targetRow);
  }

  /** Whether a leg is being canceled for good, so that it can neither be widened nor placed anew yet. */
  #isWithdrawn(leg: number): boolean {
    return (
      leg >= 0 &&
      this.#s.orders.column.status[leg] === STATUS['cancel-pending'] &&
      this.#desk.dispatch.replacements.asked(leg) === undefined
    );
  }

  /** Lets an open leg cover `covered` more lots than it has filled. */
  #set(leg: number, covered: number, mayGrow: boolean): void {
    if (leg < 0) return;
    const c = this.#s.orders.column;
    if (isTerminal(c.status[leg]!) || this.#isWithdrawn(leg)) return;
    const asked = this.#desk.dispatch.replacements.asked(leg);
    const total = this.#filled(leg) + covered;
    const whole = this.#desk.dispatch.wholeLots(leg);
    if (covered === 0) this.#desk.cancel(leg);
    else if (total < whole || (mayGrow && total > whole))
      this.#desk.amendTicks(
        leg,
        total,
        asked?.limitTicks ?? c.limitTicks[leg]!,
        asked?.triggerTicks ?? c.triggerTicks[leg]!,
      );
  }

  /** Places the legs that are not in the market, priced from the entry's average price at its first fill. */
  #place(entry: number, slot: number, plan: BracketPlan, lots: number): void {
    const c = this.#s.orders.column;
    const instrument = this.#s.instruments[c.instrument[entry]!]!;
    const side = c.side[entry]!;
    if (plan.entryPrice === 0) {
      const quantity = instrument.quantity(c.filledLots[entry]!) * instrument.contractSize;
      const value = instrument.money(c.filledValue[entry]!);
      plan.entryPrice = instrument.inverse ? quantity / value : value / quantity;
    }
    const atr = this.#desk.atrOf(slot);
    const price = plan.entryPrice;
    const stop = plan.stop ? stopTicks(plan.stop, side, price, instrument, atr) : 0;
    const trail = plan.trail ? stopTicks(plan.trail, side, price, instrument, atr) : 0;
    plan.stopRow = this.#leg(plan.stopRow, slot, -side, ROLE.stop, TYPE['stop-market'], stop, lots, entry, plan);
    plan.trailRow = this.#leg(plan.trailRow, slot, -side, ROLE.trail, TYPE['trailing-stop'], trail, lots, entry, plan);
    if (!plan.target) return;
    const target = targetTicks(plan.target, side, price, stop > 0 ? stop : trail, instrument, atr);
    plan.targetRow = this.#leg(plan.targetRow, slot, -side, ROLE.target, TYPE.limit, target, lots, entry, plan);
  }

  #leg(
    row: number,
    slot: number,
    side: number,
    role: number,
    type: number,
    ticks: number,
    lots: number,
    entry: number,
    plan: BracketPlan,
  ): number {
    const c = this.#s.orders.column;
    if (ticks <= 0 || (row >= 0 && !isTerminal(c.status[row]!))) return row;
    // One that has filled whole counts on as closed when another takes its place.
    if (row >= 0) plan.closedLots += this.#filled(row);
    const trail = role === ROLE.trail ? plan.trail : null;
    return this.#desk.leg(slot, side, role, type, ticks, lots, entry, trail, c.intent[entry]!);
  }

  /** Whatever else may only reduce the position and is no part of a bracket: never more than there is. */
  #clip(slot: number, lots: number, filled: number): void {
    const { brackets, orders } = this.#s;
    const c = orders.column;
    const open = this.#desk.rowsOf(slot);
    if (open.length === 0 || (open.length === 1 && open[0] === filled)) return;
    const held = Math.abs(lots);
    for (const row of [...open]) {
      if (row === filled || brackets.has(c.group[row]!) || (c.flags[row]! & FLAG.reduceOnly) === 0) continue;
      if (c.side[row]! > 0 === lots > 0) this.#set(row, 0, false);
      else if (c.lots[row]! - c.filledLots[row]! > held) this.#set(row, held, false);
    }
  }
}
