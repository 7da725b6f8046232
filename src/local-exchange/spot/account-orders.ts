import { isListOpen, type OrderList } from './order-list.ts';
import { isStop, type OrderFill, type PreventedMatch, type SpotOrder } from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';

/** What an account has done on one symbol, each list oldest first, and how much of it is open. */
export class SymbolOrders {
  /** By order number, ascending. */
  orders: SpotOrder[] = [];
  fills: OrderFill[] = [];
  prevented: PreventedMatch[] = [];
  readonly open = new Set<SpotOrder>();
  readonly lists = new Set<OrderList>();
  algoCount = 0;
  icebergCount = 0;
  /** The latest order of each client id. */
  readonly #byClientId = new Map<string, SpotOrder>();
  readonly #kept: number;

  /** @param kept orders, fills and prevented matches that are remembered; of twice as many the older half is forgotten, open ones never */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** The order of a number, or null. */
  byId(orderId: number): SpotOrder | null {
    let low = 0;
    let high = this.orders.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.orders[middle]!.orderId < orderId) low = middle + 1;
      else high = middle;
    }
    return this.orders[low]?.orderId === orderId ? this.orders[low]! : null;
  }

  byClientId(clientId: string): SpotOrder | null {
    return this.#byClientId.get(clientId) ?? null;
  }

  /** Whether an open order has this client id. */
  isTaken(clientId: string): boolean {
    const order = this.#byClientId.get(clientId);
    return order !== undefined && this.open.has(order);
  }

  opened(order: SpotOrder): void {
    if (this.orders.length >= 2 * this.#kept) this.#forget();
    this.orders.push(order);
    this.open.add(order);
    this.#byClientId.set(order.clientOrderId, order);
    if (isStop(order.draft.type)) this.algoCount++;
    if (order.draft.icebergLots > 0) this.icebergCount++;
  }

  closed(order: SpotOrder): void {
    if (!this.open.delete(order)) return;
    if (isStop(order.draft.type)) this.algoCount--;
    if (order.draft.icebergLots > 0) this.icebergCount--;
  }

  #forget(): void {
    const newest = this.orders.length - this.#kept;
    const gone = this.orders.filter((o, i) => i < newest && !this.open.has(o));
    for (const order of gone) {
      if (this.#byClientId.get(order.clientOrderId) === order) this.#byClientId.delete(order.clientOrderId);
    }
    this.orders = this.orders.filter((o, i) => i >= newest || this.open.has(o));
    this.fills = this.fills.slice(-this.#kept);
    this.prevented = this.prevented.slice(-this.#kept);
  }

  renamed(order: SpotOrder, clientId: string): void {
    if (this.#byClientId.get(order.clientOrderId) === order) this.#byClientId.delete(order.clientOrderId);
    order.clientOrderId = clientId;
    this.#byClientId.set(clientId, order);
  }
}

/** Orders, fills and lists of one account. */
export class AccountOrders {
  readonly #symbols: SymbolOrders[];
  #lists: OrderList[] = [];
  readonly #kept: number;
  updateTimeMs = 0;
  payInDiscountAsset: boolean;
  /** Assets of which the balance may have changed since the last outboundAccountPosition. */
  readonly touched = new Set<number>();

  constructor(symbols: number, payInDiscountAsset: boolean, kept: number) {
    this.#symbols = Array.from({ length: symbols }, () => new SymbolOrders(kept));
    this.#kept = kept;
    this.payInDiscountAsset = payInDiscountAsset;
  }

  of(symbol: SpotSymbol): SymbolOrders {
    return this.#symbols[symbol.index]!;
  }

  /** Every list that is remembered, oldest first. */
  get lists(): readonly OrderList[] {
    return this.#lists;
  }

  listed(list: OrderList): void {
    if (this.#lists.length >= 2 * this.#kept) {
      const newest = this.#lists.length - this.#kept;
      this.#lists = this.#lists.filter((l, i) => i >= newest || isListOpen(l));
    }
    this.#lists.push(list);
    this.of(list.symbol).lists.add(list);
  }

  every(): readonly SymbolOrders[] {
    return this.#symbols;
  }
}
