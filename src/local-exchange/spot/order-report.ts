import type { Json } from '../../core/vocabulary/json.ts';
import { amountText } from './decimal-text.ts';
import type { ResponseType } from './order-draft.ts';
import { contingency, listOrders, type OrderList } from './order-list.ts';
import type { OrderFill, PreventedMatch, SpotOrder } from './spot-order.ts';

/** A JSON object in the making. */
export type JsonObject = Record<string, Json>;
/** Name and digits of an asset. */
export type AssetNames = { readonly names: readonly string[]; readonly scales: readonly number[] };

const sideText = (order: SpotOrder): string => (order.side > 0 ? 'BUY' : 'SELL');

/** Fields that an order's JSON has only where they apply. */
function conditional(order: SpotOrder, json: JsonObject, withStop: boolean): void {
  const { draft, symbol } = order;
  if (withStop && draft.icebergLots > 0) json['icebergQty'] = symbol.quantityText(draft.icebergLots);
  if (withStop && draft.stopTicks > 0) json['stopPrice'] = symbol.priceText(draft.stopTicks);
  if (order.lastPrevented !== null) {
    json['preventedMatchId'] = order.lastPrevented.id;
    json['preventedQuantity'] = symbol.quantityText(order.preventedLots);
  }
  if (draft.strategyId !== null) json['strategyId'] = draft.strategyId;
  if (draft.strategyType !== null) json['strategyType'] = draft.strategyType;
  if (draft.trailingDelta > 0) {
    json['trailingDelta'] = draft.trailingDelta;
    json['trailingTime'] = order.trailingTimeMs;
  }
  if (draft.peg !== null) {
    json['pegPriceType'] = draft.peg.price;
    if (draft.peg.level > 0) {
      json['pegOffsetType'] = 'PRICE_LEVEL';
      json['pegOffsetValue'] = draft.peg.level;
    }
    if (order.peggedTicks > 0) json['peggedPrice'] = symbol.priceText(order.peggedTicks);
  }
  if (order.expiryReason !== null) json['expiryReason'] = order.expiryReason;
}

function state(order: SpotOrder, json: JsonObject): void {
  const { draft, symbol } = order;
  json['price'] = symbol.priceText(draft.limitTicks);
  if (order.list?.pendingFromWorking !== true || order === order.list.working || order.lots > 0) {
    json['origQty'] = symbol.quantityText(order.lots);
  }
  json['executedQty'] = symbol.quantityText(order.executedLots);
  json['origQuoteOrderQty'] = symbol.quoteText(draft.quoteQuanta);
  json['cummulativeQuoteQty'] = symbol.quoteText(order.valueQuanta);
  json['status'] = order.status;
  json['timeInForce'] = draft.timeInForce;
  json['type'] = draft.type;
  json['side'] = sideText(order);
}

function fillJson(fill: OrderFill, assets: AssetNames): Json {
  const { symbol } = fill.order;
  return {
    price: symbol.priceText(fill.ticks),
    qty: symbol.quantityText(fill.lots),
    commission: amountText(fill.feeQuanta, assets.scales[fill.feeAsset]!),
    commissionAsset: assets.names[fill.feeAsset]!,
    tradeId: fill.tradeId,
  };
}

function preventedInAnswer(match: PreventedMatch): Json {
  const { symbol } = match;
  return {
    preventedMatchId: match.id,
    makerOrderId: match.maker.orderId,
    price: symbol.priceText(match.ticks),
    ...(match.takerLots > 0 ? { takerPreventedQuantity: symbol.quantityText(match.takerLots) } : {}),
    ...(match.makerLots > 0 ? { makerPreventedQuantity: symbol.quantityText(match.makerLots) } : {}),
  };
}

/** Answer to a placement. */
export function placedJson(order: SpotOrder, kind: ResponseType, assets: AssetNames): JsonObject {
  const json: JsonObject = {
    symbol: order.symbol.name,
    orderId: order.orderId,
    orderListId: order.list?.id ?? -1,
    clientOrderId: order.clientOrderId,
    transactTime: order.updateTimeMs,
  };
  if (kind === 'ACK') return json;
  state(order, json);
  conditional(order, json, true);
  json['workingTime'] = order.workingTimeMs;
  if (kind === 'FULL') {
    json['fills'] = order.fills.map((f) => fillJson(f, assets));
    const taken = order.preventedMatches.filter((m) => m.taker === order);
    if (taken.length > 0) json['preventedMatches'] = taken.map(preventedInAnswer);
  }
  json['selfTradePreventionMode'] = order.draft.selfTrade;
  return json;
}

