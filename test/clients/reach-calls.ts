import { SPOT_EVENT_CALLS, USDM_EVENT_CALLS } from './account-event-calls.ts';
import { BINANCE_CONTROL_CALLS, BINANCE_FUTURES_SOCKET_CALLS, BINANCE_REST_CALLS } from './binance-reach-calls.ts';
import { OFFICIAL_SPOT_SESSION_CALLS, OFFICIAL_SPOT_SOCKET_CALLS } from './official-spot-socket-calls.ts';
import type { ReachCall } from './reach-call.ts';
import { BINANCE_STREAM_CALLS } from './stream-calls-binance.ts';
import { OFFICIAL_SILENT_CALLS, OFFICIAL_STREAM_CALLS } from './stream-calls-official.ts';

/** Every call, in order: later ones find what earlier ones have left. */
export const REACH_CALLS: readonly ReachCall[] = [
  ...OFFICIAL_SPOT_SOCKET_CALLS,
  ...OFFICIAL_SPOT_SESSION_CALLS,
  ...OFFICIAL_STREAM_CALLS,
  ...OFFICIAL_SILENT_CALLS,
  ...BINANCE_STREAM_CALLS,
  ...BINANCE_REST_CALLS,
  ...BINANCE_FUTURES_SOCKET_CALLS,
  ...BINANCE_CONTROL_CALLS,
  ...SPOT_EVENT_CALLS,
  ...USDM_EVENT_CALLS,
];

const reachedOn = (product: ReachCall['product']): (readonly [name: string, clientCall: string])[] =>
  REACH_CALLS.filter((c) => c.product === product).flatMap((c) =>
    c.reaches.map((name) => [name, `${c.client} ${c.call}`] as const),
  );

/** What of the exchange is reached by which client's call, for the table of what is served. */
export const REACHED_BY_CLIENTS = { spot: reachedOn('spot'), usdm: reachedOn('usdm') };
