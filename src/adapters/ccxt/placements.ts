import { decimal, formatDecimal } from '../../core/vocabulary/decimal.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { OrderPlacement, VenueOrder } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { CcxtExchange, CcxtMarket, CcxtOrder } from './exchange-shape.ts';
import { UnreadableShape } from './order-shapes.ts';

/** Sends an order with our own id; `timed`: its deadline, where the venue takes one. ccxt never sends it a second time. */
export function createOrder(
  exchange: CcxtExchange,
  market: CcxtMarket,
  order: OrderPlacement,
  timed: Readonly<Record<string, unknown>>,
): Promise<CcxtOrder> {
  const params: Record<string, unknown> = { clientOrderId: order.clientOrderId, ...timed };
  if (order.type === 'limit' && order.tif !== 'gtc') params['timeInForce'] = order.tif.toUpperCase();
  if (order.postOnly === true) params['postOnly'] = true;
  if (order.reduceOnly === true) params['reduceOnly'] = true;
  return exchange.createOrder(market.symbol, order.type, order.side, order.quantity, order.limit, params);
}

/** What the answer to a placement says. Throws where it names no order: then its fate is open. */
export function placedOrder(venue: string, order: OrderPlacement, answer: CcxtOrder, nowMs: TimeMs): VenueOrder {
  if (answer.status === 'rejected') throw new VenueError('order-refused', venue, 'the venue rejected the order');
  if (answer.id === undefined || answer.id === '') throw new UnreadableShape('malformed', 'the answer names no order');
  return {
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    venueOrderId: answer.id,
    side: order.side,
    type: order.type,
    tif: order.type === 'market' ? 'ioc' : order.tif,
    status: 'open',
    quantity: formatDecimal(decimal(order.quantity)),
    filledQuantity: '0',
    filledValue: null,
    limit: order.type === 'market' ? null : formatDecimal(decimal(order.limit!)),
    trigger: null,
    reduceOnly: order.reduceOnly === true,
    updatedAtMs: answer.timestamp ?? nowMs,
    reason: '',
  };
}
