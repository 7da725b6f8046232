import { FLAG, type OrderDraft, type OrderType, TIF, type TimeInForce, TYPE } from '../vocabulary/order.ts';

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
  /**
   * How stop and target of a position rest. `apart`: side by side, as orders that only reduce do. Where each order locks what it sells:
   * `paired`, as one pair of which one cancels the other; `stop-only`, the stop, while the engine watches the target.
   */
  readonly legs: 'apart' | 'paired' | 'stop-only';
  /** Market buys may say how much quote to spend. Orders of ours never do: every size is turned into lots when it is decided. */
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
  legs: 'apart',
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
  legs: 'apart',
  quoteQuantity: false,
  hedgeMode: false,
};

export const CAPABILITY_PROFILES: Readonly<Record<string, VenueCapabilities>> = {
  simulated: SIMULATED,
  'binance-spot': BINANCE_SPOT,
  'binance-usdm': BINANCE_USDM,
  plain: PLAIN,
};

/** Bit per order type that the venue holds itself. */
export function typeBits(profile: VenueCapabilities): number {
  let bits = 0;
  for (const type of profile.orderTypes) bits |= 1 << TYPE[type];
  return bits;
}

/** What becomes of an order at a venue: `native` orders rest there, `emulated` ones wait in the engine, others cannot be placed at all. */
export type Placing = 'native' | 'emulated' | 'unsupported';

/**
 * How a venue of this profile takes an order. Types that wait for a trigger can be emulated, as they come down to a market or a limit
 * order in the end; nothing can stand in for an immediate order, or for the promise to be maker. `bits` are the profile's
 * {@link typeBits}, for callers that keep them.
 */
export function placingOf(profile: VenueCapabilities, draft: OrderDraft, bits = typeBits(profile)): Placing {
  if ((draft.flags & FLAG.postOnly) !== 0 && !profile.postOnly) return 'unsupported';
  if (draft.tif === TIF.ioc && !profile.timesInForce.includes('ioc')) return 'unsupported';
  if (draft.tif === TIF.fok && !profile.timesInForce.includes('fok')) return 'unsupported';
  if ((bits >> draft.type) & 1) return 'native';
  if (draft.type === TYPE.market || draft.type === TYPE.limit) return 'unsupported';
  const sent = draft.limitTicks > 0 ? TYPE.limit : TYPE.market;
  return (bits >> sent) & 1 ? 'emulated' : 'unsupported';
}

/** What the engine does in place of a venue of this profile, one sentence each; empty where the venue does everything itself. */
export function emulations(profile: VenueCapabilities): string[] {
  const lines: string[] = [];
  const conditional = CONDITIONAL.filter((type) => !profile.orderTypes.includes(type));
  if (conditional.length > 0)
    lines.push(
      `${conditional.join(', ')}: watched by the engine at each bar's close and sent as a market or limit order when it triggers; nothing rests at the venue, so a move within a bar is seen at its end and a stop fills beyond its trigger`,
    );
  if (!profile.bracket)
    lines.push(
      'stops and targets of an entry: sent after its fill, with the delay of any order, instead of resting with it',
    );
  if (profile.legs === 'paired')
    lines.push(
      'stop and target of a position: one pair at the venue; where it is refused, the stop rests and the target is watched at each bar’s close',
    );
  if (profile.legs !== 'apart')
    lines.push(
      'exits: the legs are withdrawn first, their cancel confirmed, then the exit is sent; legs are placed anew for what it leaves',
    );
  if (profile.legs === 'stop-only')
    lines.push(
      'targets of a position with a stop: watched by the engine at each bar’s close; when one is reached, the stop is withdrawn and the target is sent immediate-or-cancel',
    );
  if (!profile.timesInForce.includes('gtd'))
    lines.push(
      'good till date: sent as good till canceled; the engine cancels at the first instant at or after the date',
    );
  if (!profile.reduceOnly)
    lines.push(
      'reduce only: kept by the review before sending and by canceling what is left once flat; the venue does not enforce it',
    );
  if (!profile.amend)
    lines.push(
      'amend: the order is canceled, and once that is confirmed what was not filled is placed anew; its place in the queue is lost, and a leg is out of the market in between',
    );
  if (!profile.postOnly) lines.push('post only: refused (order-type-unsupported)');
  const immediate = (['ioc', 'fok'] as const).filter((tif) => !profile.timesInForce.includes(tif));
  if (immediate.length > 0) lines.push(`${immediate.join(', ')}: refused (order-type-unsupported)`);
  return lines;
}

const CONDITIONAL = [
  'stop-market',
  'stop-limit',
  'take-profit-market',
  'take-profit-limit',
  'trailing-stop',
] as const satisfies readonly OrderType[];
