import { amountText } from './decimal-text.ts';
import { contingency, type ListOrderStatus, type ListStatusType, listOrders, type OrderList } from './order-list.ts';
import type { AssetNames, JsonObject } from './order-report.ts';
import type { OrderFill, PreventedMatch, SpotOrder } from './spot-order.ts';

export type ExecutionType = 'NEW' | 'CANCELED' | 'REPLACED' | 'TRADE' | 'EXPIRED' | 'TRADE_PREVENTION';

/** What an execution report says beside the order's state. */
export type Execution = {
  readonly type: ExecutionType;
  readonly executionId: number;
  readonly timeMs: number;
  readonly fill?: OrderFill;
  readonly prevented?: PreventedMatch;
  /** Client id of a cancel (the order's own becomes `C`), or the id before an amendment. */
  readonly cancelId?: string;
  readonly previousId?: string;
};

/** `executionReport` of an order (Binance, user data stream). */
export function executionReport(order: SpotOrder, execution: Execution, assets: AssetNames): JsonObject {
  const { draft, symbol } = order;
  const { fill, prevented } = execution;
  const original = execution.cancelId === undefined ? (execution.previousId ?? '') : order.clientOrderId;
  const json: JsonObject = {
    e: 'executionReport',
    E: execution.timeMs,
    s: symbol.name,
    c: execution.cancelId ?? order.clientOrderId,
    S: order.side > 0 ? 'BUY' : 'SELL',
    o: draft.type,
    f: draft.timeInForce,
    q: symbol.quantityText(order.lots),
    p: symbol.priceText(draft.limitTicks),
    P: symbol.priceText(draft.stopTicks),
    F: symbol.quantityText(draft.icebergLots),
    g: order.list?.id ?? -1,
    C: original,
    x: execution.type,
    X: order.status,
    r: order.rejectReason,
    i: order.orderId,
    l: symbol.quantityText(fill?.lots ?? 0),
    z: symbol.quantityText(order.executedLots),
    L: symbol.priceText(fill?.ticks ?? 0),
    n: fill === undefined ? '0' : amountText(fill.feeQuanta, assets.scales[fill.feeAsset]!),
    N: fill === undefined ? null : assets.names[fill.feeAsset]!,
    T: execution.timeMs,
    t: fill?.tradeId ?? -1,
    I: execution.executionId,
    w: isOnBook(order),
    m: fill?.maker ?? false,
    M: false,
    O: order.timeMs,
    Z: symbol.quoteText(order.valueQuanta),
    Y: symbol.quoteText(fill?.valueQuanta ?? 0),
    Q: symbol.quoteText(draft.quoteQuanta),
    V: draft.selfTrade,
  };
  if (order.workingTimeMs >= 0) json['W'] = order.workingTimeMs;
  if (draft.trailingDelta > 0) {
    json['d'] = draft.trailingDelta;
    if (order.trailingTimeMs >= 0) json['D'] = order.trailingTimeMs;
  }
  if (draft.strategyId !== null) json['j'] = draft.strategyId;
  if (draft.strategyType !== null) json['J'] = draft.strategyType;
  if (order.lastPrevented !== null) {
    json['v'] = order.lastPrevented.id;
    json['A'] = symbol.quantityText(order.preventedLots);
  }
  if (prevented !== undefined) {
    const isTaker = prevented.taker === order;
    json['B'] = symbol.quantityText(isTaker ? prevented.takerLots : prevented.makerLots);
    json['u'] = -1;
    json['U'] = isTaker ? prevented.maker.orderId : prevented.taker.orderId;
    json['Cs'] = symbol.name;
    json['pl'] = symbol.quantityText(prevented.lots);
    json['pL'] = symbol.priceText(prevented.ticks);
    json['pY'] = symbol.quoteText(symbol.valueAbout(prevented.ticks, prevented.lots));
  }
  if (draft.peg !== null) {
    json['gP'] = draft.peg.price;
    if (draft.peg.level > 0) {
      json['gOT'] = 'PRICE_LEVEL';
      json['gOV'] = draft.peg.level;
    }
    if (order.peggedTicks > 0) json['gp'] = symbol.priceText(order.peggedTicks);
  }
  if (order.expiryReason !== null) json['eR'] = order.expiryReason;
  return json;
}

/** Whether an order stands on the book at the moment of a report: once it works, until it has ended. */
function isOnBook(order: SpotOrder): boolean {
  return order.workingTimeMs >= 0 && (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED');
}

/** `listStatus` of an order list. */
export function listStatus(list: OrderList, type: ListStatusType, status: ListOrderStatus, timeMs: number): JsonObject {
  return {
    e: 'listStatus',
    E: timeMs,
    s: list.symbol.name,
    g: list.id,
    c: contingency(list),
    l: type,
    L: status,
    r: 'NONE',
    C: list.clientId,
    T: timeMs,
    O: listOrders(list).map((o) => ({ s: o.symbol.name, i: o.orderId, c: o.clientOrderId })),
  };
}
