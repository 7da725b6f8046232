import { BINANCE_CALLS } from './binance-calls.ts';
import { CCXT_CALLS } from './ccxt-calls.ts';
import { CCXT_PRO_CALLS } from './ccxt-pro-calls.ts';
import type { ClientCall } from './client-call.ts';
import { NODE_BINANCE_CALLS } from './node-binance-calls.ts';
import { OFFICIAL_CALLS } from './official-calls.ts';

/** Every call that is tried, in order. */
export const SPOT_CALLS: readonly ClientCall[] = [
  ...CCXT_CALLS,
  ...CCXT_PRO_CALLS,
  ...BINANCE_CALLS,
  ...OFFICIAL_CALLS,
  ...NODE_BINANCE_CALLS,
];

/** What of the exchange is reached by which client's call, for the table of what is served. */
export const SPOT_CLIENT_CALLS: readonly (readonly [endpoint: string, clientCall: string])[] = SPOT_CALLS.flatMap((c) =>
  c.uses.map((name) => [name, `${c.client} ${c.call}`] as const),
);
