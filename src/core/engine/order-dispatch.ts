import { type BracketPlan, bracketPlan } from '../execution/brackets.ts';
import { type Placing, placingOf, typeBits } from '../execution/capabilities.ts';
import { blankDraft, isImmediate } from '../execution/draft-order.ts';
import { REQUEST } from '../execution/outbox.ts';
import type { Risk } from '../risk/review.ts';
import type { RiskView } from '../risk/view.ts';
import { TRADING_STATES } from '../vocabulary/commands.ts';
import { EVENT } from '../vocabulary/events.ts';
import { FLAG, isTerminal, OrderDraft, STATUS, TIF, TYPE } from '../vocabulary/order.ts';
import { REFUSAL, REFUSALS } from '../vocabulary/refusal.ts';
import { REPORT } from '../vocabulary/report.ts';
import { HeldOrders } from './held-orders.ts';
import type { OpenOrders } from './open-orders.ts';
import { amendMistake, isNoMore, type Replacement, Replacements } from './replacements.ts';
import type { RiskPicture } from './risk-picture.ts';
import type { SessionState } from './session-state.ts';

const HALTED = TRADING_STATES.indexOf('halted');
const { market: MARKET } = TYPE;
const { gtc: GTC } = TIF;
const { emulated: EMULATED, worked: WORKED, postOnly: POST_ONLY } = FLAG;
const { place: PLACE } = REQUEST;
const { 'order-placed': ORDER_PLACED } = EVENT;
/** Flags of an order that may only reduce; without the second, its sender has asked for it. */
const BOUND = FLAG.reduceOnly | FLAG.boundHere;
/** Orders with any of these are not bound to reduce here: they are already, or are no order to be filled by themselves. */
const NOT_BOUND_HERE = WORKED | FLAG.sizeAtFill | FLAG.reduceOnly;

/** A row of the order table, or of a refused order −1 − its number in the list of refusals; NaN where nothing was to be done. */
export type OrderNumber = number;

/** Decides how exits leave where legs of a bracket lock what they would sell (`single-lock-legs.ts`). */
export interface ExitGate {
  /** Whether an order would sell what legs of its slot may have locked. */
  isExit(d: OrderDraft, slot: number): boolean;
  /** Whether legs of a slot rest at the venue. */
  hasLegs(slot: number): boolean;
  /** Lets an order that is held be sent once the legs of its slot are withdrawn; false where it sells nothing of a position. */
  claim(row: number): boolean;
  /** Moves the stop of a slot's position, or gives it one. */
  moveStop(slot: number, ticks: number): void;
}

/**
 * Sends what was decided: asks risk, opens a row, and puts a request into the outbox, or keeps the order here where the venue cannot
 * hold it (`execution/capabilities.ts`).
 */
export class OrderDispatch {
  declare private readonly s: SessionState;
  declare private readonly risk: Risk;
  declare private readonly open: OpenOrders;
  declare private readonly picture: RiskPicture;
  /** Ticks of the stop that came with an entry, by order row. */
  readonly stops: Map<number, number>;
  declare readonly held: HeldOrders;
  readonly replacements = new Replacements();
  /** Lots last asked for by amendments that the venue has not answered, and how many those are, by order row. */
  readonly amending = new Map<number, { lots: number; count: number }>();
  /** Code of every refused order, in order. */
  readonly refusals: number[] = [];
  readonly refusalCounts = new Int32Array(REFUSALS.length);
  declare private readonly typeBits: number;
  declare private readonly keepsGtd: boolean;
  /** What becomes of market orders without any extra. */
  declare private readonly plain: Placing;
  readonly #draft = new OrderDraft();
  /** Set where legs lock what exits sell; null where they do not. */
  exits: ExitGate | null = null;
  /** Sees every draft before its review, and what the review sees, without a say in it; for who asks why. */
  witness: ((draft: OrderDraft, view: RiskView) => void) | null = null;
  /** Takes an answer that is given here, in the venue's place; set by the engine. */
  answer: (kind: number, row: number) => void = () => {};

