import type { Json } from '../../../src/core/vocabulary/json.ts';
import type { FloorFill, FloorOrder } from '../trading-floor.ts';

/** MEXC's words for what the floor knows. Types carry the time in force. */
export function typeOf(order: FloorOrder): string {
  if (order.type === 'market') return 'MARKET';
  if (order.postOnly) return 'LIMIT_MAKER';
  return order.tif === 'ioc' ? 'IMMEDIATE_OR_CANCEL' : order.tif === 'fok' ? 'FILL_OR_KILL' : 'LIMIT';
}

export function statusOf(order: FloorOrder): string {
  if (order.status === 'filled') return 'FILLED';
  const touched = order.filledQuantity !== '0';
  if (order.status === 'canceled') return touched ? 'PARTIALLY_CANCELED' : 'CANCELED';
  return touched ? 'PARTIALLY_FILLED' : 'NEW';
}

export const orderIdOf = (order: FloorOrder): string => `C02__50597901743900262${1_000 + order.number}`;

export function orderAnswer(order: FloorOrder, canceling = false): Json {
  return {
    symbol: order.symbol,
    orderId: orderIdOf(order),
    orderListId: -1,
    ...(canceling ? { origClientOrderId: order.clientOrderId } : {}),
    clientOrderId: order.clientOrderId,
    price: order.limit,
    origQty: order.quantity,
    executedQty: order.filledQuantity,
    cummulativeQuoteQty: order.filledValue,
    status: statusOf(order),
    timeInForce: 'GTC',
    type: typeOf(order),
    side: order.side > 0 ? 'BUY' : 'SELL',
    stopPrice: '',
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: true,
    origQuoteOrderQty: order.budget ?? '0',
  };
}

export function tradeAnswer(fill: FloorFill): Json {
  return {
    symbol: fill.order.symbol,
    id: tradeIdOf(fill),
    orderId: orderIdOf(fill.order),
    orderListId: -1,
    price: fill.price,
    qty: fill.quantity,
    quoteQty: fill.value,
    commission: fill.fee,
    commissionAsset: fill.feeAsset,
    time: fill.timeMs,
    isBuyer: fill.order.side > 0,
    isMaker: fill.isMaker,
    isBestMatch: true,
    isSelfTrade: false,
    clientOrderId: null,
  };
}

export const tradeIdOf = (fill: FloorFill): string => `50597911X${fill.tradeNumber}`;
