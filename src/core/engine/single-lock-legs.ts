import { type BracketPlan, lockOf, stopTicks, targetTicks } from '../execution/brackets.ts';
import { REQUEST } from '../execution/outbox.ts';
import { FLAG, isTerminal, type OrderDraft, ROLE, STATUS, TIF, TYPE } from '../vocabulary/order.ts';
import { BracketBook, looseKey } from './bracket-book.ts';
import type { OrderDesk } from './order-desk.ts';
import type { ExitGate } from './order-dispatch.ts';
import type { Legs } from './protective-legs.ts';
import type { SessionState } from './session-state.ts';

/**
 * Protective legs at venues where every order that sells locks what it would sell, as spot ones do: a stop and a target of one position do
 * not fit side by side, and no exit fits beside either.
 *
 * The stop comes first: it rests at the venue wherever the venue has stops. The target rests with it as one pair where the venue has
 * pairs, placed and withdrawn as one. Elsewhere, and once a pair was refused, the target is held here and watched at each instant.
 *
 * Everything follows from comparing what is with what should be, after each word about an order of the slot:
 *
 * - what rests covers the bracket's lots, or is withdrawn; once all of it has ended, legs are placed anew for what is left;
 * - an exit, or a held leg that has triggered, waits: the legs are withdrawn, their ends confirmed, then it is sent, and legs are placed
 *   anew for what it leaves. A held target is sent immediate-or-cancel at its limit, as it must not rest in the stop's place;
 * - the venue ends the stop of a pair when its target trades in part: the target is withdrawn, and both are placed for the rest;
 * - a stop that ended otherwise (refused, canceled by a person, expired) is not placed again here: its position is naked, and whoever
 *   guards the session decides. So it is with a trailing stop that was refused, unless it has a stop as well. A target that was refused, or that
 *   rested alone and ended otherwise, is gone: placed again it would be refused again, as fast as the venue answers.
 */
export class SingleLockLegs implements Legs, ExitGate {
  readonly #s: SessionState;
  readonly #desk: OrderDesk;
  readonly #book: BracketBook;
  #isArranging = false;
  #isStale = false;

  constructor(state: SessionState, desk: OrderDesk) {
    this.#s = state;
    this.#desk = desk;
    this.#book = new BracketBook(state, desk);
    desk.dispatch.exits = this;
  }

  filled(row: number, slot: number): void {
    const { brackets, orders } = this.#s;
    const c = orders.column;
    this.#book.revive(row);
    const plan = brackets.get(c.group[row]!);
    if (plan && c.role[row] !== ROLE.entry) {
      if (c.status[row] === STATUS.filled && c.group[row]! >= 0) this.#desk.cancel(c.group[row]!);
      else if (row === plan.targetRow && this.#isAtVenue(row)) {
        const lock = lockOf(plan);
        lock.hasTargetTraded = true;
        lock.isStopLost = false;
      }
    }
    this.#clip(slot, row);
    this.#arrange(slot);
  }

  settled(_row: number, slot: number): void {
    this.#arrange(slot);
  }

  /** A leg that was to be changed has ended: both legs are placed anew once the other has ended as well. */
  takesOver(row: number): boolean {
    const plan = this.#book.planOf(row);
    if (!plan || !isLegOf(plan, row)) return false;
    this.#remember(plan, row);
    return true;
  }

  forget(row: number, before: number): void {
    const c = this.#s.orders.column;
    const plan = this.#book.planOf(row);
    if (!plan || !isLegOf(plan, row)) {
      if (!plan && c.filledLots[row] === 0) this.#book.setAside(row);
      return;
    }
    this.#remember(plan, row);
    plan.closedLots += this.#book.filled(row);
    const lock = lockOf(plan);
    const isAsked =
      before === STATUS['cancel-pending'] || (before === STATUS.held && c.status[row] === STATUS.canceled);
    const wasSent = before === STATUS.submitted || before === STATUS.unknown;
    const isRejected = c.status[row] === STATUS.rejected;
    const isRefused = isRejected && wasSent;
    if (row === plan.trailRow) {
      plan.trailRow = -1;
      if (isRejected) {
        if (plan.stop !== null && plan.isStopDropped !== true) lock.isTrailDropped = true;
        else lock.isStopLost = true;
      } else if (isAsked && !lock.isChanging) {
        lock.isTrailDropped = true;
        plan.isStopDropped ||= plan.stop === null;
      }
      return;
    }
    const isStop = row === plan.stopRow;
    const other = isStop ? plan.targetRow : plan.stopRow;
    if (isStop) plan.stopRow = -1;
    else plan.targetRow = -1;
    // Of a pair of which one leg is canceled, the other ends with it.
    const isTaken =
      lock.isPair && (lock.isTargetDropped || (other >= 0 && c.status[other] === STATUS['cancel-pending']));
    if (lock.isPair && isRefused) lock.isPairRefused = true;
    else if (isAsked) {
      // Its strategy has withdrawn it, for good.
      if (isStop) plan.isStopDropped ||= !lock.isChanging;
      else lock.isTargetDropped ||= !lock.isChanging;
    } else if (!isStop) {
      const isAlone = !lock.isPair && !lock.isChanging && (c.flags[row]! & FLAG.emulated) === 0;
      lock.isTargetDropped ||= isRejected || isAlone;
    } else if (!isTaken && !lock.isChanging && !lock.hasTargetTraded) lock.isStopLost = true;
  }

