import type { Instrument } from '../vocabulary/instrument.ts';
import { FLAG, ROLE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import { REPORT } from '../vocabulary/report.ts';
import type { BarPath } from './bar-path.ts';
import { CashAccount } from './cash-account.ts';
import type { FillCosts } from './fill-costs.ts';
import type { FillRules, Path } from './fill-rules.ts';
import { rateUp } from './rate.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueBars } from './venue-bars.ts';
import type { VenueOrders } from './venue-orders.ts';
import type { VenueParts } from './venue-parts.ts';
import type { VenueReport } from './venue-report.ts';

const { entry: ENTRY, exit: EXIT } = ROLE;
const { filled: FILLED } = REPORT;
const { reduceOnly: REDUCE_ONLY } = FLAG;

/** Flags of orders that the general way must take: their size, price or acceptance is not what their row says. */
const SPECIAL = FLAG.postOnly | FLAG.budget | FLAG.sizeAtFill | FLAG.emulated;

/**
 * The commonest life of an order, in two flat functions: a market order at a cash account whose costs are two rates, which is alone in
 * its instrument and fills whole at the next bar's open. It waits here, one an instrument, and not among the {@link VenueOrders}; as soon
 * as anything else concerns its instrument it is handed over to them ({@link release}). Everything else is left to the general way of
 * {@link SimulatedVenue}; what is done here is what that way does, to the last quantum (`test/properties/market-at-open.test.ts` compares
 * them).
 *
 * WHY. The general way asks costs, account, timing and path one after the other: some thirty small functions, 4,000 instructions and as
 * many bytes of code as a processor keeps at hand. A strategy that trades on every bar spends a third of its time there.
 */
export class MarketAtOpen {
  declare private readonly instruments: readonly Instrument[];
  declare private readonly table: OrderTable;
  declare private readonly orders: VenueOrders;
  declare private readonly bars: VenueBars;
  declare private readonly path: BarPath;
  declare private readonly account: CashAccount;
  declare private readonly report: VenueReport;
  declare private readonly takerRate: number;
  declare private readonly dearestRate: number;
  declare private readonly reduceOnly: boolean;
  /** The order that waits for the next open, by instrument; −1 where there is none. */
  declare private readonly waiting: Int32Array;
  /** When it is at the venue. */
  declare private readonly arrivesMs: Float64Array;
  /** The last price when it came. */
  declare private readonly mark: Float64Array;
  /** Whether rules, costs or account leave no order to it. */
  declare private readonly isNever: boolean;
  declare private isOff: boolean;
  /** Instrument of the bar at hand where the path through it is yet to be laid, as there was nothing at its open but an order that waited here; −1. */
  #unlaid = -1;
  /** What the path of the bar of the last {@link fill} should hurt: the position before it, or where flat the order. */
  #bias = 0;
  declare private readonly way: Path;

  constructor(venue: VenueParts, account: VenueAccount, costs: FillCosts, rules: FillRules) {
    const rates = costs.plainRates;
    this.isNever = rates === null || rules.market !== 'next-open' || !(account instanceof CashAccount);
    this.isOff = this.isNever;
    this.instruments = venue.instruments;
    this.table = venue.table;
    this.orders = venue.orders;
    this.bars = venue.bars;
    this.path = venue.path;
    this.report = venue.report;
    this.reduceOnly = venue.reduceOnly;
    this.way = rules.path;
    this.account = account as CashAccount;
    this.takerRate = rates?.taker ?? 0;
    this.dearestRate = Math.max(0, this.takerRate, rates?.maker ?? 0);
    const count = venue.instruments.length;
    this.waiting = new Int32Array(count).fill(-1);
    this.arrivesMs = new Float64Array(count);
    this.mark = new Float64Array(count);
  }

  /** Leaves all orders to the general way, as somebody else says what becomes of them, or takes them again. */
  standAside(isAside: boolean): void {
    this.releaseAll();
    this.isOff = isAside || this.isNever;
  }

  /** Takes an order between bars; false, with nothing done, where it is another's. */
  place(row: number, nowMs: number): boolean {
    const c = this.table.column;
    if (this.isOff || !this.table.isBare(row) || (c.flags[row]! & SPECIAL) !== 0) return false;
    const role = c.role[row]!;
    if (role > EXIT) return false;
    const index = c.instrument[row]!;
    if (this.waiting[index]! >= 0 || this.orders.countOf(index) > 0) return false;
    const last = this.bars.close[index]!;
    if (role === ENTRY) {
      // A sale locks what it sells, which the general way sees to.
      if (c.side[row]! < 0 || Number.isNaN(last)) return false;
      const instrument = this.instruments[index]!;
      const value = instrument.value(instrument.ticks(last, 'ceil'), c.lots[row]!);
      if (!this.account.lockQuote(row, index, value + rateUp(value, this.dearestRate))) return false;
    }
    this.waiting[index] = row;
    this.arrivesMs[index] = nowMs;
    this.mark[index] = last;
    return true;
  }

  /** Whether an order waits in an instrument. */
  holds(index: number): boolean {
    return this.waiting[index]! >= 0;
  }

  /** A bar of an instrument begins at its open: whether there is nothing but the order that waits here, and no path is needed for now. */
  begin(index: number): boolean {
    if (!this.holds(index)) return false;
    this.#unlaid = index;
    return true;
  }

  /** Whether the path through the bar at hand is yet to be laid. */
  get isUnlaid(): boolean {
    return this.#unlaid >= 0;
  }

  /** Lays the path through the bar at hand for whatever rests there after its order has filled, or with it. */
  lay(): void {
    const index = this.#unlaid;
    this.#unlaid = -1;
    const orders = this.orders;
    if (this.waiting[index]! >= 0) {
      this.#handOver(index);
      const held = this.account.netLots[index]!;
      const bias = held !== 0 ? held : orders.leaning(index, this.table, this.path.price);
      this.path.lay(this.way, bias);
    } else if (orders.countOf(index) > 0) this.path.lay(this.way, this.#bias);
  }

  /** Hands the order that waits in an instrument over to the general way, as something else concerns that instrument. */
  release(index: number): void {
    if (this.waiting[index]! < 0) return;
    if (index === this.#unlaid) this.lay();
    else this.#handOver(index);
  }

  #handOver(index: number): void {
    const row = this.waiting[index]!;
    this.waiting[index] = -1;
    this.orders.add(row, index, Number.NaN, Number.NaN, this.arrivesMs[index]!, false, this.mark[index]!);
  }

  /** {@link release} of every order. */
  releaseAll(): void {
    for (let index = 0; index < this.waiting.length; index++) this.release(index);
  }

  /** Fills the order that waits in an instrument, at the open that the path is at, and reports it; false, with nothing done, where it is another's. */
  fill(index: number): boolean {
    const path = this.path;
    const row = this.waiting[index]!;
    if (row < 0 || this.arrivesMs[index]! > path.openMs) return false;
    const c = this.table.column;
    const side = c.side[row]!;
    const lots = c.lots[row]!;
    const room = this.bars.roomLots[index]!;
    const held = this.account.netLots[index]!;
    if (lots > room || !(lots > 0)) return false;
    if (this.reduceOnly && (c.flags[row]! & REDUCE_ONLY) !== 0 && lots > -side * held) return false;
    const instrument = this.instruments[index]!;
    const ticks = instrument.ticks(path.point[0]!, 'half-even');
    const value = instrument.value(ticks, lots);
    const r = this.report;
    r.value = value;
    r.fee = rateUp(value, this.takerRate);
    if (!this.account.exchange(row, instrument, side, lots, r)) return false;
    this.waiting[index] = -1;
    this.#bias = held === 0 ? side : held;
    this.bars.roomLots[index] = room - lots;
    r.kind = FILLED;
    r.row = row;
    r.instrument = index;
    r.lots = lots;
    r.ticks = ticks;
    r.referenceTicks = ticks;
    r.feeAsset = -1;
    r.maker = false;
    r.timeMs = path.openMs;
    r.reason = '';
    return true;
  }

  /** Forgets the orders that wait. */
  reset(): void {
    this.waiting.fill(-1);
    this.#unlaid = -1;
  }
}
