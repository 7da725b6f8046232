import type { AccountOrders } from './account-orders.ts';
import { filterFailure, rejected } from './refusal.ts';
import { hasLimit, isStop, leftLots, type OrderDraft, stopDirection } from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';

/** Limits over all symbols. */
export type ExchangeLimits = {
  readonly orders: number;
  readonly algoOrders: number;
  readonly icebergOrders: number;
  readonly orderLists: number;
};

/** Refuses a price that PRICE_FILTER or PERCENT_PRICE_BY_SIDE forbids. `referenceTicks` 0: no percent filter. */
export function checkPrice(symbol: SpotSymbol, side: number, ticks: number, referenceTicks: number): void {
  checkStep(symbol, ticks);
  if (referenceTicks === 0) return;
  if (ticks > referenceTicks * symbol.percentUp || ticks < referenceTicks * symbol.percentDown) {
    throw filterFailure(side === 0 ? 'PERCENT_PRICE' : 'PERCENT_PRICE_BY_SIDE');
  }
}

function checkStep(symbol: SpotSymbol, ticks: number): void {
  if (ticks < symbol.minTicks || (symbol.maxTicks > 0 && ticks > symbol.maxTicks)) throw filterFailure('PRICE_FILTER');
}

/** Refuses an order's value outside NOTIONAL; a MARKET order has no lower bound on its upper side, as the filter says. */
export function checkNotional(symbol: SpotSymbol, valueQuanta: number, isMarket: boolean): void {
  if (valueQuanta < symbol.minNotionalQuanta) throw filterFailure('NOTIONAL');
  if (!isMarket && valueQuanta > symbol.maxNotionalQuanta) throw filterFailure('NOTIONAL');
}

/**
 * Everything about an order that can be told without the book: prices, sizes and values against the symbol's filters.
 * `lots` is 0 for a market order by value, whose lots are not known yet.
 */
export function checkNumbers(draft: OrderDraft, lots: number, referenceTicks: number): void {
  const { symbol, side, type } = draft;
  if (draft.limitTicks > 0 || (hasLimit(type) && draft.peg === null)) {
    checkPrice(symbol, side, draft.limitTicks, referenceTicks);
  }
  if (isStop(type) && (draft.stopTicks > 0 || draft.trailingDelta === 0)) checkStep(symbol, draft.stopTicks);
  const byValue = draft.quoteQuanta > 0 || (type === 'MARKET' && lots === 0 && draft.lots === 0);
  if (!byValue && (lots < symbol.minLots || lots > symbol.maxLots)) throw filterFailure('LOT_SIZE');
  if (draft.icebergLots > 0) {
    if (draft.icebergLots > lots) throw rejected('IcebergQty exceeds QTY.');
    if (draft.icebergLots < symbol.minLots) throw filterFailure('LOT_SIZE');
    if (Math.ceil(lots / draft.icebergLots) > symbol.icebergParts) throw filterFailure('ICEBERG_PARTS');
  }
  const isMarket = type === 'MARKET';
  if (isMarket && !byValue && symbol.maxMarketLots > 0 && lots > symbol.maxMarketLots) {
    throw filterFailure('MARKET_LOT_SIZE');
  }
  if (byValue) {
    if (draft.quoteQuanta === 0) throw rejected('Price * QTY is zero or less.');
    checkNotional(symbol, draft.quoteQuanta, true);
  } else {
    const ticks = draft.limitTicks > 0 ? draft.limitTicks : draft.stopTicks > 0 ? draft.stopTicks : referenceTicks;
    if (ticks > 0) checkNotional(symbol, ticks * lots * symbol.quantaPerTickLot, !hasLimit(type));
  }
  if (draft.trailingDelta > 0) checkTrailing(draft);
}

function checkTrailing({ symbol, trailingDelta }: OrderDraft): void {
  if (trailingDelta < symbol.minTrailingDelta || trailingDelta > symbol.maxTrailingDelta) {
    throw filterFailure('TRAILING_DELTA');
  }
}

/** Refuses more open orders than the filters allow, were `drafts` added to what is open. */
export function checkCounts(
  drafts: readonly OrderDraft[],
  isList: boolean,
  orders: AccountOrders,
  limits: ExchangeLimits,
): void {
  const { symbol } = drafts[0]!;
  const mine = orders.of(symbol);
  const algo = drafts.filter((d) => isStop(d.type)).length;
  const iceberg = drafts.filter((d) => d.icebergLots > 0).length;
  if (mine.open.size + drafts.length > symbol.maxOrders) throw filterFailure('MAX_NUM_ORDERS');
  if (algo > 0 && mine.algoCount + algo > symbol.maxAlgoOrders) throw filterFailure('MAX_NUM_ALGO_ORDERS');
  if (iceberg > 0 && mine.icebergCount + iceberg > symbol.maxIcebergOrders) {
    throw filterFailure('MAX_NUM_ICEBERG_ORDERS');
  }
  if (isList && mine.lists.size + 1 > symbol.maxOrderLists) throw filterFailure('MAX_NUM_ORDER_LISTS');
  const sum = (of: (s: ReturnType<AccountOrders['of']>) => number): number =>
    orders.every().reduce((total, s) => total + of(s), 0);
  if (Number.isFinite(limits.orders) && sum((s) => s.open.size) + drafts.length > limits.orders) {
    throw filterFailure('EXCHANGE_MAX_NUM_ORDERS');
  }
  if (algo > 0 && Number.isFinite(limits.algoOrders) && sum((s) => s.algoCount) + algo > limits.algoOrders) {
    throw filterFailure('EXCHANGE_MAX_NUM_ALGO_ORDERS');
  }
  if (
    iceberg > 0 &&
    Number.isFinite(limits.icebergOrders) &&
    sum((s) => s.icebergCount) + iceberg > limits.icebergOrders
  ) {
    throw filterFailure('EXCHANGE_MAX_NUM_ICEBERG_ORDERS');
  }
  if (isList && Number.isFinite(limits.orderLists) && sum((s) => s.lists.size) + 1 > limits.orderLists) {
    throw filterFailure('EXCHANGE_MAX_NUM_ORDER_LISTS');
  }
}

/** Refuses a buy that, filled with all other open buys, would take the account's base asset above MAX_POSITION. */
export function checkPosition(
  symbol: SpotSymbol,
  side: number,
  lots: number,
  haveQuanta: number,
  orders: AccountOrders,
): void {
  if (side < 0 || !Number.isFinite(symbol.maxPositionLots)) return;
  let open = lots;
  for (const order of orders.of(symbol).open) {
    if (order.side > 0 && order.status !== 'PENDING_NEW') open += leftLots(order);
  }
  if (haveQuanta / symbol.baseQuantaPerLot + open > symbol.maxPositionLots) throw filterFailure('MAX_POSITION');
}

/** Refuses a stop that the last price has already reached; without a last price none has. */
export function checkTrigger(draft: OrderDraft, lastTicks: number): void {
  if (!isStop(draft.type) || draft.stopTicks === 0 || lastTicks === 0) return;
  const direction = stopDirection(draft.type, draft.side);
  if (direction * lastTicks >= direction * draft.stopTicks) throw rejected('Order would trigger immediately.');
}