  replaced(row: number, _newer: number): void {
    // The replacement of an entry has a bracket of its own; that of the old one stays with what it has filled.
    if (this.#s.orders.column.filledLots[row] === 0) this.#book.setAside(row);
  }

  isLost(row: number): boolean {
    if (this.#s.orders.column.role[row] === ROLE.target) return false;
    return this.#book.planOf(row)?.lock?.isStopLost ?? true;
  }

  // What an exit asks.

  isExit(d: OrderDraft, slot: number): boolean {
    const isLeg = d.role === ROLE.stop || d.role === ROLE.target || d.role === ROLE.trail;
    return !isLeg && (d.flags & FLAG.worked) === 0 && d.side * this.#lots(slot) < 0;
  }

  hasLegs(slot: number): boolean {
    return this.#desk.rowsOf(slot).some((row) => this.#isLegAtVenue(row));
  }

  claim(row: number): boolean {
    const c = this.#s.orders.column;
    const slot = c.strategy[row]! * this.#s.instruments.length + c.instrument[row]!;
    if (c.side[row]! * this.#lots(slot) >= 0) return false;
    c.flags[row]! |= FLAG.claimsHolding;
    this.#arrange(slot);
    return true;
  }

  moveStop(slot: number, ticks: number): void {
    const c = this.#s.orders.column;
    const lots = this.#lots(slot);
    const covers = this.#book.covers(slot, lots).filter(({ plan }) => plan.stop !== null);
    for (const { plan } of covers) {
      const lock = lockOf(plan);
      lock.isStopLost = false;
      plan.isStopDropped = false;
      const row = plan.stopRow;
      const isAsked = row >= 0 && this.#desk.dispatch.replacements.asked(row) !== undefined;
      const rests = this.#isAlive(row) && (isAsked || c.status[row] !== STATUS['cancel-pending']);
      if (rests && (isAsked || c.triggerTicks[row] !== ticks)) this.#desk.amendTicks(row, c.lots[row]!, 0, ticks);
      // One that is being placed anew comes back at this price.
      else lock.stopTicks = ticks;
    }
    if (covers.length === 0) this.#s.brackets.set(looseKey(slot), this.#loose(slot, ticks));
    this.#arrange(slot);
  }

  /** A stop that belongs to no entry: it covers the whole position, however that grows. */
  #loose(slot: number, ticks: number): BracketPlan {
    const price = this.#s.instruments[this.#s.instrumentOf[slot]!]!.price(ticks);
    const plan: BracketPlan = {
      ...{ stop: { price }, target: null, trail: null, stopRow: -1, targetRow: -1, trailRow: -1 },
      ...{ entryPrice: price, closedLots: 0, isOwed: false },
    };
    lockOf(plan).stopTicks = ticks;
    return plan;
  }

  #arrange(slot: number): void {
    this.#isStale = true;
    // What is canceled here is answered here, in the middle of it.
    if (this.#isArranging) return;
    this.#isArranging = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        this.#compare(slot);
      }
    } finally {
      this.#isArranging = false;
    }
  }