  constructor(state: SessionState, risk: Risk, open: OpenOrders, picture: RiskPicture, stops: Map<number, number>) {
    this.s = state;
    this.typeBits = typeBits(state.capabilities);
    this.plain = placingOf(state.capabilities, this.#draft, this.typeBits);
    this.keepsGtd = state.capabilities.timesInForce.includes('gtd');
    this.risk = risk;
    this.open = open;
    this.picture = picture;
    this.stops = stops;
    this.held = new HeldOrders(
      state,
      (kind, row) => this.answer(kind, row),
      (row) => this.cancel(row),
      (row) => this.#release(row),
      (row) => this.#mayLeave(row),
    );
  }

  /**
   * Has a draft reviewed, the risk picture being filled in, and sends it. `native`: it is a leg of a bracket, which the venue keeps with
   * its entry where it can. `cause`: the event that it follows from, its intent's signal by default.
   */
  submit(d: OrderDraft, slot: number, native: boolean, plan: BracketPlan | null, cause = -1): OrderNumber {
    const s = this.s;
    const isExit = this.exits?.isExit(d, slot) === true;
    // A leg that the venue has no room for, or an exit that would rest where a stop does.
    const isKept = (d.flags & EMULATED) !== 0 || (isExit && !isImmediate(d) && this.exits!.hasLegs(slot));
    const placing = isKept ? 'emulated' : this.#placing(d);
    if (placing === 'unsupported')
      return this.refuse(slot, REFUSAL['order-type-unsupported'], d.intent, d.side, d.lots, cause);
    if (this.witness !== null) this.witness(d, this.picture.view);
    const order = this.risk.review(d, this.picture.view);
    if (order === null) return this.refuse(slot, this.risk.refusal, d.intent, d.side, d.lots, cause);
    const worked = (d.flags & WORKED) !== 0;
    if (this.#mustOnlyReduce(d)) d.flags |= BOUND;
    const held = placing === 'emulated' || worked || (isExit && isImmediate(d));
    if (placing === 'emulated') d.flags |= FLAG.emulated;
    const endsAtMs = d.expireAtMs;
    const keepsTime = endsAtMs > 0 && !worked && (held || !this.keepsGtd);
    if (keepsTime) {
      d.tif = TIF.gtc;
      d.expireAtMs = 0;
    }
    const what = ORDER_PLACED | s.sourceOf[slot]!;
    const from = cause >= 0 ? cause : s.intents.seq(d.intent);
    const seq = s.log.write(what, s.clock[0]!, from, s.input, s.orders.count, d.lots);
    const row = s.orders.add(order, s.clock[0]!, seq, held);
    if (!worked) this.risk.placed(d, s.clock[0]!);
    this.open.placed(row, slot);
    if (d.stopTicks > 0 && (plan !== null || worked)) this.stops.set(row, d.stopTicks);
    if (plan !== null) s.brackets.set(row, plan);
    if (keepsTime) this.held.endAt(row, endsAtMs);
    if (!held) s.outbox.push(native && s.capabilities.bracket ? REQUEST.placeNative : PLACE, row);
    else if (placing === 'emulated') this.held.hold(row);
    else if (!worked) this.exits!.claim(row);
    return row;
  }

  /**
   * What passed because it only reduces must not do anything else: should a stop or target that rests take the position first, it would open
   * another one, which nobody has looked at. Where the venue knows no such orders, it is cut or withdrawn as soon as the position has shrunk.
   */
  #mustOnlyReduce(d: OrderDraft): boolean {
    return (
      this.risk.state.openingLots === 0 &&
      d.parent < 0 &&
      (d.flags & NOT_BOUND_HERE) === 0 &&
      this.picture.view.strategyLegLots > 0
    );
  }

  #placing(d: OrderDraft): Placing {
    const isPlain = d.type === MARKET && d.tif === GTC && (d.flags & POST_ONLY) === 0;
    return isPlain ? this.plain : placingOf(this.s.capabilities, d, this.typeBits);
  }

