import { checkFunds, checkNew, checkPlaceable, type Funds } from './order-checks.ts';
import type { OrderDesk } from './order-desk.ts';
import { checkNumbers } from './order-filters.ts';
import { isListOpen, type ListStatusType, type OrderList, pairOf } from './order-list.ts';
import { Refusal, rejected } from './refusal.ts';
import type { SpotExchange } from './spot-exchange.ts';
import { type ExpiryReason, isOpen, isStop, type OrderDraft, type SpotOrder } from './spot-order.ts';
import { listStatus } from './user-events.ts';

/** Orders that depend on each other: places, cancels and amends lists, and lets one leg follow from another. */
export class ListDesk {
  readonly #exchange: SpotExchange;
  readonly #desk: OrderDesk;

  constructor(exchange: SpotExchange, desk: OrderDesk) {
    this.#exchange = exchange;
    this.#desk = desk;
    desk.lists = this;
  }

  /** Places a pair of which one cancels the other; their types have been checked to be one of each kind. */
  placeOco(account: number, clientId: string, drafts: readonly OrderDraft[]): OrderList {
    checkNew(this.#exchange, account, drafts, true);
    this.#checkListId(account, drafts[0]!, clientId);
    this.#checkPrices(drafts);
    const funds = drafts.map((d) => checkPlaceable(this.#exchange, account, d, d.lots, false));
    checkFunds(this.#exchange, account, drafts[0]!, Math.max(...funds.map((f) => f.quanta)));
    const orders = drafts.map((d) => this.#desk.create(account, d));
    const list = this.#list(account, clientId, null, orders, false);
    this.#startPair(orders, funds);
    this.#tell(list, 'EXEC_STARTED');
    return list;
  }

  /**
   * Places an order, and others once it has filled: one, or a pair of which one cancels the other. With `pendingFromWorking` their
   * quantity is what the working order receives.
   */
  placeOto(
    account: number,
    clientId: string,
    working: OrderDraft,
    pending: readonly OrderDraft[],
    pendingFromWorking: boolean,
  ): OrderList {
    const market = this.#exchange.markets[working.symbol.index]!;
    checkNew(this.#exchange, account, [working, ...pending], true);
    this.#checkListId(account, working, clientId);
    for (const draft of pending) {
      const lots = pendingFromWorking ? working.lots : draft.lots;
      checkNumbers(draft, lots, market.referenceTicks(this.#exchange.nowMs()));
    }
    checkPlaceable(this.#exchange, account, working, working.lots);
    const first = this.#desk.create(account, working);
    const rest = pending.map((draft) => {
      const order = this.#desk.create(account, draft);
      order.status = 'PENDING_NEW';
      return order;
    });
    const list = this.#list(account, clientId, first, rest, pendingFromWorking);
    for (const order of rest) this.#desk.report(order, 'NEW');
    this.#desk.start(first);
    this.#tell(list, 'EXEC_STARTED');
    return list;
  }

  /** Cancels what is open of a list; returns the canceled orders. */
  cancel(list: OrderList, cancelId: string): SpotOrder[] {
    const open = this.openOrders(list);
    this.#close(list);
    for (const order of open) this.#desk.cancel(order, cancelId);
    this.#tell(list, 'ALL_DONE');
    return open;
  }

  /** Orders of a list that have not ended, in its order. */
  openOrders(list: OrderList): SpotOrder[] {
    return (list.working === null ? [...list.rest] : [list.working, ...list.rest]).filter(isOpen);
  }

  /** Makes an order smaller, and the other leg of its pair with it, since only one of them can ever execute. Returns the execution id. */
  amend(order: SpotOrder, lots: number, clientId: string): number {
    const renamed = clientId !== order.clientOrderId;
    const pair = pairOf(order);
    const executionId = this.#desk.amend(order, lots, clientId);
    if (pair !== null && isOpen(pair) && isOpen(order)) this.#desk.amend(pair, lots, pair.clientOrderId);
    if (order.list !== null && renamed && isListOpen(order.list)) this.#tell(order.list, 'UPDATED');
    return executionId;
  }

  /** A stop leg has fired: the other leg goes first, so that its funds are free. */
  triggered(order: SpotOrder): void {
    const pair = pairOf(order);
    if (pair === null || !isListOpen(order.list!)) return;
    const list = order.list!;
    this.#close(list);
    this.#desk.expire(pair, 'OCO_TRIGGER');
    this.#desk.later(() => this.#tell(list, 'ALL_DONE'));
  }

  traded(order: SpotOrder): void {
    const { list } = order;
    if (list === null || !isListOpen(list)) return;
    if (pairOf(order) !== null) this.#endWith(list, 'OCO_TRIGGER', order);
    else if (order.status === 'FILLED') this.ended(order);
  }

  /** An order has ended, filled or not. */
  ended(order: SpotOrder): void {
    const { list } = order;
    if (list === null || !isListOpen(list)) return;
    if (order !== list.working) this.#endWith(list, 'OCO_TRIGGER', order);
    else if (order.status === 'FILLED') this.#desk.later(() => this.#placePending(list));
    else this.#endWith(list, 'OTO_PHASE_ONE_EXPIRED', order);
  }

  /** Ends a list: after the current command, all its orders but one expire. */
  #endWith(list: OrderList, reason: ExpiryReason, but: SpotOrder): void {
    this.#close(list);
    this.#desk.later(() => {
      for (const order of list.rest) if (order !== but) this.#desk.expire(order, reason);
      this.#tell(list, 'ALL_DONE');
    });
  }

  #placePending(list: OrderList): void {
    const { rest, account } = list;
    if (list.pendingFromWorking) {
      const lots = this.#receivedLots(list);
      for (const order of rest) order.lots = lots;
    }
    try {
      const funds = rest.map((o) => checkPlaceable(this.#exchange, account, o.draft, o.lots, false));
      checkFunds(this.#exchange, account, rest[0]!.draft, Math.max(...funds.map((f) => f.quanta)));
      this.#startPair(rest, funds);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#close(list);
      for (const order of rest) if (isOpen(order)) this.#desk.reject(order, error);
      this.#tell(list, 'ALL_DONE');
    }
  }

  /** Starts one order, or two that share one lock: the second locks only what it needs beyond the first. */
  #startPair(orders: readonly SpotOrder[], funds: readonly Funds[]): void {
    let locked = 0;
    // The one on the book first: its lock must be whole, and a waiting stop takes it over when it fires.
    const waits = (i: number): number => Number(isStop(orders[i]!.draft.type));
    const byWaiting = orders.map((_, i) => i).sort((x, y) => waits(x) - waits(y));
    for (const i of byWaiting) {
      const { quanta } = funds[i]!;
      this.#desk.start(orders[i]!, Math.max(0, quanta - locked));
      locked = Math.max(locked, quanta);
    }
  }

  /** Base lots that the working order has received, its fee taken off where it was paid in base. */
  #receivedLots(list: OrderList): number {
    const { symbol } = list;
    let quanta = 0;
    for (const fill of list.working!.fills) {
      quanta += fill.lots * symbol.baseQuantaPerLot;
      if (fill.feeAsset === symbol.baseAsset) quanta -= fill.feeQuanta;
    }
    return Math.floor(quanta / symbol.baseQuantaPerLot);
  }

  #checkListId(account: number, draft: OrderDraft, clientId: string): void {
    for (const list of this.#exchange.orders[account]!.of(draft.symbol).lists) {
      if (list.clientId === clientId) throw rejected('Duplicate order sent.');
    }
  }

  /** The last price must lie between the two; without one, above must be above below. */
  #checkPrices(drafts: readonly OrderDraft[]): void {
    const { lastTicks } = this.#exchange.markets[drafts[0]!.symbol.index]!;
    const priceOf = (isAbove: boolean): number => {
      const draft = drafts.find((d) => (d.type.startsWith('STOP_LOSS') ? d.side > 0 : d.side < 0) === isAbove)!;
      return isStop(draft.type) ? draft.stopTicks : draft.limitTicks;
    };
    const high = priceOf(true);
    const low = priceOf(false);
    const wrong =
      (high > 0 && low > 0 && high <= low) ||
      (lastTicks > 0 && ((high > 0 && high <= lastTicks) || (low > 0 && low >= lastTicks)));
    if (wrong) throw rejected('The relationship of the prices for the orders is not correct.');
  }

  #list(
    account: number,
    clientId: string,
    working: SpotOrder | null,
    rest: readonly SpotOrder[],
    pendingFromWorking: boolean,
  ): OrderList {
    const symbol = rest[0]!.symbol;
    const now = this.#exchange.nowMs();
    const list: OrderList = {
      id: this.#exchange.nextListId++,
      account,
      symbol,
      clientId,
      working,
      rest,
      pendingFromWorking,
      statusType: 'EXEC_STARTED',
      orderStatus: 'EXECUTING',
      timeMs: now,
      updateTimeMs: now,
    };
    for (const order of working === null ? rest : [working, ...rest]) order.list = list;
    this.#exchange.orders[account]!.listed(list);
    return list;
  }

  #close(list: OrderList): void {
    list.statusType = 'ALL_DONE';
    list.orderStatus = 'ALL_DONE';
    list.updateTimeMs = this.#exchange.nowMs();
    this.#exchange.orders[list.account]!.of(list.symbol).lists.delete(list);
  }

  #tell(list: OrderList, type: ListStatusType): void {
    const now = this.#exchange.nowMs();
    // A list that has ended within its placement is still told to have begun; queries show where it stands, not what was told.
    const status = type === 'ALL_DONE' ? 'ALL_DONE' : 'EXECUTING';
    list.updateTimeMs = now;
    this.#exchange.notify(list.account, listStatus(list, type, status, now));
  }
}
