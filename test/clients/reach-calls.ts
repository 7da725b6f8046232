import { SPOT_EVENT_CALLS, USDM_EVENT_CALLS } from './account-event-calls.ts';
import { BINANCE_CONTROL_CALLS, BINANCE_FUTURES_SOCKET_CALLS, BINANCE_REST_CALLS } from './binance-reach-calls.ts';
import { FAREWELL_CALLS } from './farewell-calls.ts';
import { OFFICIAL_SPOT_SESSION_CALLS, OFFICIAL_SPOT_SOCKET_CALLS } from './official-spot-socket-calls.ts';
import { RARE_REFUSAL_CALLS } from './rare-refusal-calls.ts';
import type { ReachCall } from './reach-call.ts';
import { SERVER_REFUSAL_CALLS, SPOT_REFUSAL_CALLS } from './refusal-calls.ts';
import { USDM_REFUSAL_CALLS } from './refusal-calls-usdm.ts';
import type { RefusalStage } from './refusal-stage.ts';
import { BINANCE_STREAM_CALLS } from './stream-calls-binance.ts';
import { OFFICIAL_SILENT_CALLS, OFFICIAL_STREAM_CALLS } from './stream-calls-official.ts';

/** Every call that is served, in order: later ones find what earlier ones have left. */
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
  ...FAREWELL_CALLS,
];

/** Every call that is refused, in order. */
export const REFUSAL_CALLS: readonly ReachCall<RefusalStage>[] = [
  ...SPOT_REFUSAL_CALLS,
  ...USDM_REFUSAL_CALLS,
  ...SERVER_REFUSAL_CALLS,
  ...RARE_REFUSAL_CALLS,
];
