import { bracketPlan, checkLevels, isUnknown, levelDistance, stopTicks, targetTicks } from '../execution/brackets.ts';
import { checkEntry } from '../execution/check-entry.ts';
import { clientOrderId } from '../execution/client-order-id.ts';
import { blankDraft, cannotRest, isPrice, isPriced, priceEntry } from '../execution/draft-order.ts';
import type { Risk } from '../risk/review.ts';
import { payableLots } from '../risk/rules/free-capital.ts';
import { SizingContext, sizeToLots } from '../risk/sizing.ts';
import type { RiskView } from '../risk/view.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry, Level, Size } from '../vocabulary/intent.ts';
import { FLAG, OrderDraft, ROLE, STATUS, TYPE } from '../vocabulary/order.ts';
import { REFUSAL } from '../vocabulary/refusal.ts';
import { ACTION } from './intents.ts';
import { OpenOrders } from './open-orders.ts';
import { OrderDispatch, type OrderNumber } from './order-dispatch.ts';
import { RiskPicture } from './risk-picture.ts';
import type { SessionState } from './session-state.ts';
import type { StrategyStatus } from './strategy-status.ts';
import { WorkedOrders } from './worked-orders.ts';

const { buy: BUY, sell: SELL, close: CLOSE } = ACTION;
const { exit: EXIT } = ROLE;
const { market: MARKET } = TYPE;
const { reduceOnly: REDUCE_ONLY } = FLAG;
const { 'cancel-pending': CANCEL_PENDING } = STATUS;
const { 'signal-generated': SIGNAL_GENERATED } = EVENT;

/** How often room is made for orders, in instants, and for how many: few strategies order more than four times in each. */
const ROOM_EVERY_SLICES = 128;
const ROOM_ORDERS = 512;

/** Orders asked for in one instant, by all strategies together, from which something runs away: they are refused long before, but each is kept. */
const MOST_SIGNALS = 2000;

/**
 * Turns intents into orders: resolves levels, sizes, asks risk, opens a row, and puts the request into the outbox. The only way
 * from a strategy (or a person) to the venue.
 */
export class OrderDesk {
  declare private readonly s: SessionState;
  /** Orders asked for in the instant at hand. */
  #signals = 0;
  #signalSlice = -1;
  /** Events there were when room was made last. */
  #eventsAtRoom = -ROOM_EVERY_SLICES;
  declare readonly open: OpenOrders;
  declare readonly dispatch: OrderDispatch;
  declare readonly worked: WorkedOrders;
  readonly #draft = new OrderDraft();
  declare private readonly picture: RiskPicture;
  declare private readonly view: RiskView;
  /** What sizing is told; one instance, refilled. */
  readonly #sizing = new SizingContext();
  /** Whether market entries in `pctEquity` get their quantity at the price they fill at, as other backtesters do. */
  sizeAtFill = false;
  /** ATR of the strategy's feed for levels in ATRs, by slot; set by the engine where a strategy uses them. */
  atrOf: (slot: number) => number = () => Number.NaN;

  constructor(state: SessionState, risk: Risk, status: readonly StrategyStatus[]) {
    this.s = state;
    this.open = new OpenOrders(state.orders, state.strategies, state.instruments.length);
    const stops = new Map<number, number>();
    this.picture = new RiskPicture(state, risk, this.open, status, stops);
    this.view = this.picture.view;
    this.dispatch = new OrderDispatch(state, risk, this.open, this.picture, stops);
    this.worked = new WorkedOrders(state, risk, this.picture, this.dispatch, status, (slot) => this.atrOf(slot));
    // Code that V8 has compiled before a table ever grew is thrown away when one does, with all of the run's; what happens for the ninth time it notes.
    for (let orders = 1; orders <= ROOM_ORDERS; orders *= 2) this.#makeRoomFor(orders);
    this.#sizing.leverage = state.account.leverage;
    this.#sizing.takerFeeRate = state.account.takerFeeRate;
  }

  /** Open order rows of a slot. */
  rowsOf(slot: number): readonly number[] {
    return this.open.rowsOf(slot);
  }

