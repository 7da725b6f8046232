import type { OrderPlacement, Outcome } from '../../ports/exchange-gateway.ts';
import type { VenueErrorCode } from '../../ports/venue-error.ts';

/** Why an order is not even sent. */
export interface PlacementFault {
  readonly code: VenueErrorCode;
  readonly message: string;
}

const POSITIVE = /^(?=.*[1-9])\d{1,20}(\.\d{1,20})?$/;
const CLIENT_ID = /^[A-Za-z0-9]{1,32}$/;

const isLimit = (order: OrderPlacement): boolean => order.type.endsWith('limit');
const hasTrigger = (order: OrderPlacement): boolean => order.type.startsWith('stop') || order.type.startsWith('take');

function invalid(message: string): PlacementFault {
  return { code: 'request-invalid', message };
}

function decimalFault(name: string, text: string | undefined, isNeeded: boolean): PlacementFault | null {
  if (text === undefined) return isNeeded ? invalid(`the order needs ${name}`) : null;
  return POSITIVE.test(text)
    ? null
    : invalid(`expected ${name} as positive decimal text without exponent, found ${JSON.stringify(text)}`);
}

/** What is wrong with our own id, or null. It must fit every venue. */
export function clientIdFault(clientOrderId: string): PlacementFault | null {
  if (CLIENT_ID.test(clientOrderId)) return null;
  return invalid(`expected a client order id of 1 to 32 letters and digits, found ${JSON.stringify(clientOrderId)}`);
}

/** What makes an order senseless at any venue, or null. Nothing is mended: an order is sent as it was decided, or not at all. */
export function placementFault(order: OrderPlacement): PlacementFault | null {
  const fault =
    clientIdFault(order.clientOrderId) ??
    decimalFault('quantity', order.quantity, true) ??
    decimalFault('limit', order.limit, isLimit(order)) ??
    decimalFault('trigger', order.trigger, hasTrigger(order)) ??
    decimalFault('trail', order.trail, order.type === 'trailing-stop');
  if (fault) return fault;
  if (!isLimit(order) && order.limit !== undefined) return invalid(`a ${order.type} order has no limit`);
  if (order.trigger !== undefined && (order.type === 'market' || order.type === 'limit'))
    return invalid(`a ${order.type} order has no trigger`);
  if (order.postOnly && (order.type !== 'limit' || order.tif !== 'gtc'))
    return invalid(`post only goes with a limit order that is good till canceled, found ${order.type} ${order.tif}`);
  if (order.tif === 'gtd' && !(order.expireAtMs !== undefined && order.expireAtMs > 0))
    return invalid(`good till date needs expireAtMs, found ${order.expireAtMs}`);
  if (order.tif === 'gtd' && order.type === 'market') return invalid('a market order has no date to be good till');
  return null;
}

/** What makes a change of an order senseless, or null. */
export function amendFault(
  clientOrderId: string,
  change: { readonly limit?: string; readonly quantity?: string },
): PlacementFault | null {
  if (change.limit === undefined && change.quantity === undefined)
    return invalid('the change names neither limit nor quantity');
  return (
    clientIdFault(clientOrderId) ??
    decimalFault('limit', change.limit, false) ??
    decimalFault('quantity', change.quantity, false)
  );
}

/** An outcome for what was never sent. */
export function refused(fault: PlacementFault): Outcome<never> {
  return { outcome: 'rejected', code: fault.code, message: fault.message, venueCode: null };
}
