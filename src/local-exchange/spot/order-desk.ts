import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { assert } from '../../core/vocabulary/assert.ts';
import { multiplyDivide } from '../../core/vocabulary/integer.ts';
import { BookOutcomes } from './book-outcomes.ts';
import type { ListDesk } from './list-desk.ts';
import type { MarketStreams } from './market-streams.ts';
import { checkNew, checkPlaceable, fundsOf } from './order-checks.ts';
import { pairOf } from './order-list.ts';
import { amendRejected, insufficientBalance, Refusal } from './refusal.ts';
import type { SpotExchange } from './spot-exchange.ts';
import {
  type ExpiryReason,
  hasLimit,
  isOpen,
  isStop,
  type OrderDraft,
  type OrderStatus,
  type PreventedMatch,
  type RejectReason,
  SELF_TRADE,
  type SpotOrder,
} from './spot-order.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { type Execution, type ExecutionType, executionReport } from './user-events.ts';

const REJECT_REASONS: Readonly<Record<string, RejectReason>> = {
  'Account has insufficient balance for requested action.': 'INSUFFICIENT_BALANCES',
  'Order would trigger immediately.': 'STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY',
  'Order would immediately match and take.': 'WOULD_MATCH_IMMEDIATELY',
  'The relationship of the prices for the orders is not correct.': 'OCO_BAD_PRICES',
};

/**
 * Takes orders through their life: places, matches, triggers, cancels and amends them, and tells their owners.
 *
 * Every request runs inside {@link command}: what its trades set off (triggers, legs of lists) follows after it, in the order in which it
 * came about, and balances are told last.
 */
export class OrderDesk {
  readonly exchange: SpotExchange;
  readonly #streams: MarketStreams;
  readonly #followUps: (() => void)[] = [];
  readonly outcomes: BookOutcomes;
  lists: ListDesk | null = null;

  constructor(exchange: SpotExchange, streams: MarketStreams) {
    this.exchange = exchange;
    this.#streams = streams;
    this.outcomes = new BookOutcomes(this, streams);
  }