  /**
   * Whether an order that has triggered here may be sent by the states and limits of now: what may only reduce always, but for a halt; another
   * is reviewed once more, and a refusal logged.
   */
  #mayLeave(row: number): boolean {
    const bound = this.s.orders.column.flags[row]! & BOUND;
    if (this.#isHalted(row)) return bound === FLAG.reduceOnly;
    if (bound !== 0) return true;
    const c = this.s.orders.column;
    const d = this.#draftOf(row, c.lots[row]!, c.limitTicks[row]!, c.triggerTicks[row]!);
    this.picture.fillWithout(row);
    const { view } = this.picture;
    view.isCounted = true;
    const passes = this.risk.review(d, view) !== null;
    view.isCounted = false;
    if (!passes) this.refuse(this.#slotOf(row), this.risk.refusal, d.intent, d.side, d.lots);
    return passes;
  }

  /** Sends an order that was held until its trigger. */
  #release(row: number): void {
    if (this.exits?.claim(row) === true) return;
    this.s.orders.column.status[row] = STATUS.submitted;
    this.s.outbox.push(REQUEST.place, row);
  }

  refuse(slot: number, code: number, intent: number, side: number, lots: number, cause = -1): OrderNumber {
    const s = this.s;
    this.refusals.push(code);
    this.refusalCounts[code]!++;
    s.log.append(
      EVENT['order-refused'],
      s.clock[0]!,
      cause >= 0 ? cause : s.intents.seq(intent),
      s.input,
      s.strategyOf[slot]!,
      s.instrumentOf[slot]!,
      intent,
      code,
      side * lots,
    );
    return -this.refusals.length;
  }

  /** Asks the venue to cancel; does nothing for an order that has ended or is being canceled. */
  cancel(order: number): void {
    const row = this.replacements.latest(order);
    const status = this.s.orders.column.status;
    this.replacements.forget(row);
    if (!this.amending.has(row)) this.open.settle(row);
    if (isTerminal(status[row]!) || status[row] === STATUS['cancel-pending']) return;
    if (status[row] === STATUS.held) {
      this.answer(REPORT.canceled, row);
      return;
    }
    status[row] = STATUS['cancel-pending'];
    this.s.outbox.push(REQUEST.cancel, row);
  }

  /**
   * Asks for another price (the limit, or the trigger where there is no limit) and quantity (the whole, what has filled included), rounded
   * as at entry. Orders that have ended stay as they are. Refused are those that are worked by children and the children themselves, which would
   * fill more than the whole, and those of which nothing would be left: whoever wants that cancels, and a slip of the pen must not.
   */
  amend(order: number, price: number | null, qty: number | null): void {
    const row = this.replacements.latest(order);
    const c = this.s.orders.column;
    if (isTerminal(c.status[row]!)) return;
    const instrument = this.s.instruments[c.instrument[row]!]!;
    const filled = this.replacements.carried(row) + c.filledLots[row]!;
    const refusal = this.#isHalted(row)
      ? REFUSAL['trading-halted']
      : (c.flags[row]! | (c.parent[row]! < 0 ? (c.flags[c.group[row]!] ?? 0) : 0)) & WORKED
        ? REFUSAL['order-worked']
        : amendMistake(c.side[row]!, filled, instrument, price, qty);
    if (refusal !== 0) {
      this.refuse(this.#slotOf(row), refusal, c.intent[row]!, c.side[row]!, this.wholeLots(row));
      return;
    }
    const before = this.#asked(row);
    const ticks = price === null ? 0 : instrument.ticks(price, c.side[row]! > 0 ? 'floor' : 'ceil');
    const byLimit = before.limitTicks > 0;
    const wanted: Replacement = {
      lots: qty === null ? before.lots : Math.min(instrument.lots(qty, 'floor'), this.#mostLots(row)),
      limitTicks: byLimit && ticks > 0 ? ticks : before.limitTicks,
      triggerTicks: !byLimit && ticks > 0 ? ticks : before.triggerTicks,
    };
    const wasBoundHere = (c.flags[row]! & FLAG.boundHere) !== 0;
    if (!this.#mayBecome(row, wanted, isNoMore(c.side[row]!, wanted, before))) return;
    // A venue has it as one that may only reduce, and would cut what is to be more.
    const isLoose = wasBoundHere && (c.flags[row]! & FLAG.boundHere) === 0;
    if (isLoose && this.s.capabilities.reduceOnly && c.status[row] !== STATUS.held) this.#replaceBy(row, wanted);
    else this.amendTicks(row, wanted.lots, wanted.limitTicks, wanted.triggerTicks);
  }

  /** What an order is, or is to become by what was asked of it last. */
  #asked(row: number): Replacement {
    const c = this.s.orders.column;
    const { limitTicks, triggerTicks } = this.replacements.asked(row) ?? {
      limitTicks: c.limitTicks[row]!,
      triggerTicks: c.triggerTicks[row]!,
    };
    return { lots: this.wholeLots(row), limitTicks, triggerTicks };
  }

  #isHalted(row: number): boolean {
    const { strategy, instrument } = this.s.orders.column;
    return this.risk.state.states.strictest(strategy[row]!, instrument[row]!) >= HALTED;
  }

  #slotOf(row: number): number {
    const { strategy, instrument } = this.s.orders.column;
    return strategy[row]! * this.s.instruments.length + instrument[row]!;
  }

