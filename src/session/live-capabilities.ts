import { SIMULATED, type VenueCapabilities } from '../core/execution/capabilities.ts';
import type { GatewayCapabilities } from '../ports/exchange-gateway.ts';

/**
 * What the engine may rely on at a real venue. Legs of a bracket are placed after their entry has filled, and an order is changed by
 * canceling it and placing what is left: both hold everywhere, and no state of an order is in doubt in between. A trailing stop is watched
 * here: venues trail by different prices and roundings.
 */
export function capabilitiesOf(gateway: GatewayCapabilities, name: string): VenueCapabilities {
  return {
    ...SIMULATED,
    name,
    orderTypes: gateway.orderTypes.filter((type) => type !== 'trailing-stop'),
    timesInForce: gateway.timesInForce,
    postOnly: gateway.postOnly,
    reduceOnly: gateway.reduceOnly,
    amend: false,
    bracket: false,
    legs: legsOf(gateway),
    quoteQuantity: false,
    hedgeMode: false,
  };
}

/** Where a venue has positions, orders that reduce one rest side by side; elsewhere each order locks the coins that it would sell. */
function legsOf({ positions, pairs }: GatewayCapabilities): VenueCapabilities['legs'] {
  if (positions) return 'apart';
  return pairs ? 'paired' : 'stop-only';
}