  /** Runs a request and everything that follows from it. Answers what the request itself answered, before what followed. */
  command<T>(run: () => T): T {
    try {
      return run();
    } finally {
      for (let next = this.#followUps.shift(); next !== undefined; next = this.#followUps.shift()) next();
      this.exchange.sendPositions();
      this.#streams.settled();
    }
  }

  /** Runs after the current request. */
  later(run: () => void): void {
    this.#followUps.push(run);
  }

  /** Places an order, or refuses it without a trace. */
  place(account: number, draft: OrderDraft): SpotOrder {
    checkNew(this.exchange, account, [draft], false);
    checkPlaceable(this.exchange, account, draft, draft.lots);
    const order = this.create(account, draft);
    this.start(order);
    return order;
  }

  /** Makes an order known, without money and without placing it. */
  create(account: number, draft: OrderDraft): SpotOrder {
    const market = this.exchange.markets[draft.symbol.index]!;
    const now = this.exchange.nowMs();
    const order: SpotOrder = {
      house: false,
      draft,
      symbol: draft.symbol,
      account,
      side: draft.side,
      orderId: market.nextOrderId++,
      row: -1,
      clientOrderId: draft.clientOrderId,
      list: null,
      lots: draft.lots,
      ticks: draft.limitTicks,
      peggedTicks: 0,
      status: 'NEW',
      executedLots: 0,
      valueQuanta: 0,
      preventedLots: 0,
      lastPrevented: null,
      waiting: false,
      timeMs: now,
      updateTimeMs: now,
      workingTimeMs: -1,
      trailingTimeMs: -1,
      extremeTicks: 0,
      expiryReason: null,
      rejectReason: 'NONE',
      short: false,
      fills: [],
      preventedMatches: [],
      amendments: [],
    };
    this.exchange.orders[account]!.of(draft.symbol).opened(order);
    return order;
  }

  /** Locks an order's funds and lets it work or, a stop, wait. What it needs must have been checked. */
  start(order: SpotOrder, lockQuanta?: number): void {
    const { exchange } = this;
    const { draft, symbol } = order;
    const market = exchange.markets[symbol.index]!;
    const funds = fundsOf(exchange, order.account, draft, order.lots);
    order.row = exchange.takeRow();
    exchange.rows[order.row] = order;
    order.lots = funds.lots;
    order.short = funds.short;
    const asset = order.side > 0 ? symbol.quoteAsset : symbol.baseAsset;
    const locked = exchange.balances[order.account]!.lock(order.row, asset, lockQuanta ?? funds.quanta);
    assert(locked === VENUE_REFUSAL.accepted, 'funds were checked before');
    this.touchBoth(order);
    if (isStop(draft.type)) {
      order.waiting = true;
      order.status = 'NEW';
      this.report(order, 'NEW');
      market.triggers.add(order);
      return;
    }
    order.peggedTicks = funds.peggedTicks;
    if (draft.peg !== null) order.ticks = funds.peggedTicks;
    this.#work(order, market, draft.type === 'MARKET' && order.side > 0 ? funds.quanta : -1, order.lots);
  }

  /** A stop whose trigger has fired: enters the book as a market or a limit order. */
  trigger(order: SpotOrder): void {
    if (!order.waiting || !isOpen(order)) return;
    const market = this.exchange.markets[order.symbol.index]!;
    market.triggers.remove(order);
    order.waiting = false;
    // Its lock may grow to what it takes now.
    this.touchBoth(order);
    this.lists?.triggered(order);
    const { draft, symbol } = order;
    try {
      const book = market.book;
      if (hasLimit(draft.type)) {
        if (draft.peg !== null) {
          const funds = fundsOf(this.exchange, order.account, draft, order.lots, true);
          order.peggedTicks = funds.peggedTicks;
          order.ticks = funds.peggedTicks;
        }
        this.#work(order, market, -1, order.lots);
        return;
      }
      const balances = this.exchange.balances[order.account]!;
      if (order.side < 0) {
        this.#work(order, market, -1, order.lots);
        return;
      }
      // A buy at market spends what it has locked and what else is free, no more.
      const most = symbol.tickLots(balances.lockedBy(order.row) + balances.free[symbol.quoteAsset]!);
      const own = draft.selfTrade === 'NONE' ? -1 : order.account;
      const walk = book.walk(1, own, 0, order.lots, most);
      const cover = Math.max(symbol.value(walk.tickLots, 1), balances.lockedBy(order.row));
      const affordable = walk.emptied || walk.lots === order.lots ? order.lots : walk.lots;
      if (affordable === 0) throw insufficientBalance();
      this.#work(order, market, cover, affordable);
      if (isOpen(order)) throw insufficientBalance();
    } catch (error) {
      this.reject(order, error);
    }
  }

  /** Ends an order that was accepted earlier but cannot be placed now. */
  reject(order: SpotOrder, error: unknown): void {
    if (!(error instanceof Refusal)) throw error;
    order.rejectReason = REJECT_REASONS[error.message] ?? 'NONE';
    this.finish(order, 'EXPIRED', 'EXPIRED', 'REJECTED');
  }

  cancel(order: SpotOrder, cancelId: string): void {
    this.#withdraw(order);
    this.finish(order, 'CANCELED', 'CANCELED', null, cancelId);
  }

  expire(order: SpotOrder, reason: ExpiryReason): void {
    if (!isOpen(order)) return;
    this.#withdraw(order);
    this.finish(order, 'EXPIRED', 'EXPIRED', reason);
  }

  /** Makes an order smaller; it keeps its place. To what has executed or less ends it. */
  amend(order: SpotOrder, lots: number, clientId: string): number {
    const { exchange } = this;
    if (lots > order.lots) throw amendRejected('Order amend (quantity increase) is not supported.');
    if (lots === order.lots) throw amendRejected('The requested action would change no state; rejecting.');
    const market = exchange.markets[order.symbol.index]!;
    const before = { lots: order.lots, id: order.clientOrderId };
    const less = order.lots - lots;
    const ends = lots <= order.executedLots + order.preventedLots;
    if (ends) this.#withdraw(order);
    else if (order.row >= 0 && !order.waiting) {
      market.spot.reduce(order.row, less);
      market.depth.touch(order.side, order.ticks);
    } else if (order.row >= 0) {
      const balances = exchange.balances[order.account]!;
      const released = multiplyDivide(balances.lockedBy(order.row), less, before.lots, 'floor');
      // Where values are rounded, two legs that share a lock may need a quantum more than its share.
      const spare = pairOf(order) !== null && order.symbol.valueDivisor > 1 ? 1 : 0;
      balances.release(order.row, Math.max(0, released - spare));
    }
    order.lots = lots;
    this.touchBoth(order);
    exchange.orders[order.account]!.of(order.symbol).renamed(order, clientId);
    order.updateTimeMs = exchange.nowMs();
    const executionId = this.report(order, 'REPLACED', { previousId: before.id });
    order.amendments.push({
      executionId,
      oldClientOrderId: before.id,
      newClientOrderId: clientId,
      oldLots: before.lots,
      newLots: lots,
      timeMs: order.updateTimeMs,
    });
    if (ends) this.finish(order, 'EXPIRED', 'EXPIRED', null);
    return executionId;
  }

  /** Says what has happened to an order; returns the execution id. */
  report(order: SpotOrder, type: ExecutionType, more: Partial<Execution> = {}): number {
    const market = this.exchange.markets[order.symbol.index]!;
    const executionId = market.nextExecutionId++;
    const execution = { type, executionId, timeMs: this.exchange.nowMs(), ...more };
    this.exchange.notify(order.account, executionReport(order, execution, this.exchange));
    return executionId;
  }

  /** Ends an order that the book no longer has. */
  finish(
    order: SpotOrder,
    type: ExecutionType,
    status: OrderStatus,
    reason: ExpiryReason | null,
    cancelId?: string,
    prevented?: PreventedMatch,
  ): void {
    order.status = status;
    order.expiryReason = reason;
    order.waiting = false;
    order.updateTimeMs = this.exchange.nowMs();
    this.touchBoth(order);
    this.close(order);
    this.report(order, type, {
      ...(cancelId === undefined ? {} : { cancelId }),
      ...(prevented === undefined ? {} : { prevented }),
    });
    this.lists?.ended(order);
  }

  touchBoth(order: SpotOrder): void {
    this.exchange.touch(order.account, order.symbol.baseAsset);
    this.exchange.touch(order.account, order.symbol.quoteAsset);
  }

  #work(order: SpotOrder, market: SymbolMarket, coverQuanta: number, lots: number): void {
    const { draft } = order;
    const now = this.exchange.nowMs();
    order.workingTimeMs = now;
    order.updateTimeMs = now;
    order.status = 'NEW';
    this.report(order, 'NEW');
    const isMarket = !hasLimit(draft.type);
    const result = market.spot.place(
      {
        id: order.row,
        account: order.account,
        side: order.side,
        ticks: order.ticks,
        lots,
        tif: isMarket || draft.timeInForce === 'IOC' ? 'ioc' : draft.timeInForce === 'FOK' ? 'fok' : 'gtc',
        postOnly: false,
        displayLots: draft.icebergLots,
        reserveTicks: 0,
        selfTrade: SELF_TRADE[draft.selfTrade],
      },
      coverQuanta,
    );
    if (result === VENUE_REFUSAL['fill-or-kill-not-fillable']) {
      this.finish(order, 'EXPIRED', 'EXPIRED', 'UNFILLED_FOK_ORDER_EXPIRED');
      return;
    }
    if (result === VENUE_REFUSAL['insufficient-balance']) throw insufficientBalance();
    assert(result === VENUE_REFUSAL.accepted, 'an order that was checked is accepted by its book');
    this.outcomes.apply(market, order);
    if (!isOpen(order)) return;
    if (order.short) this.finish(order, 'EXPIRED', 'EXPIRED', 'INSUFFICIENT_LIQUIDITY');
    else if (market.book.order(order.row) !== null) market.depth.touch(order.side, order.ticks);
  }

  /** Takes an open order from where it waits or rests, and frees what it has locked. */
  #withdraw(order: SpotOrder): void {
    if (order.row < 0) return;
    const market = this.exchange.markets[order.symbol.index]!;
    if (order.waiting) {
      market.triggers.remove(order);
      return;
    }
    market.spot.cancel(order.row);
    market.depth.touch(order.side, order.ticks);
  }

  /** Forgets an order that has ended, and frees what it has locked. */
  close(order: SpotOrder): void {
    this.exchange.orders[order.account]!.of(order.symbol).closed(order);
    if (order.row < 0) return;
    this.exchange.balances[order.account]!.release(order.row);
    this.exchange.freeRow(order.row);
    order.row = -1;
  }
}
