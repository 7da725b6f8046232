import { parseDecimal } from '../core/vocabulary/decimal.ts';
import type { GatewayCapabilities, OrderPlacement, Outcome } from '../ports/exchange-gateway.ts';
import type { VenueErrorCode } from '../ports/venue-error.ts';

type Refusal = Extract<Outcome<never>, { readonly outcome: 'rejected' }>;

/** A refusal of our own: nothing left this machine. */
export function refusal(code: VenueErrorCode, message: string): Refusal {
  return { outcome: 'rejected', code, message, venueCode: null };
}

/** Plain decimal text above zero, without an exponent: what every venue takes. */
function isAmount(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) && (parseDecimal(text) ?? 0n) > 0n;
}

/** Why a placement makes no sense, or is nothing that a venue with these capabilities has; null where it may be sent. */
export function placementRefusal(
  order: OrderPlacement,
  venue: string,
  capabilities: GatewayCapabilities,
): Refusal | null {
  const { type, tif, clientOrderId } = order;
  if (!/^[0-9A-Za-z]{1,32}$/.test(clientOrderId))
    return refusal(
      'request-invalid',
      `expected an order id of 1 to 32 letters and digits, found ${JSON.stringify(clientOrderId)}`,
    );
  for (const [name, text] of [
    ['quantity', order.quantity],
    ['limit', order.limit],
    ['trigger', order.trigger],
  ] as const)
    if (text !== undefined && !isAmount(text))
      return refusal('request-invalid', `${name}: expected a plain decimal above zero, found ${JSON.stringify(text)}`);
  if (!capabilities.orderTypes.includes(type)) return refusal('unsupported', `${venue} has no ${type} orders`);
  if (type !== 'market' && !capabilities.timesInForce.includes(tif))
    return refusal('unsupported', `${venue} has no time in force ${tif}`);
  if (type.endsWith('limit') && order.limit === undefined)
    return refusal('request-invalid', `a ${type} order needs a limit`);
  if (order.reduceOnly === true && !capabilities.reduceOnly)
    return refusal('unsupported', `${venue} has no reduce-only orders`);
  if (order.positionSide !== undefined && !capabilities.hedge)
    return refusal('unsupported', `${venue} has no hedge mode here`);
  if (order.postOnly === true && (!capabilities.postOnly || type !== 'limit' || tif === 'ioc' || tif === 'fok'))
    return refusal('unsupported', `${venue} has post-only for resting limit orders only`);
  return null;
}

/** Why a change of an order makes no sense; null where it may be sent. */
export function changeRefusal(change: { readonly limit?: string; readonly quantity?: string }): Refusal | null {
  const entries = Object.entries(change);
  if (entries.length === 0) return refusal('request-invalid', 'expected a new limit or quantity, found neither');
  for (const [name, text] of entries)
    if (!isAmount(text))
      return refusal('request-invalid', `${name}: expected a plain decimal above zero, found ${JSON.stringify(text)}`);
  return null;
}

/** Ids that were sent from here, so that none is ever sent twice. Remembers as many as it is told to. */
export class SentIds {
  readonly #ids = new Set<string>();
  readonly #most: number;

  constructor(most = 20_000) {
    this.#most = most;
  }

  /** False where the id was sent before; else it counts as sent from now on. */
  take(id: string): boolean {
    if (this.#ids.has(id)) return false;
    if (this.#ids.size >= this.#most) {
      const { value: oldest } = this.#ids.values().next();
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    this.#ids.add(id);
    return true;
  }

  /** The venue proved that nothing came of it: the id may be used again. */
  release(id: string): void {
    this.#ids.delete(id);
  }
}
