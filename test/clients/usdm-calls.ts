import type { ClientCall } from '../fixtures/recorded-usdm.ts';
import { BINANCE_CALLS } from './usdm-calls-binance.ts';
import { CCXT_CALLS } from './usdm-calls-ccxt.ts';
import { NODE_BINANCE_API_CALLS } from './usdm-calls-node-binance-api.ts';
import { OFFICIAL_CALLS, OFFICIAL_SOCKET_CALLS } from './usdm-calls-official.ts';

const named = (client: string, calls: readonly ClientCall[]): (readonly [endpoint: string, clientCall: string])[] =>
  calls.map(([endpoint, method]) => [endpoint, `${client} ${method}`]);

/** What of the exchange is reached by which client's call, for the table of what is served. */
export const USDM_CLIENT_CALLS: readonly (readonly [endpoint: string, clientCall: string])[] = [
  ...named('ccxt binanceusdm', CCXT_CALLS),
  ...named('binance USDMClient', BINANCE_CALLS),
  ...named('@binance/derivatives-trading-usds-futures', OFFICIAL_CALLS),
  ...named('@binance/derivatives-trading-usds-futures', OFFICIAL_SOCKET_CALLS),
  ...named('node-binance-api', NODE_BINANCE_API_CALLS),
];
