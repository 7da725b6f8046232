import { z } from 'zod';
import { decimal, formatDecimal } from '../../core/vocabulary/decimal.ts';
import type { OrderStatus, OrderType, Side, TimeInForce } from '../../core/vocabulary/order.ts';
import type { OrderPlacement, VenueOrder } from '../../ports/exchange-gateway.ts';
import { type PlacementFault, placementFault } from './placement.ts';
import { amount, optionalAmount, orNull, type Report, timeMs, translate, venueId } from './wire-values.ts';

const TYPES: Readonly<Record<string, OrderType>> = {
  LIMIT: 'limit',
  MARKET: 'market',
  // What the venue itself closes positions with.
  LIQUIDATION: 'market',
  STOP: 'stop-limit',
  STOP_MARKET: 'stop-market',
  TAKE_PROFIT: 'take-profit-limit',
  TAKE_PROFIT_MARKET: 'take-profit-market',
  TRAILING_STOP_MARKET: 'trailing-stop',
};
const SENT_TYPES: Readonly<Record<OrderType, string>> = {
  market: 'MARKET',
  limit: 'LIMIT',
  'stop-market': 'STOP_MARKET',
  'stop-limit': 'STOP',
  'take-profit-market': 'TAKE_PROFIT_MARKET',
  'take-profit-limit': 'TAKE_PROFIT',
  'trailing-stop': 'TRAILING_STOP_MARKET',
};
const STATUSES: Readonly<Record<string, OrderStatus>> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};
/** GTX and RPI are post-only forms of good till canceled. */
const TIFS: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  GTX: 'gtc',
  RPI: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  GTD: 'gtd',
};
/** Why an order expired (`er` of the account stream). */
export const EXPIRY_REASONS: Readonly<Record<string, string>> = {
  '0': '',
  '1': 'self-trade prevented',
  '2': 'rest of an immediate order',
  '3': 'rest of an immediate order, self-trade prevented',
  '4': 'knocked out by a reduce-only order of higher priority, or would have reversed the position',
  '5': 'account liquidated',
  '6': 'condition of the order not met',
  '7': 'symbol delisted',
  '8': 'replaced by the order that its trigger placed',
  '9': 'rest of a market order',
};

export const usdmSide = z.enum(['BUY', 'SELL']).transform((word): Side => (word === 'BUY' ? 'buy' : 'sell'));

export function usdmType(word: string, report: Report): OrderType {
  return translate(TYPES, word, 'order type', 'limit', report);
}

export function usdmTif(word: string, report: Report): TimeInForce {
  return translate(TIFS, word, 'time in force', 'gtc', report);
}

/** `unknown` keeps an order open and makes whoever listens ask for it. */
export function usdmStatus(word: string, report: Report): OrderStatus {
  return translate(STATUSES, word, 'order status', 'unknown', report);
}

/** An order in answers of the order endpoints. */
export const usdmOrder = z.object({
  symbol: z.string(),
  orderId: venueId,
  clientOrderId: z.string(),
  side: usdmSide,
  type: z.string(),
  origType: z.string().optional(),
  timeInForce: z.string(),
  status: z.string(),
  price: amount,
  origQty: amount,
  executedQty: amount,
  cumQuote: optionalAmount,
  stopPrice: optionalAmount,
  reduceOnly: z.boolean(),
  updateTime: timeMs,
});
export type UsdmOrder = z.output<typeof usdmOrder>;

export function fromUsdmOrder(row: UsdmOrder, report: Report): VenueOrder {
  return {
    symbol: row.symbol,
    clientOrderId: row.clientOrderId,
    venueOrderId: row.orderId,
    side: row.side,
    type: usdmType(row.origType ?? row.type, report),
    tif: usdmTif(row.timeInForce, report),
    status: usdmStatus(row.status, report),
    quantity: row.origQty,
    filledQuantity: row.executedQty,
    filledValue: row.cumQuote || null,
    limit: orNull(row.price),
    trigger: orNull(row.stopPrice ?? undefined),
    reduceOnly: row.reduceOnly,
    updatedAtMs: row.updateTime,
    reason: '',
  };
}

/** An order on the wire, and which of both endpoints takes it. */
export interface UsdmPlacement {
  readonly isAlgo: boolean;
  readonly parameters: string;
}

/**
 * What a placement is on the wire, or why it is not sent. Orders that wait for a trigger go to the algo endpoint, the only one that takes
 * them since 2025-12-09 (protocol 6.3). In hedge mode the position side says what reduces, and the venue refuses `reduceOnly`.
 */
export function usdmPlacement(order: OrderPlacement): UsdmPlacement | PlacementFault {
  const fault = placementFault(order);
  if (fault) return fault;
  const isAlgo = order.type !== 'market' && order.type !== 'limit';
  let text = `symbol=${encodeURIComponent(order.symbol)}&side=${order.side === 'buy' ? 'BUY' : 'SELL'}`;
  text += `&type=${SENT_TYPES[order.type]}&quantity=${order.quantity}`;
  if (order.positionSide !== undefined) text += `&positionSide=${order.positionSide === 'long' ? 'LONG' : 'SHORT'}`;
  else if (order.reduceOnly) text += '&reduceOnly=true';
  if (order.limit !== undefined) text += `&price=${order.limit}`;
  // An end is never left out, not even where the venue may refuse it: an order must not outlive what was decided.
  if (order.limit !== undefined || order.tif === 'gtd')
    text += `&timeInForce=${order.postOnly ? 'GTX' : order.tif.toUpperCase()}`;
  if (order.tif === 'gtd') text += `&goodTillDate=${Math.floor(order.expireAtMs!)}`;
  if (!isAlgo) {
    text += `&newClientOrderId=${order.clientOrderId}&newOrderRespType=RESULT`;
    return { isAlgo, parameters: text };
  }
  text = `algoType=CONDITIONAL&${text}`;
  if (order.type === 'trailing-stop') {
    text += `&callbackRate=${formatDecimal(decimal(percentOf(order.trail!)))}`;
    // The price from which on it trails; the latest one by default.
    if (order.trigger !== undefined) text += `&activatePrice=${order.trigger}`;
  } else text += `&triggerPrice=${order.trigger}`;
  return { isAlgo, parameters: `${text}&workingType=CONTRACT_PRICE&clientAlgoId=${order.clientOrderId}` };
}

/** A fraction of price as percent, exactly: the exponent form shifts the point. */
function percentOf(fraction: string): string {
  return `${fraction}e2`;
}
