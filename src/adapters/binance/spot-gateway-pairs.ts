import { z } from 'zod';
import type { OrderPlacement } from '../../ports/exchange-gateway.ts';
import { type PlacementFault, placementFault } from './placement.ts';
import { spotOrder } from './spot-gateway-orders.ts';

const STOPS: Readonly<Record<string, string>> = { 'stop-market': 'STOP_LOSS', 'stop-limit': 'STOP_LOSS_LIMIT' };
const TARGETS: Readonly<Record<string, string>> = {
  limit: 'LIMIT_MAKER',
  'take-profit-market': 'TAKE_PROFIT',
  'take-profit-limit': 'TAKE_PROFIT_LIMIT',
};

/** An answer about both legs of a list. */
const listAnswer = z.object({ orderReports: z.array(spotOrder) });

/** Answer to the placement of a pair. */
export const spotPairAnswer = listAnswer;

/** Answer to the cancel of an order: the order alone, or the list that it was a leg of, with all legs (protocol 9.3). */
export const spotCancelAnswer = z.union([listAnswer, spotOrder.transform((order) => ({ orderReports: [order] }))]);

function unsupported(message: string): PlacementFault {
  return { code: 'unsupported', message };
}

/** What a stop and a target are together on the wire, as `orderList/oco` wants them, or why they are not sent. Rules: protocol section 10.1. */
export function spotPair(stop: OrderPlacement, target: OrderPlacement): string | PlacementFault {
  const fault = placementFault(stop) ?? placementFault(target);
  if (fault) return fault;
  if (stop.clientOrderId === target.clientOrderId)
    return { code: 'request-invalid', message: `both legs of a pair have the id ${stop.clientOrderId}` };
  for (const field of ['symbol', 'side', 'quantity'] as const)
    if (stop[field] !== target[field])
      return { code: 'request-invalid', message: `legs of a pair have one ${field}: ${stop[field]}, ${target[field]}` };
  const [stopType, targetType] = [STOPS[stop.type], TARGETS[target.type]];
  if (stopType === undefined || targetType === undefined)
    return unsupported(`spot pairs a stop with a limit or take-profit order, found ${stop.type} and ${target.type}`);
  for (const leg of [stop, target]) {
    if (leg.tif !== 'gtc') return unsupported(`legs of a pair are good till canceled, found ${leg.tif}`);
    if (leg.reduceOnly || leg.positionSide)
      return unsupported('spot has no positions: neither reduce only nor a position side');
  }
  // One lies above the market and one below: a sell takes its profit above, a buy below.
  const isSell = stop.side === 'sell';
  const above = isSell ? legText('above', targetType, target) : legText('above', stopType, stop);
  const below = isSell ? legText('below', stopType, stop) : legText('below', targetType, target);
  const both = `symbol=${encodeURIComponent(stop.symbol)}&side=${isSell ? 'SELL' : 'BUY'}&quantity=${stop.quantity}`;
  return `${both}${above}${below}&newOrderRespType=RESULT`;
}

function legText(leg: 'above' | 'below', type: string, order: OrderPlacement): string {
  let text = `&${leg}Type=${type}&${leg}ClientOrderId=${order.clientOrderId}`;
  if (order.limit !== undefined) text += `&${leg}Price=${order.limit}`;
  if (order.trigger !== undefined) text += `&${leg}StopPrice=${order.trigger}`;
  if (type.endsWith('_LIMIT')) text += `&${leg}TimeInForce=GTC`;
  return text;
}