  /** What risk would be told of an order in a slot now; good until the next order. */
  pictureOf(slot: number): RiskView {
    this.picture.fill(slot, this.#instrument(slot), 0);
    return this.view;
  }

  /** Code of every refused intent, in order. */
  get refusals(): readonly number[] {
    return this.dispatch.refusals;
  }

  get refusalCounts(): Int32Array {
    return this.dispatch.refusalCounts;
  }

  clientId(row: number): string {
    return clientOrderId(this.s.session, row);
  }

  /** Enters on `side`; answers the order's row, or a refusal as a negative number. */
  enter(slot: number, side: number, entry: Entry): OrderNumber {
    const s = this.s;
    checkEntry(entry);
    const instrument = this.#instrument(slot);
    const intent = this.#signal(slot, side > 0 ? BUY : SELL, entry.why, entry.tag);
    const d = this.#begin(slot, side, intent);
    const price = s.price[instrument.index]!;
    if (!(price > 0)) return this.dispatch.refuse(slot, REFUSAL['no-reference-price'], intent, side, 0);
    if (!isPrice(entry.limit) || !isPrice(entry.trigger))
      return this.dispatch.refuse(slot, REFUSAL['price-not-positive'], intent, side, 0);
    if (cannotRest(entry)) return this.dispatch.refuse(slot, REFUSAL['order-type-unsupported'], intent, side, 0);
    if (isPriced(entry)) priceEntry(d, entry, instrument, price, s.clock[0]!);
    const limit = d.limitTicks > 0 ? instrument.price(d.limitTicks) : Number.NaN;
    const expected = d.limitTicks > 0 ? limit : d.triggerTicks > 0 ? instrument.price(d.triggerTicks) : price;
    if (entry.stop !== undefined || entry.trail !== undefined || entry.target !== undefined) {
      const unprotected = this.#protect(d, slot, entry, expected);
      if (unprotected !== 0) return this.dispatch.refuse(slot, unprotected, intent, side, 0);
    }
    this.picture.fill(slot, instrument, side);
    // What may only reduce keeps to what the position was when it was asked for.
    const isPlain = entry.work === undefined && !entry.reduceOnly && d.type === MARKET;
    if (this.sizeAtFill && isPlain && 'pctEquity' in entry.size) {
      d.flags |= FLAG.sizeAtFill;
      d.budget = entry.size.pctEquity;
    }
    const refused = this.#size(d, entry.size, instrument, expected);
    if (refused !== 0) return this.dispatch.refuse(slot, refused, intent, side, d.lots);
    if (entry.reduceOnly) d.flags |= FLAG.reduceOnly;
    const plan = bracketPlan(entry.stop, entry.target, entry.trail);
    if (entry.work !== undefined) return this.worked.begin(d, slot, entry.work, plan);
    return this.dispatch.submit(d, slot, false, plan);
  }

  /** Stop and target of an entry that works at `expected`; answers a refusal, or 0. */
  #protect(d: OrderDraft, slot: number, entry: Entry, expected: number): number {
    const { side } = d;
    const instrument = this.#instrument(slot);
    const protection = entry.stop ?? entry.trail;
    checkLevels(entry);
    if (protection !== undefined) {
      const range = this.#atr(slot, protection);
      d.stopTicks = stopTicks(protection, side, expected, instrument, range);
      // A distance that is not known yet (an average range still warming up) must not become an entry without protection.
      if (d.stopTicks === 0) {
        const isWarming = 'atr' in protection && !(levelDistance(protection, expected, instrument, range) > 0);
        return REFUSAL[isWarming ? 'warming-up' : 'price-not-positive'];
      }
    }
    const { target } = entry;
    if (target === undefined) return 0;
    // R is the way from the entry to its stop: without one there is nothing to measure by.
    if ('r' in target && d.stopTicks === 0) return REFUSAL['stop-required'];
    if ('pct' in target && target.pct === 0) return 0;
    const range = 'atr' in target ? this.#atr(slot, target) : Number.NaN;
    d.targetTicks = targetTicks(target, side, expected, d.stopTicks, instrument, range);
    if (d.targetTicks === 0 && isUnknown(target, expected, instrument, range))
      return REFUSAL['atr' in target ? 'warming-up' : 'price-not-positive'];
    return 0;
  }

