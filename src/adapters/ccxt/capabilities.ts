import type { TimeInForce } from '../../core/vocabulary/order.ts';
import type { GatewayCapabilities } from '../../ports/exchange-gateway.ts';
import type { CcxtExchange } from './exchange-shape.ts';
import type { CcxtMarketType, CcxtOptions } from './open-exchange.ts';
import type { VenueQuirks } from './venue-quirks.ts';

export const marketTypesOf = (options: CcxtOptions): readonly CcxtMarketType[] => options.markets ?? ['spot'];

type Tree = Readonly<Record<string, unknown>>;

function branch(tree: unknown, ...path: readonly string[]): unknown {
  let at = tree;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Tree)[name];
  }
  return at;
}

/** Entries of one page of a listing, as ccxt describes the venue; 100 where it does not. */
export function pageOf(exchange: CcxtExchange, method: 'fetchMyTrades' | 'fetchOpenOrders' | 'fetchOHLCV'): number {
  const limit = branch(exchange.features, 'spot', method, 'limit');
  return typeof limit === 'number' && limit > 0 ? limit : 100;
}

/** What ccxt says that a venue can do, and what is known of it beyond that. */
export function capabilitiesOf(
  exchange: CcxtExchange,
  types: readonly CcxtMarketType[],
  quirks: VenueQuirks,
): GatewayCapabilities {
  const hasDerivatives = types.some((type) => type !== 'spot');
  const tifs = branch(exchange.features, 'spot', 'createOrder', 'timeInForce');
  const has = (name: string): boolean => branch(tifs, name) === true;
  const timesInForce: TimeInForce[] = ['gtc'];
  if (has('IOC')) timesInForce.push('ioc');
  if (has('FOK')) timesInForce.push('fok');
  return {
    orderTypes: ['market', 'limit'],
    timesInForce,
    postOnly: has('PO'),
    reduceOnly: hasDerivatives && exchange.has['createReduceOnlyOrder'] === true,
    // `emulated` is a cancel and a new order under another id.
    amend: quirks.amends && exchange.has['editOrder'] === true,
    hedge: false,
    positions: hasDerivatives && exchange.has['fetchPositions'] === true,
    // ccxt has no common call for it.
    pairs: false,
    findEndedForMs: quirks.findEndedForMs,
  };
}