  /** What an order may become, its fills included: one that its sender has bound to reduce, never more than there is to reduce. */
  #mostLots(row: number): number {
    const s = this.s;
    const c = s.orders.column;
    if ((c.flags[row]! & BOUND) !== FLAG.reduceOnly) return Number.POSITIVE_INFINITY;
    const held = s.book.positions.column.lots[this.#slotOf(row)]!;
    return this.replacements.carried(row) + c.filledLots[row]! + Math.max(0, -c.side[row]! * held);
  }

  /**
   * Whether risk lets an order become this, reviewed as if it were not there yet; a refusal is logged. One that was bound to reduce here, and
   * may open something now, is bound no more. `isLess`: it adds nothing to what it was, so that no limit may hold it up.
   */
  #mayBecome(row: number, wanted: Replacement, isLess: boolean): boolean {
    const c = this.s.orders.column;
    const filled = this.replacements.carried(row) + c.filledLots[row]!;
    if ((c.flags[row]! & BOUND) === FLAG.reduceOnly || wanted.lots <= filled) return true;
    const d = this.#draftOf(row, wanted.lots - filled, wanted.limitTicks, wanted.triggerTicks);
    this.picture.fillWithout(row);
    const { view } = this.picture;
    view.addsNothing = isLess;
    const passes = this.risk.review(d, view) !== null;
    view.addsNothing = false;
    if (!passes) this.refuse(this.#slotOf(row), this.risk.refusal, d.intent, d.side, d.lots);
    else if (!isLess && this.risk.state.openingLots > 0) c.flags[row]! &= ~BOUND;
    return passes;
  }

