import { type BracketPlan, bracketPlan, stopTicks, targetTicks } from '../execution/brackets.ts';
import { clientOrderId } from '../execution/client-order-id.ts';
import { REQUEST } from '../execution/outbox.ts';
import type { Risk } from '../risk/review.ts';
import { SizingContext, sizeToLots } from '../risk/sizing.ts';
import { RiskView } from '../risk/view.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry, Level, Size } from '../vocabulary/intent.ts';
import { FLAG, isTerminal, OrderDraft, ROLE, STATUS, TIF, TYPE } from '../vocabulary/order.ts';
import { REFUSAL, REFUSALS } from '../vocabulary/refusal.ts';
import { DAY_MS } from '../vocabulary/time.ts';
import type { SessionState } from './session-state.ts';
import type { StrategyStatus } from './strategy-status.ts';

/** A refused order is known by −1 − its number in the refusal list of the desk. */
export type OrderNumber = number;

/**
 * Turns intents into orders: resolves levels, sizes, asks risk, opens a row, and puts the request into the outbox. The only way
 * from a strategy (or a person) to the venue.
 */
export class OrderDesk {
  readonly #s: SessionState;
  readonly #risk: Risk;
  readonly #status: readonly StrategyStatus[];
  readonly #stops = new Map<number, number>();
  readonly #draft = new OrderDraft();
  readonly #view = new RiskView();
  readonly #exposure = new Float64Array(2);
  /** Open entry and exit lots by slot (protective legs not counted): what orders could still add or take. */
  readonly openBuyLots: Float64Array;
  readonly openSellLots: Float64Array;
  readonly #openOrders: Int32Array;
  #accountOpen = 0;
  /** Σ value of open buying and selling orders by instrument, in lots. */
  readonly #instrumentBuyLots: Float64Array;
  readonly #instrumentSellLots: Float64Array;
  /** Open order rows by slot. */
  readonly #rows: number[][];
  /** Code of every refused intent, in order. */
  readonly refusals: number[] = [];
  readonly refusalCounts = new Int32Array(REFUSALS.length);
  /** What sizing is told; one instance, refilled. */
  readonly #sizing = new SizingContext();
  /** Whether market entries in `pctEquity` get their quantity at the price they fill at, as other backtesters do. */
  sizeAtFill = false;
  /** ATR of the strategy's feed for levels in ATRs, by slot; set by the engine where a strategy uses them. */
  atrOf: (slot: number) => number = () => Number.NaN;

  constructor(state: SessionState, risk: Risk, status: readonly StrategyStatus[]) {
    this.#s = state;
    this.#risk = risk;
    this.#status = status;
    const slots = state.book.positions.count;
    this.openBuyLots = new Float64Array(slots);
    this.openSellLots = new Float64Array(slots);
    this.#openOrders = new Int32Array(state.strategies);
    this.#instrumentBuyLots = new Float64Array(state.instruments.length);
    this.#instrumentSellLots = new Float64Array(state.instruments.length);
    this.#rows = Array.from({ length: slots }, () => []);
    this.#sizing.leverage = state.account.leverage;
    this.#sizing.takerFeeRate = state.account.takerFeeRate;
    this.#view.leverage = state.account.leverage;
    this.#view.shortAllowed = state.account.kind === 'margin';
    this.#view.takerFeeRate = state.account.takerFeeRate;
  }

  /** Open order rows of a slot. */
  rowsOf(slot: number): readonly number[] {
    return this.#rows[slot]!;
  }

