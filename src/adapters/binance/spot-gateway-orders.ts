import { z } from 'zod';
import type { OrderStatus, OrderType, Side, TimeInForce } from '../../core/vocabulary/order.ts';
import type { OrderPlacement, VenueOrder } from '../../ports/exchange-gateway.ts';
import { type PlacementFault, placementFault } from './placement.ts';
import { amount, optionalAmount, orNull, type Report, timeMs, translate, venueId } from './wire-values.ts';

/** Order words of spot. */
const TYPES: Readonly<Record<string, OrderType>> = {
  LIMIT: 'limit',
  LIMIT_MAKER: 'limit',
  MARKET: 'market',
  STOP_LOSS: 'stop-market',
  STOP_LOSS_LIMIT: 'stop-limit',
  TAKE_PROFIT: 'take-profit-market',
  TAKE_PROFIT_LIMIT: 'take-profit-limit',
};
const SENT_TYPES: Readonly<Record<OrderType, string>> = {
  market: 'MARKET',
  limit: 'LIMIT',
  'stop-market': 'STOP_LOSS',
  'stop-limit': 'STOP_LOSS_LIMIT',
  'take-profit-market': 'TAKE_PROFIT',
  'take-profit-limit': 'TAKE_PROFIT_LIMIT',
  'trailing-stop': 'STOP_LOSS',
};
const STATUSES: Readonly<Record<string, OrderStatus>> = {
  NEW: 'open',
  PENDING_NEW: 'open',
  PARTIALLY_FILLED: 'open',
  PENDING_CANCEL: 'cancel-pending',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};
const TIFS: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' };

export const spotSide = z.enum(['BUY', 'SELL']).transform((word): Side => (word === 'BUY' ? 'buy' : 'sell'));

/** What one word each of status, type and time in force is to us; a trailing distance makes a stop a trailing one. */
export function spotWords(
  row: { readonly type: string; readonly status: string; readonly timeInForce: string; readonly isTrailing: boolean },
  report: Report,
): { readonly type: OrderType; readonly status: OrderStatus; readonly tif: TimeInForce } {
  const type = translate(TYPES, row.type, 'order type', 'limit', report);
  return {
    type: row.isTrailing ? 'trailing-stop' : type,
    // `unknown` keeps an order open and makes whoever listens ask for it.
    status: translate(STATUSES, row.status, 'order status', 'unknown', report),
    tif: translate(TIFS, row.timeInForce, 'time in force', 'gtc', report),
  };
}

/** An order in answers: of placement (`RESULT`), of cancels, of queries. */
export const spotOrder = z.object({
  symbol: z.string(),
  orderId: venueId,
  /** Of the cancel itself, in answers to one. */
  clientOrderId: z.string(),
  origClientOrderId: z.string().optional(),
  side: spotSide,
  type: z.string(),
  timeInForce: z.string(),
  status: z.string(),
  price: amount,
  origQty: amount,
  executedQty: amount,
  cummulativeQuoteQty: amount,
  stopPrice: optionalAmount,
  trailingDelta: z.int().optional(),
  transactTime: timeMs.optional(),
  updateTime: timeMs.optional(),
  time: timeMs.optional(),
  expiryReason: z.string().optional(),
});

export function fromSpotOrder(row: z.output<typeof spotOrder>, report: Report): VenueOrder {
  return {
    symbol: row.symbol,
    clientOrderId: row.origClientOrderId ?? row.clientOrderId,
    venueOrderId: row.orderId,
    side: row.side,
    ...spotWords({ ...row, isTrailing: row.trailingDelta !== undefined }, report),
    quantity: row.origQty,
    filledQuantity: row.executedQty,
    // Negative where the venue does not know it any more.
    filledValue: row.cummulativeQuoteQty.startsWith('-') ? null : row.cummulativeQuoteQty,
    limit: orNull(row.price),
    trigger: orNull(row.stopPrice ?? undefined),
    reduceOnly: false,
    updatedAtMs: row.transactTime ?? row.updateTime ?? row.time ?? 0,
    reason: row.expiryReason ?? '',
  };
}

/** Answer to an amendment that keeps its place in the queue. */
export const spotAmendment = z.object({
  transactTime: timeMs,
  amendedOrder: z.object({
    symbol: z.string(),
    orderId: venueId,
    clientOrderId: z.string(),
    side: spotSide,
    type: z.string(),
    timeInForce: z.string(),
    status: z.string(),
    price: amount,
    qty: amount,
    executedQty: amount,
    cumulativeQuoteQty: amount,
  }),
});

export function fromSpotAmendment(answer: z.output<typeof spotAmendment>, report: Report): VenueOrder {
  const { qty, cumulativeQuoteQty, ...row } = answer.amendedOrder;
  const { transactTime } = answer;
  return fromSpotOrder({ ...row, origQty: qty, cummulativeQuoteQty: cumulativeQuoteQty, transactTime }, report);
}

/** Trail as a fraction in Binance's basis points; null where it is no whole number of them. */
function basisPoints(trail: string): string | null {
  const match = /^0*(\d*)(?:\.(\d{1,4})0*)?$/.exec(trail);
  if (!match) return null;
  const points = `${match[1]}${(match[2] ?? '').padEnd(4, '0')}`.replace(/^0+/, '');
  return points === '' ? null : points;
}

/** What a placement is on the wire, or why it is not sent. Rules: protocol section 9.1. */
export function spotPlacement(order: OrderPlacement): string | PlacementFault {
  const fault = placementFault(order);
  if (fault) return fault;
  const { type } = order;
  if (order.tif === 'gtd') return { code: 'unsupported', message: 'spot has no good-till-date orders' };
  if (order.reduceOnly || order.positionSide)
    return { code: 'unsupported', message: 'spot has no positions: neither reduce only nor a position side' };
  let text = `symbol=${encodeURIComponent(order.symbol)}&side=${order.side === 'buy' ? 'BUY' : 'SELL'}`;
  text += `&type=${order.postOnly ? 'LIMIT_MAKER' : SENT_TYPES[type]}&quantity=${order.quantity}`;
  if (order.limit !== undefined) text += `&price=${order.limit}`;
  if (order.limit !== undefined && !order.postOnly) text += `&timeInForce=${order.tif.toUpperCase()}`;
  if (type === 'trailing-stop') {
    if (order.trigger !== undefined)
      return {
        code: 'unsupported',
        message: 'a trailing stop of spot that waits for an activation price is not offered',
      };
    const points = basisPoints(order.trail!);
    if (points === null)
      return { code: 'filter-violated', message: `expected a trail of whole basis points, found ${order.trail}` };
    text += `&trailingDelta=${points}`;
  } else if (order.trigger !== undefined) text += `&stopPrice=${order.trigger}`;
  return `${text}&newClientOrderId=${order.clientOrderId}&newOrderRespType=RESULT`;
}
