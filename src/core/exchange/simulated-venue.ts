import { assert } from '../vocabulary/assert.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import type { Json } from '../vocabulary/json.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import { FLAG, ROLE, TIF, TYPE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import { REPORT } from '../vocabulary/report.ts';
import { amendOrder } from './amend-order.ts';
import { BarPath } from './bar-path.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import type { FillCosts } from './fill-costs.ts';
import type { FillRules } from './fill-rules.ts';
import type { FundingHistory } from './funding.ts';
import { MarginWatch } from './margin-watch.ts';
import { MarketAtOpen } from './market-at-open.ts';
import { OrderTiming } from './order-timing.ts';
import { refusalOf } from './refusal-of.ts';
import type { ToldOrders } from './told-orders.ts';
import type { VenueAccount } from './venue-account.ts';
import { VenueBars } from './venue-bars.ts';
import { VenueOrders } from './venue-orders.ts';
import { type Rejection, VenueReport } from './venue-report.ts';
import { type KeptParts, knownSnapshot, resetParts, restoreParts, snapshotOf } from './venue-snapshot.ts';

/**
 * The simulated venue on bars, synchronous and deterministic. It takes orders, walks each bar along its assumed path
 * (`bar-path.ts`), and says one thing at a time: call {@link step} until it answers false, handing every report to the engine
 * and the engine's reactions back in between, so that a stop placed on a fill lives through the rest of the same bar.
 *
 * Assumptions: those of `fill-rules.ts`, `fill-costs.ts`, `venue-account.ts` and `expiry-watch.ts`, and
 * 1. Orders reach us `latencyMs` after they were sent, cancels too; legs of a bracket rest here and have none, nor have amendments.
 * 2. Of orders that act at the same price, the older acts first; stops before limits where `pessimistic` (by the path).
 * 3. Market orders sent while a bar is being walked wait for the next bar's open.
 * 4. Orders bound to reduce never open a position where one strategy trades the account. Where several do, the net is not what each of
 *    them holds and the venue cannot know: then only the sender's own care keeps to it.
 */
export class SimulatedVenue {
  readonly report = new VenueReport();
  declare readonly account: VenueAccount;
  /** Last price by instrument; NaN before the first bar. */
  declare readonly lastPrice: Float64Array;
  declare private readonly instruments: readonly Instrument[];
  declare private readonly table: OrderTable;
  declare private readonly rules: FillRules;
  /** Whether reduce-only is kept to: only where the account's net is what the one strategy on it holds. */
  declare private readonly reduceOnly: boolean;
  declare private readonly costs: FillCosts;
  declare private readonly orders: VenueOrders;
  readonly #path = new BarPath();
  /** Instrument whose bar is being walked; −1 between bars. */
  #walking = -1;
  declare private readonly bars: VenueBars;
  #trades = 0;
  /** Whether the last bar is over: no further open will come. */
  #ended = false;
  declare readonly timing: OrderTiming;
  declare private readonly margin: MarginWatch;
  declare readonly expiry: ExpiryWatch;
  declare private readonly kept: KeptParts;
  /** The short way of plain market orders. */
  declare private readonly short: MarketAtOpen;

  constructor(
    instruments: readonly Instrument[],
    table: OrderTable,
    rules: FillRules,
    costs: FillCosts,
    account: VenueAccount,
    funding: readonly (FundingHistory | null)[] = [],
    reduceOnly = false,
  ) {
    this.reduceOnly = reduceOnly;
    this.instruments = instruments;
    this.table = table;
    this.rules = rules;
    this.costs = costs;
    this.account = account;
    this.bars = new VenueBars(instruments.length);
    this.lastPrice = this.bars.close;
    this.orders = new VenueOrders(instruments.length);
    this.timing = new OrderTiming(table, this.orders, this.#path, rules, costs);
    const { orders, bars, report } = this;
    const parts = { instruments, table, orders, bars, path: this.#path, report, reduceOnly };
    this.margin = new MarginWatch(parts, account, costs, funding);
    this.short = new MarketAtOpen(parts, account, costs, rules);
    this.expiry = new ExpiryWatch(parts, account, costs, this.short);
    this.kept = { ...parts, short: this.short, margin: this.margin, expiry: this.expiry, account, costs };
  }

  /** Lets somebody else say what becomes of orders. Nothing of it is in a snapshot. */
  listenTo(told: ToldOrders | null): void {
    this.timing.told = told;
    this.short.standAside(told !== null);
  }

  /** Number of orders resting in an instrument. */
  openCount(instrument: number): number {
    return this.orders.countOf(instrument) + (this.short.holds(instrument) ? 1 : 0);
  }

  /** Takes an order. `native`: a leg of a bracket that the venue keeps. {@link step} answers: accepted if it rests, rejected, or a fill. */
  place(row: number, nowMs: number, native: boolean): void {
    if (this.#walking >= 0 || native || this.#ended || !this.short.place(row, nowMs)) this.#rest(row, nowMs, native);
  }

  /** {@link place} of an order that does not simply wait for the next open. */
  #rest(row: number, nowMs: number, native: boolean): void {
    const c = this.table.column;
    const instrument = this.instruments[c.instrument[row]!]!;
    this.short.release(instrument.index);
    const orders = this.orders;
    const last = this.lastPrice[instrument.index]!;
    const reason = refusalOf(row, instrument, last, this.table, this.account, this.timing.told);
    if (reason !== '') {
      orders.say(REPORT.rejected, row, reason);
      return;
    }
    const walking = this.#walking === instrument.index;
    // Of an order whose trigger its owner watches, the venue sees what is sent after it: a market order, or a limit.
    const emulated = (c.flags[row]! & FLAG.emulated) !== 0;
    const market = c.type[row] === TYPE.market || (emulated && c.limitTicks[row] === 0);
    orders.add(
      row,
      instrument.index,
      c.limitTicks[row]! > 0 ? instrument.price(c.limitTicks[row]!) : Number.NaN,
      c.triggerTicks[row]! > 0 ? instrument.price(c.triggerTicks[row]!) : Number.NaN,
      native ? 0 : this.timing.arrivalMs(row, nowMs),
      walking && market,
      walking ? this.#path.price : last,
    );
    if (emulated) orders.setTriggered(row);
    if (!market) orders.say(REPORT.accepted, row, '');
    else if (!walking && (this.#ended || this.rules.market === 'close') && !Number.isNaN(last)) orders.fillNow(row);
  }

  /** Cancels an order; unknown or ended orders are answered with cancel-rejected. */
  cancel(row: number, nowMs: number): void {
    const instrument = this.table.column.instrument[row]!;
    this.short.release(instrument);
    // The venue itself cancels what belongs to a bracket it keeps: those orders arrived at once.
    if (!this.#ended && this.orders.has(row, instrument) && this.orders.arrivesMs(row) > 0) {
      const arrivesMs = this.timing.cancelArrivalMs(row, nowMs);
      if (!Number.isNaN(arrivesMs)) {
        this.orders.setCancel(row, arrivesMs);
        return;
      }
    }
    if (this.orders.remove(row, instrument)) {
      this.account.release(row);
      this.orders.say(REPORT.canceled, row, '');
    } else this.orders.say(REPORT['cancel-rejected'], row, 'unknown-order');
  }

  /** Changes quantity and price (limit, or trigger where there is no limit) of a resting order. */
  amend(row: number, lots: number, limitTicks: number, triggerTicks: number): void {
    const instrument = this.instruments[this.table.column.instrument[row]!]!;
    this.short.release(instrument.index);
    const last = this.lastPrice[instrument.index]!;
    const orders = this.orders;
    const reason = amendOrder(row, lots, limitTicks, triggerTicks, instrument, last, this.table, orders, this.account);
    orders.say(reason === '' ? REPORT.amended : REPORT['cancel-rejected'], row, reason);
  }

  /** Whether a bar of an instrument may change anything here; others need only be shown before the next order comes. */
  concerns(instrument: number): boolean {
    const { short, account, orders, expiry } = this;
    return short.holds(instrument) || account.onMargin || orders.countOf(instrument) > 0 || expiry.isAwaited;
  }

  /** Starts bar `i` of an instrument; call {@link step} until false before the next. Columns and a row: a double handed over is allocated. */
  beginBar(instrument: number, bars: BarColumns, i: number, closesMs: Float64Array): void {
    this.#path.openMs = bars.openTimeMs[i]!;
    this.#path.closeMs = closesMs[i]!;
    if (closesMs[i]! >= this.expiry.nextMs) this.expiry.reach(instrument);
    this.bars.begin(instrument, bars, i, this.costs.barBudgetLots(this.instruments[instrument]!, bars, i));
    const { onMargin } = this.account;
    const isPlain = this.short.begin(instrument);
    if (
      !this.margin.begin(instrument) &&
      !isPlain &&
      this.orders.countOf(instrument) === 0 &&
      !(onMargin && this.margin.mustWatch(instrument, bars.open[i]!, bars.low[i]!, bars.high[i]!, bars.close[i]!))
    )
      return;
    this.#walking = instrument;
    this.#path.begin(bars, i);
    if (isPlain) return;
    this.orders.releaseWaiting(instrument);
    // What the path should hurt: the net position, or where flat the resting entries.
    const bias = this.account.netLots[instrument]! || this.orders.leaning(instrument, this.table, bars.open[i]!);
    this.#path.lay(this.rules.path, bias);
  }

  /** Whether {@link step} may have something to say. */
  get isBusy(): boolean {
    return this.#walking >= 0 || !this.orders.isQuiet || this.expiry.isDue;
  }

  /** Finds the next thing that happens and writes it to {@link report}; false when nothing more does. */
  step(): boolean {
    if (!this.orders.isQuiet && this.#stepWaiting()) return true;
    const index = this.#walking;
    if (this.expiry.isDue && this.expiry.settle(index >= 0)) return true;
    if (index < 0 || this.margin.charge(index)) return index >= 0;
    if (this.short.isUnlaid) {
      if (this.short.fill(index)) {
        this.report.trade = this.#trades++;
        return true;
      }
      this.short.lay();
    }
    if (this.account.onMargin || this.orders.countOf(index) > 0) return this.#walk(index);
    this.#path.leg = 4; // nothing rests here any more, so the rest of the bar's path decides nothing
    return this.#endBar();
  }

  #walk(index: number): boolean {
    const { orders } = this;
    const path = this.#path;
    const margin = this.account.onMargin;
    if (margin && this.margin.fund(index)) return true;
    do {
      if (!margin && orders.countOf(index) === 0) {
        path.leg = 4;
        break;
      }
      const from = path.progress[0]!;
      const row = this.timing.next(index, this.bars.roomLots[index]! > 0);
      if (margin && this.margin.liquidate(index, from, row >= 0)) return true;
      if (row >= 0) return this.#act(row, this.instruments[index]!);
      orders.trail(index, this.table, this.instruments[index]!, path.ahead);
    } while (path.advance());
    if (margin) this.account.mark(index, path.point[3]!);
    return this.#endBar();
  }

  #endBar(): boolean {
    this.#walking = -1;
    return this.expiry.isDue && this.expiry.settle(false);
  }

  /** What waits to be said whatever the bar does: answers, and market orders that fill at the close. */
  #stepWaiting(): boolean {
    const orders = this.orders;
    if (orders.answer(this.report)) {
      this.report.timeMs = this.#path.timeMs;
      this.report.instrument = this.table.column.instrument[this.report.row]!;
      return true;
    }
    for (let row = orders.takeFillNow(); row >= 0; row = orders.takeFillNow()) {
      const instrument = this.instruments[this.table.column.instrument[row]!]!;
      // It may have been canceled since; what the bar has no room for waits for the next open.
      if (orders.has(row, instrument.index) && this.bars.roomLots[instrument.index]! > 0)
        return this.#execute(row, instrument, this.lastPrice[instrument.index]!, false);
    }
    return false;
  }

  /** The order acts at the path's place. Always writes a report. */
  #act(row: number, instrument: Instrument): boolean {
    const c = this.table.column;
    const orders = this.orders;
    const ends = this.timing.endsAt(row);
    if (ends >= 0 && ends <= this.#path.progress[0]!) {
      const canceled = c.expireAtMs[row] === 0 || orders.cancelsMs(row) <= c.expireAtMs[row]!;
      return this.#end(row, instrument.index, canceled ? REPORT.canceled : REPORT.expired);
    }
    const type = c.type[row]!;
    const here = this.#path.price;
    if (type === TYPE.market) return this.#execute(row, instrument, here, false);
    const triggers = type !== TYPE.limit && !orders.triggered(row);
    const limit = orders.limitPrice(row);
    if (this.timing.isForced(row)) {
      orders.setTriggered(row);
      return this.#execute(row, instrument, Number.isNaN(limit) ? here : limit, !Number.isNaN(limit));
    }
    if (triggers) {
      orders.setTriggered(row);
      // Straight on with a market order, at the trigger itself unless price jumped over it.
      if (Number.isNaN(limit)) return this.#execute(row, instrument, here, false);
      this.report.say(REPORT.triggered, row, instrument.index, this.#path.timeMs, '');
      return true;
    }
    if (Number.isNaN(limit)) return this.#execute(row, instrument, here, false);
    // In ticks, because the path's arithmetic may be a rounding error away from the limit.
    const edge = c.side[row]! * (c.limitTicks[row]! - instrument.ticks(here, 'half-even'));
    if (edge < 0) return this.#end(row, instrument.index, REPORT.canceled);
    const immediate = c.tif[row] === TIF.ioc || c.tif[row] === TIF.fok;
    if ((c.flags[row]! & FLAG.postOnly) === 0 || edge === 0)
      // A resting order is maker; one that finds a better price on arrival or at the open takes it.
      return this.#execute(row, instrument, edge > 0 ? here : limit, edge === 0 && !immediate);
    // It rested before the open jumped over it; elsewhere a better price means that it has only now arrived.
    if (this.#path.leg === 0 && orders.arrivesMs(row) <= this.#path.openMs)
      return this.#execute(row, instrument, limit, true);
    return this.#end(row, instrument.index, REPORT.rejected, 'post-only-would-take');
  }

  /** Fills as much as the bar allows at `price`. */
  #execute(row: number, instrument: Instrument, price: number, maker: boolean): boolean {
    const c = this.table.column;
    const orders = this.orders;
    const side = c.side[row]!;
    const reference = instrument.ticks(price, 'half-even');
    // What has a limit, a triggered stop-limit too, does not slip: it never fills worse than its limit.
    const passive = maker || !Number.isNaN(orders.limitPrice(row));
    const told = this.timing.told;
    const filled = orders.filled(row);
    const held = this.account.netLots[instrument.index]!;
    const enters = c.role[row] === ROLE.entry && (held * side >= 0 || c.lots[row]! - filled > Math.abs(held));
    let ticks = reference;
    if (!passive) ticks = this.costs.takingTicks(instrument, side, reference, c.lots[row]!, enters, this.bars);
    if (told !== null) ticks = told.ticks(row, filled, ticks);
    const sizedTicks = this.costs.sizingTicks(instrument, side, reference, ticks);
    let lots = this.account.sizeAtFill(row, instrument, sizedTicks) - filled;
    const isBound = this.reduceOnly && (c.flags[row]! & FLAG.reduceOnly) !== 0;
    const reducible = isBound ? Math.max(0, -side * held) : Number.POSITIVE_INFINITY;
    if (reducible === 0) return this.#end(row, instrument.index, REPORT.canceled, 'reduce-only');
    if (lots > reducible) lots = reducible;
    const room = this.bars.roomLots[instrument.index]!;
    if (lots > room) {
      if (c.tif[row]! === TIF.fok) return this.#end(row, instrument.index, REPORT.canceled, 'fill-or-kill');
      lots = room;
    }
    if (told !== null) lots = told.lots(row, filled, lots);
    if (lots <= 0) return this.#end(row, instrument.index, REPORT.rejected, 'insufficient-balance');
    if (held === 0) this.account.mark(instrument.index, instrument.price(reference)); // bars mark what is held
    const value = instrument.value(ticks, lots);
    const fees = this.costs.account;
    let fee: number;
    if (fees === null) fee = this.costs.feeQuanta(maker, value, lots, filled === 0, orders.feePaid(row));
    else {
      fees.charge(row, instrument, this.account.balances, side, maker, value, lots, orders, this.#path.timeMs);
      fee = fees.quanta;
    }
    const feeAsset = fees === null ? -1 : fees.asset;
    if (told !== null) fee = told.fee(row, filled, value, fee, feeAsset);
    if (!this.account.affords(row, instrument, side, lots, value, feeAsset < 0 ? fee : 0))
      return this.#end(row, instrument.index, REPORT.rejected, 'insufficient-balance');
    const done = orders.fill(row, lots) >= this.account.sizeAtFill(row, instrument, sizedTicks);
    this.bars.roomLots[instrument.index] = room - lots;
    orders.pay(row, fees === null ? fee : fees.settleQuanta);
    this.account.settle(row, instrument, side, lots, ticks, value, fee, feeAsset);
    if (fees !== null) fees.record(this.#path.timeMs, value);
    const ends = done || lots === reducible || c.tif[row]! === TIF.ioc || told?.endsAt(row, filled + lots) === true;
    const r = this.report;
    r.lots = lots;
    r.ticks = ticks;
    r.referenceTicks = reference;
    r.value = value;
    r.fee = fee;
    r.feeAsset = feeAsset;
    r.maker = maker;
    r.trade = this.#trades++;
    if (ends) {
      orders.remove(row, instrument.index);
      this.account.release(row);
    }
    r.say(done ? REPORT.filled : REPORT['partly-filled'], row, instrument.index, this.#path.timeMs, '');
    if (ends && !done) orders.say(REPORT.canceled, row, '');
    return true;
  }

  #end(row: number, instrument: number, kind: number, reason: Rejection = ''): boolean {
    this.orders.remove(row, instrument);
    this.account.release(row);
    this.report.lots = 0;
    this.report.say(kind, row, instrument, this.#path.timeMs, reason);
    return true;
  }

  /** The data is over: market orders sent from now on fill at the last close. */
  end(): void {
    this.#ended = true;
    this.expiry.pass(this.#path.closeMs);
  }

  /** Everything that decides what the venue does next, between two bars. The order table belongs to whoever keeps it. */
  snapshot(): Json {
    assert(!this.isBusy, 'a venue is snapshot between bars, with nothing left to say');
    return snapshotOf(this.kept, this.#trades, this.#ended);
  }

  /** Takes over a snapshot of a venue of the same configuration; RangeError for one of an unknown version. */
  restore(snapshot: Json): void {
    const s = knownSnapshot(snapshot);
    this.reset();
    restoreParts(this.kept, s);
    this.#trades = s.trades;
    this.#ended = s.ended;
  }

  /** Forgets all orders and starts anew with the account's deposits. */
  reset(): void {
    resetParts(this.kept);
    this.#walking = -1;
    this.#trades = 0;
    this.#ended = false;
  }
}