/** Answer to a cancel; `cancelId` is the cancel's own client id. */
export function canceledJson(order: SpotOrder, cancelId: string): JsonObject {
  const json: JsonObject = {
    symbol: order.symbol.name,
    origClientOrderId: order.clientOrderId,
    orderId: order.orderId,
    orderListId: order.list?.id ?? -1,
    clientOrderId: cancelId,
    transactTime: order.updateTimeMs,
  };
  state(order, json);
  conditional(order, json, true);
  json['selfTradePreventionMode'] = order.draft.selfTrade;
  return json;
}

/** An order as queries list it. */
export function orderJson(order: SpotOrder): JsonObject {
  const { draft, symbol } = order;
  const json: JsonObject = {
    symbol: symbol.name,
    orderId: order.orderId,
    orderListId: order.list?.id ?? -1,
    clientOrderId: order.clientOrderId,
  };
  state(order, json);
  if (!('origQty' in json)) json['origQty'] = symbol.quantityText(0);
  json['stopPrice'] = symbol.priceText(draft.stopTicks);
  json['icebergQty'] = symbol.quantityText(draft.icebergLots);
  json['time'] = order.timeMs;
  json['updateTime'] = order.updateTimeMs;
  json['isWorking'] = order.workingTimeMs >= 0;
  json['workingTime'] = order.workingTimeMs;
  conditional(order, json, false);
  json['selfTradePreventionMode'] = draft.selfTrade;
  return json;
}

/** The order inside the answer to an amendment. */
export function amendedJson(order: SpotOrder, oldClientOrderId: string): JsonObject {
  const { draft, symbol } = order;
  const json: JsonObject = {
    symbol: symbol.name,
    orderId: order.orderId,
    orderListId: order.list?.id ?? -1,
    origClientOrderId: oldClientOrderId,
    clientOrderId: order.clientOrderId,
    price: symbol.priceText(draft.limitTicks),
    qty: symbol.quantityText(order.lots),
    executedQty: symbol.quantityText(order.executedLots),
    preventedQty: symbol.quantityText(order.preventedLots),
    quoteOrderQty: symbol.quoteText(draft.quoteQuanta),
    cumulativeQuoteQty: symbol.quoteText(order.valueQuanta),
    status: order.status,
    timeInForce: draft.timeInForce,
    type: draft.type,
    side: sideText(order),
  };
  conditional(order, json, true);
  json['workingTime'] = order.workingTimeMs;
  json['selfTradePreventionMode'] = draft.selfTrade;
  return json;
}

export function tradeJson(fill: OrderFill, assets: AssetNames): Json {
  const { order } = fill;
  const { symbol } = order;
  return {
    symbol: symbol.name,
    id: fill.tradeId,
    orderId: order.orderId,
    orderListId: order.list?.id ?? -1,
    price: symbol.priceText(fill.ticks),
    qty: symbol.quantityText(fill.lots),
    quoteQty: symbol.quoteText(fill.valueQuanta),
    commission: amountText(fill.feeQuanta, assets.scales[fill.feeAsset]!),
    commissionAsset: assets.names[fill.feeAsset]!,
    time: fill.timeMs,
    isBuyer: order.side > 0,
    isMaker: fill.maker,
    isBestMatch: true,
  };
}

export function preventedJson(match: PreventedMatch): Json {
  const { symbol } = match;
  return {
    symbol: symbol.name,
    preventedMatchId: match.id,
    takerOrderId: match.taker.orderId,
    makerSymbol: symbol.name,
    makerOrderId: match.maker.orderId,
    tradeGroupId: -1,
    selfTradePreventionMode: match.mode,
    price: symbol.priceText(match.ticks),
    ...(match.takerLots > 0 ? { takerPreventedQuantity: symbol.quantityText(match.takerLots) } : {}),
    ...(match.makerLots > 0 ? { makerPreventedQuantity: symbol.quantityText(match.makerLots) } : {}),
    transactTime: match.timeMs,
  };
}

/** A list without the reports of its orders, as queries answer it. */
export function listJson(list: OrderList): JsonObject {
  return {
    orderListId: list.id,
    contingencyType: contingency(list),
    listStatusType: list.statusType,
    listOrderStatus: list.orderStatus,
    listClientOrderId: list.clientId,
    transactionTime: list.updateTimeMs,
    symbol: list.symbol.name,
    orders: listOrders(list).map((o) => ({
      symbol: o.symbol.name,
      orderId: o.orderId,
      clientOrderId: o.clientOrderId,
    })),
  };
}