  clientId(row: number): string {
    return clientOrderId(this.#s.session, row);
  }

  /** Enters on `side`; answers the order's row, or a refusal as a negative number. */
  enter(slot: number, side: number, entry: Entry): OrderNumber {
    const s = this.#s;
    if (typeof entry.why !== 'string' || entry.why === '')
      throw new TypeError('every order needs a why: what made the strategy ask for it');
    const instrument = this.#instrument(slot);
    const intent = this.#signal(slot, side > 0 ? 'buy' : 'sell', entry.why, entry.tag);
    const d = this.#begin(slot, side, intent);
    const price = s.price[instrument.index]!;
    if (!(price > 0)) return this.#refuse(slot, REFUSAL['no-reference-price'], intent, side, 0);
    this.#priceOf(d, entry, instrument, price);
    const limit = d.limitTicks > 0 ? instrument.price(d.limitTicks) : Number.NaN;
    const expected = d.limitTicks > 0 ? limit : d.triggerTicks > 0 ? instrument.price(d.triggerTicks) : price;
    if (entry.stop !== undefined)
      d.stopTicks = stopTicks(entry.stop, side, expected, instrument, this.#atr(slot, entry.stop));
    else if (entry.trail !== undefined)
      d.stopTicks = stopTicks(entry.trail, side, expected, instrument, this.#atr(slot, entry.trail));
    if (entry.target !== undefined && !('pct' in entry.target && entry.target.pct === 0))
      d.targetTicks = targetTicks(
        entry.target,
        side,
        expected,
        d.stopTicks,
        instrument,
        'atr' in entry.target ? this.#atr(slot, entry.target) : Number.NaN,
      );
    this.#fillView(slot, instrument);
    const refused = this.#size(d, entry.size, instrument, expected);
    if (refused !== 0) return this.#refuse(slot, refused, intent, side, d.lots);
    if (entry.reduceOnly) d.flags |= FLAG.reduceOnly;
    if (this.sizeAtFill && d.type === TYPE.market && 'pctEquity' in entry.size) {
      d.flags |= FLAG.sizeAtFill;
      d.budget = entry.size.pctEquity;
    }
    const plan = bracketPlan(entry.stop, entry.target, entry.trail);
    return this.#submit(slot, intent, false, plan);
  }

  /** Closes a slot's position with a market order; −1 where it is flat already. */
  close(slot: number, why: string, role: number = ROLE.exit): OrderNumber {
    const lots = this.#s.book.positions.column.lots[slot]!;
    if (lots === 0) return Number.NaN;
    const intent = this.#signal(slot, 'close', why, undefined);
    const d = this.#begin(slot, lots > 0 ? -1 : 1, intent);
    d.role = role;
    d.type = TYPE.market;
    d.flags = FLAG.reduceOnly;
    const pending = lots > 0 ? this.openSellLots[slot]! : this.openBuyLots[slot]!;
    d.lots = Math.abs(lots) - pending;
    // A close is already on its way for all of it: asking again changes nothing.
    if (d.lots <= 0) return Number.NaN;
    this.#fillView(slot, this.#instrument(slot));
    return this.#submit(slot, intent, false, null);
  }

  /** Trades the difference to a position worth `fraction` of the strategy's equity. NaN where nothing is to be done. */
  target(slot: number, fraction: number, why: string): OrderNumber {
    const s = this.#s;
    const instrument = this.#instrument(slot);
    const price = s.price[instrument.index]!;
    const held = s.book.positions.column.lots[slot]! + this.openBuyLots[slot]! - this.openSellLots[slot]!;
    this.#fillView(slot, instrument);
    const value = this.#view.strategyEquity * fraction;
    const unit = instrument.valueAt(price, 1);
    const wanted = fraction === 0 ? 0 : Math.trunc(value / unit);
    const difference = wanted - held;
    // Less than a thousandth of the equity is noise of rounding and drift, not a decision.
    if (
      difference === 0 ||
      (fraction !== 0 && Math.abs(difference) * unit < Math.abs(this.#view.strategyEquity) * 1e-3)
    )
      return Number.NaN;
    const intent = this.#signal(slot, 'target', why, undefined);
    const d = this.#begin(slot, difference > 0 ? 1 : -1, intent);
    d.type = TYPE.market;
    d.lots = Math.abs(difference);
    const reduces = held !== 0 && held > 0 !== difference > 0 && Math.abs(difference) <= Math.abs(held);
    if (reduces) {
      d.role = ROLE.exit;
      d.flags = FLAG.reduceOnly;
    } else if (difference > 0 && this.#view.freeCapital > 0) this.#clip(d, instrument, price);
    return this.#submit(slot, intent, false, null);
  }

  /** Keeps a buy within what free capital pays, fee included; what a full allocation needs for its own fee. */
  #clip(d: OrderDraft, instrument: Instrument, price: number): void {
    const unit =
      (instrument.valueAt(price, 1) / this.#view.leverage) * (1 + this.#s.account.takerFeeRate * this.#view.leverage);
    d.lots = Math.min(d.lots, Math.floor(this.#view.freeCapital / unit));
  }

  /** Places or replaces a protective leg of an entry for `lots`. `native` legs rest at the venue with the entry. */
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
  ): OrderNumber {
    const d = this.#begin(slot, side, intent);
    d.role = role;
    d.type = type;
    d.flags = FLAG.reduceOnly | FLAG.oneCancelsOther;
    d.lots = lots;
    d.group = group;
    d.parent = group;
    if (type === TYPE.limit) d.limitTicks = ticks;
    else d.triggerTicks = ticks;
    if (trail !== null && 'pct' in trail) d.trailFraction = trail.pct;
    else if (trail !== null)
      d.trailTicks = Math.abs(ticks - this.#instrument(slot).ticks(this.#entryPrice(group), 'half-even'));
    this.#fillView(slot, this.#instrument(slot));
    const c = this.#s.orders.column;
    this.#view.parentLots = group >= 0 ? c.side[group]! * c.filledLots[group]! : 0;
    return this.#submit(slot, intent, true, null);
  }

  /** An order row for a liquidation that the venue has carried out. */
  adoptLiquidation(slot: number, side: number, lots: number, nowMs: number): number {
    const s = this.#s;
    const intent = this.#signal(
      slot,
      'liquidation',
      'the venue liquidated the position: its margin was used up',
      undefined,
    );
    const d = this.#begin(slot, side, intent);
    d.role = ROLE.liquidation;
    d.lots = lots;
    d.flags = FLAG.reduceOnly;
    const seq = s.log.append(
      EVENT['order-placed'],
      nowMs,
      s.intents.seq[intent]!,
      s.input,
      d.strategy,
      d.instrument,
      s.orders.count,
      lots,
    );
    const row = s.orders.adopt(d, nowMs, seq);
    this.#openOrders[d.strategy]!++;
    this.#accountOpen++;
    this.#rows[slot]!.push(row);
    return row;
  }

  #entryPrice(entryRow: number): number {
    return this.#s.brackets.get(entryRow)?.entryPrice ?? Number.NaN;
  }

  /** Asks the venue to cancel; does nothing for an order that has ended or is being canceled. */
  cancel(row: number): void {
    const status = this.#s.orders.column.status;
    if (isTerminal(status[row]!) || status[row] === STATUS['cancel-pending']) return;
    status[row] = STATUS['cancel-pending'];
    this.#s.outbox.push(REQUEST.cancel, row);
  }

  /** Asks the venue to change a resting order; prices and quantities are rounded as at entry. */
  amend(row: number, price: number | null, qty: number | null): void {
    const c = this.#s.orders.column;
    if (isTerminal(c.status[row]!)) return;
    const instrument = this.#s.instruments[c.instrument[row]!]!;
    const lots = qty === null ? c.lots[row]! : instrument.lots(qty, 'floor');
    const ticks = price === null ? 0 : instrument.ticks(price, c.side[row]! > 0 ? 'floor' : 'ceil');
    const byLimit = c.limitTicks[row]! > 0;
    this.amendTicks(
      row,
      lots,
      byLimit && ticks > 0 ? ticks : c.limitTicks[row]!,
      !byLimit && ticks > 0 ? ticks : c.triggerTicks[row]!,
    );
  }

  amendTicks(row: number, lots: number, limitTicks: number, triggerTicks: number): void {
    this.#s.outbox.push(REQUEST.amend, row, lots, limitTicks, triggerTicks);
  }

  /** Ticks of the protective stop that came with an entry, as sizing reckoned it; 0 where there was none. */
  stopOf(row: number): number {
    return this.#stops.get(row) ?? 0;
  }

  /** The intent that a slot's position came from: what a leg placed later belongs to. */
  standingIntent(slot: number): number {
    const { intents } = this.#s;
    for (let row = intents.count - 1; row >= 0; row--) if (intents.slot[row] === slot) return row;
    return -1;
  }

  /** The bookkeeping of open orders when one ends or fills: `lots` of it are open no more. */
  ended(row: number, slot: number, lots: number, closes: boolean): void {
    const c = this.#s.orders.column;
    const role = c.role[row]!;
    const instrument = c.instrument[row]!;
    if ((role === ROLE.entry || role === ROLE.exit || role === ROLE.manual) && !(c.flags[row]! & FLAG.sizeAtFill)) {
      const bySlot = c.side[row]! > 0 ? this.openBuyLots : this.openSellLots;
      const byInstrument = c.side[row]! > 0 ? this.#instrumentBuyLots : this.#instrumentSellLots;
      bySlot[slot]! -= lots;
      byInstrument[instrument]! -= lots;
    }
    if (!closes) return;
    this.#openOrders[c.strategy[row]!]!--;
    this.#accountOpen--;
    const rows = this.#rows[slot]!;
    const at = rows.indexOf(row);
    if (at >= 0) rows.splice(at, 1);
  }

  #instrument(slot: number): Instrument {
    return this.#s.instruments[slot % this.#s.instruments.length]!;
  }

  #atr(slot: number, level: Level): number {
    return 'atr' in level && level.value === undefined ? this.atrOf(slot) : Number.NaN;
  }

  #signal(slot: number, action: string, why: string, tag: string | undefined): number {
    const s = this.#s;
    const intent = s.intents.add(slot, action, why, tag);
    const n = s.instruments.length;
    const seq = s.log.append(
      EVENT['signal-generated'],
      s.clock[0]!,
      -1 - s.input,
      s.input,
      Math.floor(slot / n),
      slot % n,
      intent,
    );
    s.intents.seq[intent] = seq;
    return intent;
  }

  #begin(slot: number, side: number, intent: number): OrderDraft {
    const d = this.#draft;
    const n = this.#s.instruments.length;
    d.strategy = Math.floor(slot / n);
    d.instrument = slot % n;
    d.side = side;
    d.type = TYPE.market;
    d.tif = TIF.gtc;
    d.flags = 0;
    d.role = ROLE.entry;
    d.lots = 0;
    d.budget = 0;
    d.limitTicks = 0;
    d.triggerTicks = 0;
    d.trailTicks = 0;
    d.trailFraction = 0;
    d.stopTicks = 0;
    d.targetTicks = 0;
    d.expireAtMs = 0;
    d.intent = intent;
    d.parent = -1;
    d.group = -1;
    return d;
  }

  #priceOf(d: OrderDraft, entry: Entry, instrument: Instrument, price: number): void {
    const buy = d.side > 0;
    if (entry.limit !== undefined) d.limitTicks = instrument.ticks(Number(entry.limit), buy ? 'floor' : 'ceil');
    if (entry.trigger !== undefined) {
      const trigger = Number(entry.trigger);
      d.triggerTicks = instrument.ticks(trigger, buy ? 'ceil' : 'floor');
      // A buy below the market waits for price to fall: the field calls that a take-profit, or market-if-touched.
      const touches = buy ? trigger < price : trigger > price;
      if (entry.limit === undefined) d.type = touches ? TYPE['take-profit-market'] : TYPE['stop-market'];
      else d.type = touches ? TYPE['take-profit-limit'] : TYPE['stop-limit'];
    } else if (entry.limit !== undefined) d.type = TYPE.limit;
    const tif = entry.tif;
    if (tif === 'ioc') d.tif = TIF.ioc;
    else if (tif === 'fok') d.tif = TIF.fok;
    else if (tif === 'day') {
      d.tif = TIF.gtd;
      d.expireAtMs = (Math.floor(this.#s.clock[0]! / DAY_MS) + 1) * DAY_MS;
    } else if (typeof tif === 'object') {
      d.tif = TIF.gtd;
      d.expireAtMs = tif.gtd;
    }
    if (entry.postOnly) d.flags |= FLAG.postOnly;
  }

  #size(d: OrderDraft, size: Size, instrument: Instrument, expected: number): number {
    const z = this.#sizing;
    z.instrument = instrument;
    z.side = d.side > 0 ? 1 : -1;
    z.price = expected;
    z.stopPrice = d.stopTicks > 0 ? instrument.price(d.stopTicks) : Number.NaN;
    z.strategyEquity = this.#view.strategyEquity;
    z.freeCapital = this.#view.freeCapital;
    z.settleRate = this.#view.settleRate;
    z.physical = instrument.physical && this.#s.account.kind === 'cash';
    const lots = sizeToLots(size, z);
    if (lots < 0) return -lots;
    d.lots = lots;
    return 0;
  }

  #fillView(slot: number, instrument: Instrument): void {
    const s = this.#s;
    const v = this.#view;
    const status = this.#status[Math.floor(slot / s.instruments.length)]!;
    const index = instrument.index;
    v.nowMs = s.clock[0]!;
    v.instrument = instrument;
    v.price = s.price[index]!;
    v.settleRate = s.book.settleRate(index, s.price);
    v.settled = status.settled;
    v.running = status.running;
    v.equity = s.clock[1]!;
    v.strategyEquity =
      s.strategies === 1 ? v.equity : s.strategyEquity(Math.floor(slot / s.instruments.length), status.allocation);
    v.netLots = s.book.netLots[index]!;
    v.openBuyLots = this.#instrumentBuyLots[index]!;
    v.openSellLots = this.#instrumentSellLots[index]!;
    v.strategyLots = s.book.positions.column.lots[slot]!;
    v.strategyOpenBuyLots = this.openBuyLots[slot]!;
    v.strategyOpenSellLots = this.openSellLots[slot]!;
    v.strategyOpenOrders = this.#openOrders[Math.floor(slot / s.instruments.length)]!;
    v.accountOpenOrders = this.#accountOpen;
    s.book.exposure(s.price, this.#exposure);
    v.grossExposure = this.#exposure[0]!;
    v.netExposure = this.#exposure[1]!;
    let open = 0;
    let locked = 0;
    for (let i = 0; i < s.instruments.length; i++) {
      const buy = this.#instrumentBuyLots[i]!;
      const sell = this.#instrumentSellLots[i]!;
      if (buy === 0 && sell === 0) continue;
      const held = s.book.netLots[i]!;
      const unit = s.instruments[i]!.valueAt(s.price[i]!, 1);
      // What orders would add at worst: buys beyond what a short would give back, and the mirror.
      const adds = Math.max(buy - Math.max(0, -held), sell - Math.max(0, held), 0);
      open += adds * unit;
      locked += Math.max(0, buy - Math.max(0, -held)) * unit;
    }
    v.openOrderExposure = open;
    v.freeCapital =
      s.account.kind === 'cash'
        ? s.book.wallet[0]! - locked * (1 + s.account.takerFeeRate)
        : s.clock[1]! - (this.#exposure[0]! + open) / s.account.leverage;
    // Less than nothing is nothing: a limit that is off (infinity × free capital) must not refuse because of the sign.
    if (v.freeCapital < 0) v.freeCapital = 0;
    v.heat = 0;
  }

  #submit(slot: number, intent: number, native: boolean, plan: BracketPlan | null): OrderNumber {
    const s = this.#s;
    const d = this.#draft;
    const order = this.#risk.review(d, this.#view);
    if (order === null) return this.#refuse(slot, this.#risk.refusal, intent, d.side, d.lots);
    const seq = s.log.append(
      EVENT['order-placed'],
      s.clock[0]!,
      s.intents.seq[intent]!,
      s.input,
      d.strategy,
      d.instrument,
      s.orders.count,
      d.lots,
    );
    const row = s.orders.add(order, s.clock[0]!, seq);
    this.#risk.placed(d, s.clock[0]!);
    this.#openOrders[d.strategy]!++;
    this.#accountOpen++;
    // What an order sized at its fill will take is not known before: it claims nothing.
    if ((d.role === ROLE.entry || d.role === ROLE.exit || d.role === ROLE.manual) && !(d.flags & FLAG.sizeAtFill)) {
      if (d.side > 0) {
        this.openBuyLots[slot]! += d.lots;
        this.#instrumentBuyLots[d.instrument]! += d.lots;
      } else {
        this.openSellLots[slot]! += d.lots;
        this.#instrumentSellLots[d.instrument]! += d.lots;
      }
    }
    this.#rows[slot]!.push(row);
    if (plan !== null) {
      s.brackets.set(row, plan);
      if (d.stopTicks > 0) this.#stops.set(row, d.stopTicks);
    }
    s.outbox.push(native && s.capabilities.bracket ? REQUEST.placeNative : REQUEST.place, row);
    return row;
  }

  #refuse(slot: number, code: number, intent: number, side: number, lots: number): OrderNumber {
    const s = this.#s;
    const n = s.instruments.length;
    this.refusals.push(code);
    this.refusalCounts[code]!++;
    s.log.append(
      EVENT['order-refused'],
      s.clock[0]!,
      s.intents.seq[intent]!,
      s.input,
      Math.floor(slot / n),
      slot % n,
      intent,
      code,
      side * lots,
    );
    return -this.refusals.length;
  }

  reset(): void {
    this.openBuyLots.fill(0);
    this.openSellLots.fill(0);
    this.#openOrders.fill(0);
    this.#accountOpen = 0;
    this.#instrumentBuyLots.fill(0);
    this.#instrumentSellLots.fill(0);
    for (const rows of this.#rows) rows.splice(0);
    this.#stops.clear();
    this.refusals.splice(0);
    this.refusalCounts.fill(0);
  }
}