  /** Closes a slot's position with a market order; NaN where it is flat, or being closed, already. `mostLots`: of it, at most. */
  close(slot: number, why: string, role: number = EXIT, flags = 0, mostLots = Number.POSITIVE_INFINITY): OrderNumber {
    const lots = this.s.book.positions.column.lots[slot]!;
    if (lots === 0 || mostLots <= 0) return Number.NaN;
    const intent = this.#signal(slot, CLOSE, why, undefined);
    const d = this.#begin(slot, lots > 0 ? -1 : 1, intent);
    d.role = role;
    d.type = MARKET;
    d.flags = REDUCE_ONLY | flags;
    const pending = this.exitLots(slot);
    d.lots = Math.min(Math.abs(lots), mostLots) - pending;
    // A close is already on its way for all of it: asking again changes nothing.
    if (d.lots <= 0) return Number.NaN;
    // Resting orders that only reduce must not keep it from getting out: they compete, as legs do, and go when it is flat.
    if (this.dispatch.witness === null) this.picture.fillExit(slot, this.#instrument(slot), pending);
    else {
      this.picture.fill(slot, this.#instrument(slot), d.side);
      if (lots > 0) this.view.strategyOpenSellLots = pending;
      else this.view.strategyOpenBuyLots = pending;
    }
    return this.dispatch.submit(d, slot, false, null);
  }

  /** Lots that market exits of a slot, sent before, are still to close. */
  exitLots(slot: number): number {
    if (this.open.total === 0) return 0;
    const c = this.s.orders.column;
    const rows = this.open.rowsOf(slot);
    let lots = 0;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      if (c.role[row] === EXIT && c.status[row] !== CANCEL_PENDING) lots += c.lots[row]! - c.filledLots[row]!;
    }
    return lots;
  }

  /** Trades the difference to a position worth `fraction` of the strategy's equity. NaN where nothing is to be done. */
  target(slot: number, fraction: number, why: string): OrderNumber {
    const s = this.s;
    const instrument = this.#instrument(slot);
    const price = s.price[instrument.index]!;
    const held = s.book.positions.column.lots[slot]! + this.open.lotsOf(slot, 1) - this.open.lotsOf(slot, -1);
    // Which way it goes is not known yet; where it adds to the position, legs say nothing.
    this.picture.fill(slot, instrument, s.book.positions.column.lots[slot]! > 0 ? -1 : 1);
    const value = this.view.strategyEquity * fraction;
    const unit = instrument.valueAt(price, 1) * this.view.settleRate;
    const wanted = fraction === 0 ? 0 : Math.trunc(value / unit);
    if (!Number.isSafeInteger(wanted)) {
      const code = REFUSAL[price > 0 ? 'valuation-missing' : 'no-reference-price'];
      const asked = this.#signal(slot, ACTION.target, why, undefined);
      return this.dispatch.refuse(slot, code, asked, fraction < 0 ? -1 : 1, 0);
    }
    const difference = wanted - held;
    // Less than a thousandth of the equity is noise of rounding and drift, not a decision.
    if (difference === 0 || (fraction !== 0 && Math.abs(difference) * unit < Math.abs(this.view.strategyEquity) * 1e-3))
      return Number.NaN;
    const intent = this.#signal(slot, ACTION.target, why, undefined);
    const d = this.#begin(slot, difference > 0 ? 1 : -1, intent);
    d.type = TYPE.market;
    d.lots = Math.abs(difference);
    const reduces = held !== 0 && held > 0 !== difference > 0 && Math.abs(difference) <= Math.abs(held);
    if (reduces) {
      d.role = ROLE.exit;
      d.flags = FLAG.reduceOnly;
    } else if (difference > 0 || s.account.kind === 'margin')
      d.lots = Math.min(d.lots, payableLots(d.side, this.view, unit));
    return this.dispatch.submit(d, slot, false, null);
  }

  /** Places a protective leg of an entry for `lots`. One that is `isHeld` is watched here instead of resting at the venue. */
  leg(
    slot: number,
    side: number,
    role: number,
    type: number,
    ticks: number,
    lots: number,
    group: number,
    trail: Level | null,
    intent: number,
    isHeld = false,
  ): OrderNumber {
    const d = this.#begin(slot, side, intent);
    d.role = role;
    d.type = type;
    d.flags = FLAG.reduceOnly | FLAG.oneCancelsOther | (isHeld ? FLAG.emulated : 0);
    d.lots = lots;
    d.group = group;
    d.parent = group;
    if (type === TYPE.limit) d.limitTicks = ticks;
    else d.triggerTicks = ticks;
    if (trail !== null && 'pct' in trail) d.trailFraction = trail.pct;
    else if (trail !== null)
      d.trailTicks = Math.abs(ticks - this.#instrument(slot).ticks(this.#entryPrice(group), 'half-even'));
    this.picture.fill(slot, this.#instrument(slot), 0);
    this.picture.protect(group);
    if (group < 0 && this.s.account.kind === 'margin') {
      // What rests to close the position at a better price must not keep its stop away: they compete, as legs do. A cash account sells what
      // it has once, and what rests has it locked.
      this.view.strategyOpenBuyLots = 0;
      this.view.strategyOpenSellLots = 0;
    }
    return this.dispatch.submit(d, slot, true, null);
  }

  /** An order row for what has closed something of a position already, in the strategy's stead. `action`: one of {@link ACTION}. */
  adopt(slot: number, side: number, lots: number, nowMs: number, role: number, action: number, why: string): number {
    const s = this.s;
    const intent = this.#signal(slot, action, why, undefined);
    const d = this.#begin(slot, side, intent);
    d.role = role;
    d.lots = lots;
    d.flags = FLAG.reduceOnly;
    const seq = s.log.append(
      EVENT['order-placed'],
      nowMs,
      s.intents.seq(intent),
      s.input,
      d.strategy,
      d.instrument,
      s.orders.count,
      lots,
    );
    const row = s.orders.adopt(d, nowMs, seq);
    this.open.update(row);
    return row;
  }

  #entryPrice(entryRow: number): number {
    return this.s.brackets.get(entryRow)?.entryPrice ?? Number.NaN;
  }

  /** See {@link OrderDispatch.cancel}; an order that is worked takes its children with it. */
  cancel(row: number): void {
    if (this.s.orders.column.flags[row]! & FLAG.worked) this.worked.cancel(row);
    else this.dispatch.cancel(row);
  }

  /** See {@link OrderDispatch.amend}. */
  amend(row: number, price: number | null, qty: number | null): void {
    this.dispatch.amend(row, price, qty);
  }

  /** See {@link OrderDispatch.amendTicks}. */
  amendTicks(row: number, lots: number, limitTicks: number, triggerTicks: number): void {
    this.dispatch.amendTicks(row, lots, limitTicks, triggerTicks);
  }

  /** Ticks of the protective stop that came with an entry, as sizing reckoned it; 0 where there was none. */
  stopOf(row: number): number {
    return this.dispatch.stops.get(row) ?? 0;
  }

  /** The intent that a slot's position came from: what a leg placed later belongs to. */
  standingIntent(slot: number): number {
    const { orders, instruments } = this.s;
    const c = orders.column;
    for (let row = orders.count - 1; row >= 0; row--)
      if (
        c.role[row] === ROLE.entry &&
        c.filledLots[row]! > 0 &&
        c.strategy[row]! * instruments.length + c.instrument[row]! === slot
      )
        return c.intent[row]!;
    return -1;
  }

  #instrument(slot: number): Instrument {
    return this.s.instruments[this.s.instrumentOf[slot]!]!;
  }

  #atr(slot: number, level: Level): number {
    return 'atr' in level && level.value === undefined ? this.atrOf(slot) : Number.NaN;
  }

