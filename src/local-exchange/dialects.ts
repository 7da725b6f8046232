import type { LimitRule } from './limits.ts';
import type { Product } from './product.ts';

export type ProductName = Product['name'];

/** How the server around a product differs between spot and USD-M futures. Sources: Binance's general information pages of each. */
export interface Dialect {
  readonly name: ProductName;
  readonly socketApiPath: string;
  readonly limits: readonly LimitRule[];
  /** Weight of opening a WebSocket-API connection. */
  readonly connectWeight: number;
  /** Times in microseconds on request. */
  readonly microseconds: boolean;
  readonly pingEveryMs: number;
  readonly pongWithinMs: number;
  /** Incoming frames a second, of any kind. Enforced only where limits are strict. */
  readonly framesEachSecond: number;
  /** Spot counts placed orders only, and takes fills off again; futures count every attempt. */
  readonly countsUnfilledOrders: boolean;
  /** Listen keys: how long one lives without being renewed, where they are kept, and whether they are the documented way. */
  readonly listenKey: { readonly path: string; readonly lifeMs: number };
}

/** Streams on one connection; both products. */
export const STREAMS_EACH_CONNECTION = 1024;
/** Life of a connection. */
export const CONNECTION_LIFE_MS = 86_400_000;

const SPOT: Dialect = {
  name: 'spot',
  socketApiPath: '/ws-api/v3',
  limits: [
    { type: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
    { type: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
    { type: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200_000 },
    { type: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
  ],
  connectWeight: 2,
  microseconds: true,
  pingEveryMs: 20_000,
  pongWithinMs: 60_000,
  framesEachSecond: 5,
  countsUnfilledOrders: true,
  listenKey: { path: '/api/v3/userDataStream', lifeMs: 3_600_000 },
};

const USDM: Dialect = {
  name: 'usdm',
  socketApiPath: '/ws-fapi/v1',
  limits: [
    { type: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
    { type: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
    { type: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
  ],
  connectWeight: 5,
  microseconds: false,
  pingEveryMs: 180_000,
  pongWithinMs: 600_000,
  framesEachSecond: 10,
  countsUnfilledOrders: false,
  listenKey: { path: '/fapi/v1/listenKey', lifeMs: 3_600_000 },
};

export const DIALECTS: Readonly<Record<ProductName, Dialect>> = { spot: SPOT, usdm: USDM };
