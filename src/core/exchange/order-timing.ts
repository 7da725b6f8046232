import { TIF, TYPE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import type { BarPath } from './bar-path.ts';
import type { FillCosts } from './fill-costs.ts';
import type { FillRules } from './fill-rules.ts';
import type { ToldOrders } from './told-orders.ts';
import type { VenueOrders } from './venue-orders.ts';

/** Where a market order acts: it takes whatever price there is. */
const ANY_PRICE = 0;

/** When on a bar's path each resting order acts. */
export class OrderTiming {
  declare private readonly table: OrderTable;
  declare private readonly orders: VenueOrders;
  declare private readonly path: BarPath;
  declare private readonly rules: FillRules;
  declare private readonly costs: FillCosts;
  /** Who knows better than the models; null for nobody. */
  told: ToldOrders | null = null;

  constructor(table: OrderTable, orders: VenueOrders, path: BarPath, rules: FillRules, costs: FillCosts) {
    this.table = table;
    this.orders = orders;
    this.path = path;
    this.rules = rules;
    this.costs = costs;
  }

  /** What is asked at `nowMs` is answered no earlier, though the bars since the last one that mattered were not shown. */
  goOnTo(nowMs: number): void {
    this.path.goOnTo(nowMs);
  }

  /** When an order sent now is at the venue. */
  arrivalMs(row: number, nowMs: number): number {
    const told = this.told?.arrivalMs(row, nowMs) ?? Number.NaN;
    return Number.isNaN(told) ? this.costs.arrivalMs(nowMs) : told;
  }

  /** When a cancel sent now is at the venue; NaN where it is there at once. */
  cancelArrivalMs(row: number, nowMs: number): number {
    const told = this.told?.cancelMs(row, nowMs) ?? Number.NaN;
    if (!Number.isNaN(told)) return told > nowMs ? told : Number.NaN;
    return this.costs.delays ? this.costs.arrivalMs(nowMs) : Number.NaN;
  }

  /**
   * The order that acts first on the rest of this leg, with the path moved to where it acts; −1 for none. Without a `budget` the bar
   * fills no more, and orders only expire.
   */
  next(instrument: number, budget: boolean): number {
    const rows = this.orders.rowsOf(instrument);
    const count = this.orders.countOf(instrument);
    const path = this.path;
    let first = -1;
    let best = 2;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      const at = this.#when(row, budget);
      if (at >= 0 && at < best) {
        best = at;
        first = row;
        if (at === 0) break;
      }
    }
    if (first >= 0) path.progress[0] = best;
    return first;
  }

  /** Progress on this leg at which an order acts, or −1. */
  #when(row: number, budget: boolean): number {
    const orders = this.orders;
    const path = this.path;
    if (orders.waits(row)) return -1;
    const ends = this.endsAt(row);
    const modelled = budget ? this.#trades(row) : -1;
    const at = this.told === null ? modelled : this.#toldAt(row, modelled, this.told);
    return ends >= 0 && (at < 0 || ends <= at) ? Math.max(ends, path.progress[0]!) : at;
  }

  /**
   * Whether an order acts here only because it was told so. Where the model comes to the same millisecond, it goes the model's way: a time
   * that was told is whole milliseconds, a place on the path is not.
   */
  isForced(row: number): boolean {
    const { told } = this;
    const ms = told === null ? Number.NaN : told.fillsMs(row, this.orders.filled(row));
    if (Number.isNaN(ms)) return false;
    const at = this.#trades(row);
    return at < 0 || at > this.path.progress[0]! || this.path.timeMs !== ms;
  }

  /** Progress on this leg at which an order fills as told, or −1; the model's where nothing is told. */
  #toldAt(row: number, modelled: number, told: ToldOrders): number {
    const ms = told.fillsMs(row, this.orders.filled(row));
    if (Number.isNaN(ms)) return modelled;
    const { progress, openMs, closeMs, leg } = this.path;
    const there = leg === 0 ? openMs : Math.floor(openMs + ((closeMs - openMs) * (leg - 1 + modelled)) / 3);
    if (modelled >= 0 && there === ms) return modelled;
    const at = this.path.arrival(ms);
    return at < 0 ? -1 : Math.max(at, progress[0]!);
  }

  /** Progress on this leg at which an order expires or is canceled, 0 if that was before; −1 if not on this leg. */
  endsAt(row: number): number {
    const expires = this.table.column.expireAtMs[row]!;
    const cancels = this.orders.cancelsMs(row);
    return this.path.arrival(expires > 0 && expires < cancels ? expires : cancels);
  }

  /** Progress on this leg at which an order triggers, trades or finds that it cannot; −1 if not on this leg. */
  #trades(row: number): number {
    const orders = this.orders;
    const path = this.path;
    const c = this.table.column;
    const arrives = path.arrival(orders.arrivesMs(row));
    if (arrives < 0) return -1;
    // What price did before the order was here does not count.
    const from = Math.max(arrives, path.progress[0]!);
    const type = c.type[row]!;
    const up = c.side[row]! > 0;
    let at: number;
    if (type === TYPE.market || (orders.triggered(row) && Number.isNaN(orders.limitPrice(row)))) at = ANY_PRICE;
    else if (type === TYPE.limit || orders.triggered(row)) {
      // An immediate order trades on arrival or not at all.
      if (c.tif[row] === TIF.ioc || c.tif[row] === TIF.fok) return from;
      const limit = orders.limitPrice(row);
      at = path.reach(limit, !up, from);
      // Trading through: touching is not enough unless the price was already better when the order came.
      if (at >= 0 && this.rules.limit === 'through' && !path.goesBeyond(limit, !up, at)) return -1;
    } else {
      const rising = type === TYPE['take-profit-market'] || type === TYPE['take-profit-limit'] ? !up : up;
      at = path.reach(orders.triggerPrice(row), rising, from);
    }
    return at < 0 ? -1 : Math.max(at, from);
  }
}
