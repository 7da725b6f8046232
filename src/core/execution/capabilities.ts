import type { OrderType, TimeInForce } from '../vocabulary/order.ts';

/** What a venue can hold and do itself. What it cannot is emulated by the engine, and the report says so. */
export interface VenueCapabilities {
  readonly name: string;
  readonly orderTypes: readonly OrderType[];
  readonly timesInForce: readonly TimeInForce[];
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** Amends an order in place, keeping its identity. */
  readonly amend: boolean;
  /** Keeps the legs of a bracket itself (OTO + OCO), so that they protect even while we are down. */
  readonly bracket: boolean;
  /** Market buys may say how much quote to spend. */
  readonly quoteQuantity: boolean;
  readonly hedgeMode: boolean;
}

/** The simulated venue's own profile: everything rests at the venue. */
export const SIMULATED: VenueCapabilities = {
  name: 'simulated',
  orderTypes: [
    'market',
    'limit',
    'stop-market',
    'stop-limit',
    'take-profit-market',
    'take-profit-limit',
    'trailing-stop',
  ],
  timesInForce: ['gtc', 'ioc', 'fok', 'gtd'],
  postOnly: true,
  reduceOnly: true,
  amend: true,
  bracket: true,
  quoteQuantity: true,
  hedgeMode: true,
};

/** Binance spot: no reduce-only, no native bracket before the entry fills, trailing by delta in basis points. */
export const BINANCE_SPOT: VenueCapabilities = {
  ...SIMULATED,
  name: 'binance-spot',
  timesInForce: ['gtc', 'ioc', 'fok'],
  reduceOnly: false,
  amend: false,
  hedgeMode: false,
};

/** Binance USD-M futures: conditional orders rest at the venue, but a bracket's legs are placed after the fill. */
export const BINANCE_USDM: VenueCapabilities = {
  ...SIMULATED,
  name: 'binance-usdm',
  bracket: false,
  quoteQuantity: false,
};

/** A venue that knows market and limit orders only: every stop is emulated. */
export const PLAIN: VenueCapabilities = {
  name: 'plain',
  orderTypes: ['market', 'limit'],
  timesInForce: ['gtc', 'ioc'],
  postOnly: false,
  reduceOnly: false,
  amend: false,
  bracket: false,
  quoteQuantity: false,
  hedgeMode: false,
};

export const CAPABILITY_PROFILES: Readonly<Record<string, VenueCapabilities>> = {
  simulated: SIMULATED,
  'binance-spot': BINANCE_SPOT,
  'binance-usdm': BINANCE_USDM,
  plain: PLAIN,
};