  #compare(slot: number): void {
    const lots = this.#lots(slot);
    const isClaimed = this.#desk.rowsOf(slot).some((row) => this.#claims(row));
    for (const { key, plan, lots: covered } of this.#book.covers(slot, lots)) {
      const legs = [plan.stopRow, plan.trailRow, plan.targetRow].filter((row) => this.#isAlive(row));
      const resting = legs.filter((row) => this.#isAtVenue(row));
      if (key >= 0) this.#noteClosed(key, plan, covered);
      if (covered === 0) {
        if (legs.length > 0) this.#withdraw(plan, legs);
        this.#book.close(key);
        continue;
      }
      if (isClaimed) this.#withdraw(plan, resting);
      else if (resting.length === 0) this.#place(key, plan, slot, covered);
      else if (!this.#isInDoubt(plan, resting) && !this.#fits(plan, resting, covered)) this.#withdraw(plan, resting);
      this.#resize(plan, covered);
    }
    if (isClaimed && !this.hasLegs(slot)) this.#release(slot, lots);
  }

  /** What others have closed of an entry stays closed: a fill of an older entry must not count as a return of this one's lots. */
  #noteClosed(entry: number, plan: BracketPlan, covered: number): void {
    const open = this.#s.orders.column.filledLots[entry]! - this.#book.closed(plan);
    if (open > covered) plan.closedLots += open - covered;
  }

  /** Whether what rests is about to end anyway: it is being canceled, or is the other leg of a pair that was refused. */
  #isInDoubt(plan: BracketPlan, rows: readonly number[]): boolean {
    const lock = lockOf(plan);
    if (lock.isPair && lock.isPairRefused) return true;
    return rows.some((row) => this.#s.orders.column.status[row] === STATUS['cancel-pending']);
  }

  /** Whether what rests is what should: each leg for all that is covered, and no target without its stop. */
  #fits(plan: BracketPlan, resting: readonly number[], covered: number): boolean {
    const wantsStop = plan.stop !== null && plan.isStopDropped !== true;
    return (!wantsStop || this.#isAlive(plan.stopRow)) && resting.every((row) => this.#openLots(row) === covered);
  }

  #withdraw(plan: BracketPlan, rows: readonly number[]): void {
    for (const row of rows) this.#remember(plan, row);
    if (rows.length > 0) lockOf(plan).isChanging = true;
    for (const row of rows) this.#desk.cancel(row);
  }

  /** Lets legs that are held here cover as much as they should. */
  #resize(plan: BracketPlan, covered: number): void {
    const c = this.#s.orders.column;
    for (const row of [plan.stopRow, plan.trailRow, plan.targetRow])
      if (this.#isAlive(row) && c.status[row] === STATUS.held && this.#openLots(row) !== covered)
        this.#desk.amendTicks(row, covered, c.limitTicks[row]!, c.triggerTicks[row]!);
  }

  #place(key: number, plan: BracketPlan, slot: number, covered: number): void {
    const lock = lockOf(plan);
    lock.isChanging = false;
    lock.hasTargetTraded = false;
    lock.isPair = false;
    if (lock.isStopLost) return;
    const wantsStop = plan.stop !== null && plan.isStopDropped !== true;
    if (wantsStop && !this.#isAlive(plan.stopRow)) {
      this.#price(key, plan, slot);
      plan.stopRow = this.#leg(key, plan, slot, ROLE.stop, lock.stopTicks, covered, false);
      lock.isStopLost = plan.stopRow < 0;
      if (lock.isStopLost) return;
    }
    if (plan.trail !== null && lock.isTrailDropped !== true && !this.#isAlive(plan.trailRow)) {
      this.#price(key, plan, slot);
      plan.trailRow = this.#leg(key, plan, slot, ROLE.trail, lock.trailTicks, covered, false);
    }
    if (plan.target === null || lock.isTargetDropped || this.#isAlive(plan.targetRow)) return;
    this.#price(key, plan, slot);
    const isPair =
      wantsStop && this.#isAtVenue(plan.stopRow) && this.#s.capabilities.legs === 'paired' && !lock.isPairRefused;
    plan.targetRow = this.#leg(key, plan, slot, ROLE.target, lock.targetTicks, covered, wantsStop && !isPair);
    lock.isTargetDropped = plan.targetRow < 0;
    lock.isPair = isPair && plan.targetRow >= 0;
  }