  #signal(slot: number, action: number, why: string, tag: string | undefined): number {
    const s = this.s;
    if (s.slice !== this.#signalSlice) {
      this.#signalSlice = s.slice;
      this.#signals = 0;
    }
    if (++this.#signals > MOST_SIGNALS)
      throw new RangeError(
        `more than ${MOST_SIGNALS} orders were asked for in one instant; a strategy that floods is stopped`,
      );
    const what = SIGNAL_GENERATED | s.sourceOf[slot]!;
    const seq = s.log.write(what, s.clock[0]!, -1 - s.input, s.input, s.intents.count, 0);
    return s.intents.add(slot, action, why, tag, seq);
  }

  #begin(slot: number, side: number, intent: number): OrderDraft {
    blankDraft(this.#draft, this.s.strategyOf[slot]!, this.s.instrumentOf[slot]!, side, intent);
    return this.#draft;
  }

  #size(d: OrderDraft, size: Size, instrument: Instrument, expected: number): number {
    const z = this.#sizing;
    z.instrument = instrument;
    z.side = d.side > 0 ? 1 : -1;
    z.price = expected;
    z.stopPrice = d.stopTicks > 0 ? instrument.price(d.stopTicks) : Number.NaN;
    z.see(this.view, this.s.account.kind === 'margin');
    let lots = sizeToLots(size, z);
    if (lots <= 0 && d.flags & FLAG.sizeAtFill) {
      // A close on its way may free the capital before the fill, at which the venue sizes anew.
      z.freeCapital = Number.POSITIVE_INFINITY;
      lots = sizeToLots(size, z);
    }
    if (lots < 0) return -lots;
    d.lots = lots;
    return 0;
  }

  /**
   * Makes room for the orders of the instants to come, once in a while. Tables that are full grow by themselves, too; but where none ever does so while it is written, V8 knows after
   * each write what it knew before.
   */
  makeRoom(slice: number): void {
    if (slice % ROOM_EVERY_SLICES !== 0) return;
    const events = this.s.log.count;
    // Whatever takes room writes an event. In a session, where this runs too seldom to be compiled, looking at all tables takes ten times as long as a bar.
    if (events - this.#eventsAtRoom < ROOM_EVERY_SLICES) return;
    this.#eventsAtRoom = events;
    this.#makeRoomFor(ROOM_ORDERS);
  }

  #makeRoomFor(orders: number): void {
    this.s.makeRoom(orders);
    this.open.makeRoom(this.s.orders.count + orders);
  }

  reset(): void {
    this.#signalSlice = -1;
    this.#eventsAtRoom = -ROOM_EVERY_SLICES;
    this.open.reset();
    this.dispatch.reset();
    this.worked.reset();
  }
}
