import assert from 'node:assert/strict';
import { once } from 'node:events';
import { SYMBOL } from './client-call.ts';
import { isListed, matches, type ReachCall } from './reach-call.ts';
import type { ReachStage } from './reach-stage.ts';
import type { Loose } from './spot-clients.ts';

const main = (name: string, method: string, args: readonly unknown[], check: (answer: Loose) => void): ReachCall => ({
  product: 'spot',
  client: 'binance',
  call: method,
  reaches: [name],
  run: (s) => s.main[method](...args),
  check,
});

/** Spot's REST endpoints that are asked for seldom. */
export const BINANCE_REST_CALLS: readonly ReachCall[] = [
  main('GET /api/v3/ping', 'testConnectivity', [], (a) => assert.deepEqual(a, {})),
  main('GET /api/v3/historicalBlockTrades', 'getHistoricalBlockTrades', [{ symbol: SYMBOL, fromId: 0 }], isListed),
  main('GET /api/v3/referencePrice', 'getReferencePrice', [{ symbol: SYMBOL }], matches({ symbol: SYMBOL })),
  main('GET /api/v3/referencePrice/calculation', 'getReferencePriceCalculation', [{ symbol: SYMBOL }], (a) =>
    assert.equal(a.symbol, SYMBOL),
  ),
  main('GET /sapi/v1/margin/allPairs', 'getAllCrossMarginPairs', [], isListed),
  main('GET /sapi/v1/margin/isolated/allPairs', 'getIsolatedMarginAllSymbols', [{}], isListed),
  main('GET /sapi/v1/account/apiTradingStatus', 'getApiTradingStatus', [], (a) => assert.equal(a.data.isLocked, false)),
  main('POST /sapi/v3/asset/getUserAsset', 'getUserAsset', [{ asset: 'BTC' }], matches({ asset: 'BTC' })),
  main('POST /sapi/v1/bnbBurn', 'toggleBNBBurn', [{ spotBNBBurn: 'false' }], matches({ spotBNBBurn: false })),
  main('GET /sapi/v1/bnbBurn', 'getBNBBurn', [], matches({ spotBNBBurn: false })),
  main('GET /api/v3/rateLimit/order', 'getOrderRateLimit', [], matches({ rateLimitType: 'ORDERS' })),
];

const futures = (
  name: string,
  call: string,
  run: (sockets: Loose) => Promise<Loose>,
  check: ReachCall['check'],
): ReachCall => ({
  product: 'usdm',
  client: 'binance',
  call: `WebsocketClient ${call}`,
  reaches: [name],
  run: (s) => run(s.socketApi.getWSClient()),
  check,
});
const edKey = (s: ReachStage): string => s.exchange.accounts[1]!.keys[0]!.apiKey;

/** Methods of the futures' WebSocket API for which clients have no method of their own, in this order. */
export const BINANCE_FUTURES_SOCKET_CALLS: readonly ReachCall[] = [
  futures(
    'ping',
    'sendWSAPIRequest ping',
    (w) => w.sendWSAPIRequest('usdmWSAPI', 'ping', undefined, { authIsOptional: true }),
    (a) => assert.deepEqual([a.status, a.result], [200, {}]),
  ),
  futures(
    'time',
    'sendWSAPIRequest time',
    (w) => w.sendWSAPIRequest('usdmWSAPI', 'time', undefined, { authIsOptional: true }),
    (a) => assert.ok(a.result.serverTime > 1.7e12),
  ),
  futures(
    'session.logon',
    'connectWSAPI',
    async (w) => {
      await w.connectWSAPI('usdmWSAPI');
      return w.sendWSAPIRequest('usdmWSAPI', 'session.status');
    },
    (a, s) => assert.equal(a.result.apiKey, edKey(s)),
  ),
  futures(
    'session.status',
    'sendWSAPIRequest session.status',
    (w) => w.sendWSAPIRequest('usdmWSAPI', 'session.status'),
    (a, s) => assert.equal(a.result.apiKey, edKey(s)),
  ),
  futures(
    'session.logout',
    'sendWSAPIRequest session.logout',
    (w) => w.sendWSAPIRequest('usdmWSAPI', 'session.logout'),
    (a) => assert.equal(a.result.apiKey, null),
  ),
];

const control = (
  name: string,
  method: string,
  args: readonly unknown[],
  expected: unknown,
  first?: (s: ReachStage) => Promise<void>,
): ReachCall => ({
  product: 'spot',
  client: 'binance',
  call: `WebsocketClientV1 ${method}`,
  reaches: [name],
  async run(s) {
    await first?.(s);
    const reply = once(s.olderStreams, 'reply');
    s.olderStreams[method]('controls', ...args);
    return (await reply)[0].data;
  },
  check: (reply) => assert.deepEqual(reply.result, expected),
});

/** What a connection of streams is asked about itself. */
export const BINANCE_CONTROL_CALLS: readonly ReachCall[] = [
  control('LIST_SUBSCRIPTIONS', 'requestListSubscriptions', [1], ['btcusdt@trade', '!miniTicker@arr'], async (s) => {
    const open = once(s.olderStreams, 'open');
    const url = `${s.exchange.urls.spot!.streams}/stream?streams=btcusdt@trade/!miniTicker@arr`;
    s.olderStreams.connectToWsUrl(url, 'controls');
    await open;
  }),
  control('GET_PROPERTY', 'requestGetProperty', ['combined', 2], true),
  control('SET_PROPERTY', 'requestSetProperty', ['combined', false, 3], null),
  control('GET_PROPERTY', 'requestGetProperty', ['combined', 4], false),
];