  /** Prices legs from the entry's average price at its first fill; those that were placed before keep theirs. */
  #price(key: number, plan: BracketPlan, slot: number): void {
    const lock = lockOf(plan);
    if (key < 0 || plan.entryPrice > 0) return;
    const c = this.#s.orders.column;
    const instrument = this.#s.instruments[c.instrument[key]!]!;
    const side = c.side[key]!;
    const quantity = instrument.quantity(c.filledLots[key]!) * instrument.contractSize;
    const value = instrument.money(c.filledValue[key]!);
    const price = instrument.inverse ? quantity / value : value / quantity;
    plan.entryPrice = price;
    const atr = this.#desk.atrOf(slot);
    if (plan.stop) lock.stopTicks = stopTicks(plan.stop, side, price, instrument, atr);
    if (plan.trail) lock.trailTicks = stopTicks(plan.trail, side, price, instrument, atr);
    if (plan.target)
      lock.targetTicks = targetTicks(plan.target, side, price, lock.stopTicks || lock.trailTicks, instrument, atr);
  }

  #leg(
    key: number,
    plan: BracketPlan,
    slot: number,
    role: number,
    ticks: number,
    lots: number,
    isHeld: boolean,
  ): number {
    const c = this.#s.orders.column;
    if (ticks <= 0) return -1;
    const before = role === ROLE.stop ? plan.stopRow : role === ROLE.trail ? plan.trailRow : plan.targetRow;
    // One that has filled whole counts on as closed when another takes its place.
    if (before >= 0) plan.closedLots += this.#book.filled(before);
    const type = role === ROLE.stop ? TYPE['stop-market'] : role === ROLE.trail ? TYPE['trailing-stop'] : TYPE.limit;
    const intent = key >= 0 ? c.intent[key]! : this.#desk.standingIntent(slot);
    const trail = role === ROLE.trail ? plan.trail : null;
    const side = this.#lots(slot) > 0 ? -1 : 1;
    return this.#desk.leg(slot, side, role, type, ticks, lots, key, trail, intent, isHeld);
  }

  /** Exits go once nothing is locked any more: no more of them than there is to close. */
  #release(slot: number, lots: number): void {
    const c = this.#s.orders.column;
    const rows = this.#desk.rowsOf(slot).filter((row) => this.#claims(row));
    let left = Math.abs(lots);
    const waiting = rows.filter((row) => c.status[row] === STATUS.held);
    for (const row of rows) if (c.status[row] !== STATUS.held) left -= this.#openLots(row);
    const isAlone = waiting.length === rows.length;
    for (const row of waiting) {
      if (c.side[row]! * lots >= 0 || (isAlone && left === 0)) {
        this.#desk.cancel(row);
        continue;
      }
      // What others are about to sell may come back.
      if (!isAlone && c.lots[row]! > left) continue;
      c.lots[row] = Math.min(c.lots[row]!, left);
      left -= c.lots[row]!;
      if ((c.flags[row]! & FLAG.emulated) !== 0) this.#makeImmediate(row);
      c.status[row] = STATUS.submitted;
      this.#s.outbox.push(REQUEST.place, row);
    }
  }

  /** An order at the venue would lock what the stop needs: it fills now, or ends. */
  #makeImmediate(row: number): void {
    const c = this.#s.orders.changing(row);
    if (c.limitTicks[row] === 0) return;
    c.flags[row]! &= ~FLAG.postOnly;
    if (this.#s.capabilities.timesInForce.includes('ioc')) c.tif[row] = TIF.ioc;
    else c.limitTicks[row] = 0;
  }

  /** Orders of a slot that may only reduce and are no legs: never more than there is. Of what is worked, the children are; what waits is cut when it is sent. */
  #clip(slot: number, filled: number): void {
    const c = this.#s.orders.column;
    const lots = this.#lots(slot);
    for (const row of [...this.#desk.rowsOf(slot)]) {
      const isBound = (c.flags[row]! & FLAG.reduceOnly) !== 0 && !(this.#claims(row) && c.status[row] === STATUS.held);
      if (row === filled || !isBound || this.#s.brackets.has(c.group[row]!)) continue;
      if (c.side[row]! * lots >= 0) this.#desk.cancel(row);
      else if (c.flags[row]! & FLAG.worked) continue;
      else if (this.#openLots(row) > Math.abs(lots))
        this.#desk.amendTicks(row, this.#book.filled(row) + Math.abs(lots), c.limitTicks[row]!, c.triggerTicks[row]!);
    }
  }

  /** Keeps the prices of a leg for the one that comes after it: as last asked for, else as they are. */
  #remember(plan: BracketPlan, row: number): void {
    const { replacements } = this.#desk.dispatch;
    const c = this.#s.orders.column;
    const lock = lockOf(plan);
    const asked = replacements.asked(row);
    if (asked) {
      lock.isChanging = true;
      replacements.forget(row);
    } else if (lock.isChanging && (c.flags[row]! & FLAG.emulated) === 0) return;
    const trigger = asked?.triggerTicks ?? c.triggerTicks[row]!;
    if (row === plan.stopRow) lock.stopTicks = trigger;
    else if (row === plan.trailRow) lock.trailTicks = trigger;
    else if (row === plan.targetRow) lock.targetTicks = (asked?.limitTicks ?? c.limitTicks[row]!) || lock.targetTicks;
  }

  #lots(slot: number): number {
    return this.#s.book.positions.column.lots[slot]!;
  }

  #openLots(row: number): number {
    const c = this.#s.orders.column;
    return c.lots[row]! - c.filledLots[row]!;
  }

  #isAlive(row: number): boolean {
    return row >= 0 && !isTerminal(this.#s.orders.column.status[row]!);
  }

  /** Whether a leg locks something at the venue, or may. */
  #isAtVenue(row: number): boolean {
    return this.#isAlive(row) && this.#s.orders.column.status[row] !== STATUS.held && !this.#claims(row);
  }

  #isLegAtVenue(row: number): boolean {
    const role = this.#s.orders.column.role[row]!;
    return (role === ROLE.stop || role === ROLE.target || role === ROLE.trail) && this.#isAtVenue(row);
  }

  #claims(row: number): boolean {
    return (this.#s.orders.column.flags[row]! & FLAG.claimsHolding) !== 0;
  }
}

const isLegOf = (plan: BracketPlan, row: number): boolean =>
  row === plan.stopRow || row === plan.targetRow || row === plan.trailRow;
