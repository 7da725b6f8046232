import { rowsOf } from './reach-call.ts';
import { REACH_CALLS, REFUSAL_CALLS } from './reach-calls.ts';
import { servedStream } from './served-stream.ts';
import { SPOT_CLIENT_CALLS } from './spot-calls.ts';
import { USDM_CLIENT_CALLS } from './usdm-calls.ts';
import { CCXT_STREAMS } from './usdm-calls-ccxt.ts';

/** What of the exchange is reached by which client's call in the tests; names as in the table of what is served. */
export const CLIENT_CALLS: readonly (readonly [product: string, name: string, clientCall: string])[] = [
  ...SPOT_CLIENT_CALLS.map(([name, call]) => ['spot', name, call] as const),
  ...USDM_CLIENT_CALLS.map(([name, call]) => ['usdm', name, call] as const),
  ...CCXT_STREAMS.map(
    ([stream, method]) => ['usdm', servedStream('usdm', stream), `ccxt binanceusdm ${method}`] as const,
  ),
  // Proven by whole-ccxt.test.ts.
  ['usdm', 'GET /dapi/v1/exchangeInfo', 'ccxt binance loadMarkets'],
  ...[...REACH_CALLS, ...REFUSAL_CALLS].flatMap(rowsOf),
];
