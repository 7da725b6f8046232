import { type BracketPlan, bracketPlan, stopTicks, targetTicks } from '../execution/brackets.ts';
import { clientOrderId } from '../execution/client-order-id.ts';
import { REQUEST } from '../execution/outbox.ts';
import type { Risk } from '../risk/review.ts';
import { SizingContext, sizeToLots } from '../risk/sizing.ts';
import type { RiskView } from '../risk/view.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Entry, Level, Size } from '../vocabulary/intent.ts';
import { FLAG, isTerminal, OrderDraft, ROLE, STATUS, TIF, TYPE } from '../vocabulary/order.ts';
import { REFUSAL, REFUSALS } from '../vocabulary/refusal.ts';
import { DAY_MS } from '../vocabulary/time.ts';
import { OpenOrders } from './open-orders.ts';
import { RiskPicture } from './risk-picture.ts';
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
  readonly open: OpenOrders;
  readonly #stops = new Map<number, number>();
  readonly #draft = new OrderDraft();
  readonly #picture: RiskPicture;
  readonly #view: RiskView;
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
    this.open = new OpenOrders(state.orders, state.strategies, state.instruments.length);
    this.#picture = new RiskPicture(state, risk, this.open, status, this.#stops);
    this.#view = this.#picture.view;
    this.#sizing.leverage = state.account.leverage;
    this.#sizing.takerFeeRate = state.account.takerFeeRate;
  }

  /** Open order rows of a slot. */
  rowsOf(slot: number): readonly number[] {
    return this.open.rowsOf(slot);
  }

  clientId(row: number): string {
    return clientOrderId(this.#s.session, row);
  }

  /** Enters on `side`; answers the order's row, or a refusal as a negative number. */
  enter(slot: number, side: number, entry: Entry): OrderNumber {
    const s = this.#s;
    if (typeof entry.why !== 'string' || entry.why === '')
      throw new TypeError('every order needs a why: what made the strategy ask for it');
    if (typeof entry.size !== 'object' || entry.size === null)
      throw new TypeError(
        `every order needs a size such as { pctEquity: 0.5 } or { qty: 1 }, found ${JSON.stringify(entry.size)}`,
      );
    const instrument = this.#instrument(slot);
    const intent = this.#signal(slot, side > 0 ? 'buy' : 'sell', entry.why, entry.tag);
    const d = this.#begin(slot, side, intent);
    const price = s.price[instrument.index]!;
    if (!(price > 0)) return this.#refuse(slot, REFUSAL['no-reference-price'], intent, side, 0);
    if (!isPrice(entry.limit) || !isPrice(entry.trigger))
      return this.#refuse(slot, REFUSAL['price-not-positive'], intent, side, 0);
    this.#priceOf(d, entry, instrument, price);
    const limit = d.limitTicks > 0 ? instrument.price(d.limitTicks) : Number.NaN;
    const expected = d.limitTicks > 0 ? limit : d.triggerTicks > 0 ? instrument.price(d.triggerTicks) : price;
    const protection = entry.stop ?? entry.trail;
    if (protection !== undefined) {
      d.stopTicks = stopTicks(protection, side, expected, instrument, this.#atr(slot, protection));
      // A distance that is not known yet (an average range still warming up) must not become an entry without protection.
      if (d.stopTicks === 0) return this.#refuse(slot, REFUSAL['warming-up'], intent, side, 0);
    }
    if (entry.target !== undefined && !('pct' in entry.target && entry.target.pct === 0))
      d.targetTicks = targetTicks(
        entry.target,
        side,
        expected,
        d.stopTicks,
        instrument,
        'atr' in entry.target ? this.#atr(slot, entry.target) : Number.NaN,
      );
    this.#picture.fill(slot, instrument);
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
    const pending = this.#pendingExitLots(slot);
    d.lots = Math.abs(lots) - pending;
    // A close is already on its way for all of it: asking again changes nothing.
    if (d.lots <= 0) return Number.NaN;
    this.#picture.fill(slot, this.#instrument(slot));
    // Resting orders that only reduce must not keep it from getting out: they compete, as legs do, and go when it is flat.
    if (lots > 0) this.#view.strategyOpenSellLots = pending;
    else this.#view.strategyOpenBuyLots = pending;
    return this.#submit(slot, intent, false, null);
  }

  /** Lots that market exits of a slot, sent before, are still to close. */
  #pendingExitLots(slot: number): number {
    const c = this.#s.orders.column;
    const rows = this.open.rowsOf(slot);
    let lots = 0;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      if (c.role[row] === ROLE.exit && c.status[row] !== STATUS['cancel-pending'])
        lots += c.lots[row]! - c.filledLots[row]!;
    }
    return lots;
  }

  /** Trades the difference to a position worth `fraction` of the strategy's equity. NaN where nothing is to be done. */
  target(slot: number, fraction: number, why: string): OrderNumber {
    const s = this.#s;
    const instrument = this.#instrument(slot);
    const price = s.price[instrument.index]!;
    const held = s.book.positions.column.lots[slot]! + this.open.buyLots[slot]! - this.open.sellLots[slot]!;
    this.#picture.fill(slot, instrument);
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
    this.#picture.fill(slot, this.#instrument(slot));
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
    this.open.update(row);
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
    z.claimsMargin = this.#s.account.kind === 'margin' && this.#view.strategyLots * d.side >= 0;
    const lots = sizeToLots(size, z);
    if (lots < 0) return -lots;
    d.lots = lots;
    return 0;
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
    this.open.update(row);
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
    this.open.reset();
    this.#stops.clear();
    this.refusals.splice(0);
    this.refusalCounts.fill(0);
  }
}

/** Whether a price that a strategy gave can be one; absent is fine. */
function isPrice(price: Entry['limit']): boolean {
  return price === undefined || (Number(price) > 0 && Number(price) < Number.POSITIVE_INFINITY);
}
