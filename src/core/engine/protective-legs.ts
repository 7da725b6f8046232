import { type BracketPlan, stopTicks, targetTicks } from '../execution/brackets.ts';
import { FLAG, isTerminal, ROLE, STATUS, TYPE } from '../vocabulary/order.ts';
import { BracketBook } from './bracket-book.ts';
import type { OrderDesk } from './order-desk.ts';
import type { SessionState } from './session-state.ts';

/** Keeps the protective legs of positions, as the venue lets them rest. */
export interface Legs {
  /** A fill of order `row` has been booked in its slot. */
  filled(row: number, slot: number): void;
  /** What was asked of an order is settled. */
  settled(row: number, slot: number): void;
  /** A leg was canceled: true where what was asked in its stead is placed here, and not by the dispatch. */
  takesOver(row: number): boolean;
  /** An order that was `before` ended without filling whole. */
  forget(row: number, before: number): void;
  /** An order was replaced by another, as the venue cannot amend. */
  replaced(row: number, newer: number): void;
  /** Whether a leg that was rejected leaves its position without it. */
  isLost(row: number): boolean;
}

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
export class ProtectiveLegs implements Legs {
  readonly #s: SessionState;
  readonly #desk: OrderDesk;
  readonly #book: BracketBook;

  constructor(state: SessionState, desk: OrderDesk) {
    this.#s = state;
    this.#desk = desk;
    this.#book = new BracketBook(state, desk);
  }

  /** A fill of order `row` has been booked in its slot. */
  filled(row: number, slot: number): void {
    const { brackets, book, orders } = this.#s;
    const lots = book.positions.column.lots[slot]!;
    this.#book.revive(row);
    if (brackets.size > 0) {
      const role = orders.column.role[row]!;
      const plan = brackets.get(orders.column.group[row]!);
      if (role !== ROLE.entry && plan && orders.column.status[row] === STATUS.filled)
        this.#desk.cancel(orders.column.group[row]!);
      this.#share(slot, lots, row);
    }
    this.#clip(slot, lots, row);
  }

  /** What was asked of a leg is settled: where its entry has filled more in the meantime, it is placed or widened now. */
  settled(row: number, slot: number): void {
    const { book, orders } = this.#s;
    const plan = this.#book.planOf(row);
    if (!plan?.isOwed) return;
    plan.isOwed = false;
    this.#share(slot, book.positions.column.lots[slot]!, orders.column.group[row]!);
  }

  /** An order ended without filling whole. */
  forget(row: number, before: number): void {
    const { orders } = this.#s;
    const plan = this.#book.planOf(row);
    if (!plan) {
      if (orders.column.filledLots[row] === 0) this.#book.setAside(row);
      return;
    }
    if (plan.stopRow === row || plan.targetRow === row || plan.trailRow === row)
      plan.closedLots += this.#book.filled(row);
    const isWithdrawn = before === STATUS['cancel-pending'] && orders.column.status[row] === STATUS.canceled;
    if (isWithdrawn && (plan.stopRow === row || plan.trailRow === row)) plan.isStopDropped = true;
    if (plan.stopRow === row) plan.stopRow = -1;
    if (plan.targetRow === row) plan.targetRow = -1;
    if (plan.trailRow === row) plan.trailRow = -1;
  }

  /** An order was replaced by another, as the venue cannot amend. */
  replaced(row: number, newer: number): void {
    const { orders } = this.#s;
    const plan = this.#book.planOf(row);
    if (!plan) {
      // The replacement of an entry has a bracket of its own; that of the old one stays with what it has filled.
      if (orders.column.filledLots[row] === 0) this.#book.setAside(row);
      return;
    }
    if (plan.stopRow === row) plan.stopRow = newer;
    if (plan.targetRow === row) plan.targetRow = newer;
    if (plan.trailRow === row) plan.trailRow = newer;
  }

  takesOver(): boolean {
    return false;
  }

  isLost(): boolean {
    return true;
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
      const open = c.filledLots[entry]! - this.#book.closed(plan);
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
      else this.#book.setAside(entry);
    }
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
    const total = this.#book.filled(leg) + covered;
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
    if (row >= 0) plan.closedLots += this.#book.filled(row);
    if (role !== ROLE.target) plan.isStopDropped = false;
    const trail = role === ROLE.trail ? plan.trail : null;
    return this.#desk.leg(slot, side, role, type, ticks, lots, entry, trail, c.intent[entry]!);
  }

  /**
   * Whatever else may only reduce the position and is no part of a bracket: never more than there is. One that is worked goes on while there is
   * something: its children are looked at here, and reviewed when they are sent.
   */
  #clip(slot: number, lots: number, filled: number): void {
    const { brackets, orders } = this.#s;
    const c = orders.column;
    const open = this.#desk.rowsOf(slot);
    if (open.length === 0 || (open.length === 1 && open[0] === filled)) return;
    const held = Math.abs(lots);
    for (const row of [...open]) {
      if (row === filled || brackets.has(c.group[row]!) || (c.flags[row]! & FLAG.reduceOnly) === 0) continue;
      if (c.side[row]! > 0 === lots > 0) this.#set(row, 0, false);
      else if (c.flags[row]! & FLAG.worked) continue;
      else if (c.lots[row]! - c.filledLots[row]! > held) this.#set(row, held, false);
    }
  }
}