  /** An order as risk would be asked for it now. */
  #draftOf(row: number, lots: number, limitTicks: number, triggerTicks: number): OrderDraft {
    const c = this.s.orders.column;
    const d = this.#draft;
    blankDraft(d, c.strategy[row]!, c.instrument[row]!, c.side[row]!, c.intent[row]!);
    d.type = c.type[row]!;
    d.tif = c.tif[row]!;
    d.flags = c.flags[row]! & FLAG.boundHere ? c.flags[row]! & ~BOUND : c.flags[row]!;
    d.role = c.role[row]!;
    d.lots = lots;
    d.limitTicks = limitTicks;
    d.triggerTicks = triggerTicks;
    d.trailTicks = c.trailTicks[row]!;
    d.trailFraction = c.trailFraction[row]!;
    d.stopTicks = this.stops.get(row) ?? 0;
    return d;
  }

  /** {@link amend} in lots and ticks. */
  amendTicks(row: number, lots: number, limitTicks: number, triggerTicks: number): void {
    const s = this.s;
    const c = s.orders.changing(row);
    if (c.status[row] === STATUS.held) {
      c.lots[row] = lots - this.replacements.carried(row);
      c.limitTicks[row] = limitTicks;
      c.triggerTicks[row] = triggerTicks;
      this.answer(REPORT.amended, row);
    } else if (s.capabilities.amend && this.replacements.asked(row) === undefined) {
      this.amending.set(row, { lots, count: (this.amending.get(row)?.count ?? 0) + 1 });
      s.outbox.pushAmend(row, lots, limitTicks, triggerTicks);
      this.open.ask(row, lots);
    } else this.#replaceBy(row, { lots, limitTicks, triggerTicks });
  }

  /** Asks the venue to cancel, and for another once it has; does nothing for an order that is being canceled for good. */
  #replaceBy(row: number, wanted: Replacement): void {
    const status = this.s.orders.column.status[row]!;
    if (status === STATUS['cancel-pending'] && this.replacements.asked(row) === undefined) return;
    this.cancel(row);
    this.replacements.ask(row, wanted);
    this.open.ask(row, wanted.lots - this.replacements.carried(row));
  }

  /** The venue has answered a request about an order, or the order has ended. */
  answered(row: number, hasEnded: boolean): void {
    const pending = this.amending.get(row);
    if (pending === undefined || (!hasEnded && --pending.count > 0)) return;
    this.amending.delete(row);
    this.open.settle(row);
  }

  /** Lots of an order over its whole chain of replacements, what has filled included, as last asked for. */
  wholeLots(row: number): number {
    const asked = this.replacements.asked(row);
    if (asked !== undefined) return asked.lots;
    const pending = this.amending.size > 0 ? this.amending.get(row) : undefined;
    return pending?.lots ?? this.s.orders.column.lots[row]! + this.replacements.carried(row);
  }

  /**
   * The cancel of an order is confirmed: places what was asked in its stead, less what has filled. Answers the new order's number, or NaN
   * where nothing was asked or nothing is left.
   */
  replace(row: number): OrderNumber {
    const wanted = this.replacements.asked(row);
    if (wanted === undefined) return Number.NaN;
    this.replacements.forget(row);
    const s = this.s;
    const c = s.orders.column;
    const filled = this.replacements.carried(row) + c.filledLots[row]!;
    if (wanted.lots <= filled) return Number.NaN;
    const d = this.#draftOf(row, wanted.lots - filled, wanted.limitTicks, wanted.triggerTicks);
    d.flags &= ~FLAG.emulated;
    d.expireAtMs = c.expireAtMs[row]! || this.held.takeDeadline(row);
    d.parent = c.parent[row]!;
    d.group = c.group[row]!;
    const slot = this.#slotOf(row);
    this.picture.fill(slot, s.instruments[d.instrument]!, d.parent < 0 ? d.side : 0);
    this.picture.protect(d.group);
    const old = s.brackets.get(row);
    const plan = old ? bracketPlan(old.stop ?? undefined, old.target ?? undefined, old.trail ?? undefined) : null;
    const { view } = this.picture;
    // It was let through when it was asked for; limits that have tightened since must not leave nothing of it.
    view.addsNothing =
      (c.flags[row]! & BOUND) === 0 &&
      isNoMore(d.side, wanted, {
        lots: c.lots[row]! + this.replacements.carried(row),
        limitTicks: c.limitTicks[row]!,
        triggerTicks: c.triggerTicks[row]!,
      });
    const number = this.submit(d, slot, d.parent >= 0, plan, c.placedSeq[row]!);
    view.addsNothing = false;
    if (number >= 0) this.replacements.replaced(row, number, filled);
    return number;
  }

  reset(): void {
    this.stops.clear();
    this.held.reset();
    this.replacements.reset();
    this.amending.clear();
    this.refusals.splice(0);
    this.refusalCounts.fill(0);
  }
}
