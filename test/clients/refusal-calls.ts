import assert from 'node:assert/strict';
import type { FaultName } from '../../src/local-exchange/faults/table.ts';
import { RESTING_SALE, SPOT_REFUSALS, SPOT_REFUSALS_OF_AN_ORDER } from '../local-exchange/spot-refusal-samples.ts';
import { codeOf } from './client-refusal.ts';
import type { Fields, ReachCall } from './reach-call.ts';
import type { RefusalStage } from './refusal-stage.ts';
import type { Loose } from './spot-clients.ts';

/** Methods of `@binance/spot` that send a request to an endpoint. */
const SPOT_METHODS: Readonly<Record<string, string>> = {
  'POST /api/v3/order': 'newOrder',
  'GET /api/v3/order': 'getOrder',
  'DELETE /api/v3/order': 'deleteOrder',
  'GET /api/v3/ticker': 'ticker',
  'GET /api/v3/ticker/price': 'tickerPrice',
  'GET /api/v3/ticker/24hr': 'ticker24hr',
  'GET /api/v3/depth': 'depth',
  'GET /api/v3/klines': 'klines',
  'GET /api/v3/myTrades': 'myTrades',
  'GET /api/v3/referencePrice': 'referencePrice',
  'POST /api/v3/orderList/oco': 'orderListOco',
  'POST /api/v3/orderList/opo': 'orderListOpo',
  'POST /api/v3/order/cancelReplace': 'orderCancelReplace',
  'PUT /api/v3/order/amend/keepPriority': 'orderAmendKeepPriority',
};

/**
 * Of these requests the client leaves out what is wrong, or the server refuses them before the product is asked. Other clients get through:
 * `rare-refusal-calls.ts`.
 */
const SENT_BY_OTHERS = ['-1118', '-1119', '-1225'];

export const SPOT_REFUSAL_CALLS: readonly ReachCall<RefusalStage>[] = Object.entries(SPOT_REFUSALS)
  .filter(([code]) => !SENT_BY_OTHERS.includes(code))
  .map(([code, [endpoint, fields]]) => ({
    product: 'spot',
    client: '@binance/spot',
    call: `restAPI ${SPOT_METHODS[endpoint]}`,
    reaches: [code],
    async run(s) {
      const { officialSpot } = s;
      if (SPOT_REFUSALS_OF_AN_ORDER.includes(code) && !s.kept.has('resting')) {
        await officialSpot.newOrder(RESTING_SALE);
        s.kept.add('resting');
      }
      return codeOf(officialSpot[SPOT_METHODS[endpoint]!]({ ...fields }));
    },
    check: (found) => assert.equal(found, code),
  }));

/** Codes with which the server answers before or instead of a product. */
const ofTheServer = (
  code: string,
  client: string,
  call: string,
  run: (s: RefusalStage) => Promise<Loose>,
): ReachCall<RefusalStage> => ({
  product: 'server',
  client,
  call,
  reaches: [code],
  run: (s) => codeOf(run(s)),
  check: (found) => assert.equal(found, code),
});
const main = (code: string, call: string, run: (s: RefusalStage) => Promise<Loose>): ReachCall<RefusalStage> =>
  ofTheServer(code, 'binance', call, run);
const official = (code: string, method: string, fields: Fields): ReachCall<RefusalStage> =>
  ofTheServer(code, '@binance/spot', `restAPI ${method}`, (s) => s.officialSpot[method](fields));
const socket = (code: string, call: string, run: (s: RefusalStage) => Promise<Loose>): ReachCall<RefusalStage> =>
  ofTheServer(code, '@binance/spot', `websocketAPI ${call}`, run);

/** Runs a call while a fault lasts or strikes the next occasion. */
async function under(s: RefusalStage, fault: FaultName, run: () => Promise<Loose>): Promise<Loose> {
  s.exchange.faults.inject({ fault });
  try {
    return await run();
  } finally {
    s.exchange.faults.clear();
  }
}
const order = { symbol: 'BTCUSDT', side: 'SELL', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.001, price: 60_000 };
const futuresOrder = { ...order, quantity: 0.01, price: 96_000 };

export const SERVER_REFUSAL_CALLS: readonly ReachCall<RefusalStage>[] = [
  official('-1100', 'getAccount', { recvWindow: 'x' }),
  official('-1105', 'newOrder', { ...order, newClientOrderId: '' }),
  main('-1021', 'getAccountInformation', (s) => {
    const late = s.client({ disableTimeSync: true });
    late.setTimeOffset(-60_000);
    return late.getAccountInformation();
  }),
  main('-1022', 'getAccountInformation', (s) => s.client({ api_secret: 'x'.repeat(64) }).getAccountInformation()),
  main('-1131', 'getAccountInformation', (s) => s.client({ recvWindow: 70_000 }).getAccountInformation()),
  main('-2014', 'getAccountInformation', (s) => s.client({ api_key: 'not-a-key' }).getAccountInformation()),
  main('-2015', 'getAccountInformation', (s) => s.client({ api_key: 'x'.repeat(64) }).getAccountInformation()),
  main('-1003', 'getOrderBook', (s) =>
    under(s, 'too-many-requests', () => s.client().getOrderBook({ symbol: 'BTCUSDT' })),
  ),
  main('-1016', 'getServerTime', (s) => under(s, 'maintenance', () => s.client().getOrderBook({ symbol: 'BTCUSDT' }))),
  main('-1008', 'submitNewOrder', (s) =>
    under(s, 'error-before-acceptance', () => s.client().submitNewOrder({ ...order })),
  ),
  main('-1007', 'submitNewOrder', (s) =>
    under(s, 'error-after-acceptance', () => s.client().submitNewOrder({ ...order })),
  ),
  ofTheServer('-1000', 'binance', 'USDMClient submitNewOrder', (s) =>
    under(s, 'error-after-acceptance', () => s.usdmClient().submitNewOrder({ ...futuresOrder })),
  ),
  ofTheServer('-1125', 'binance', 'USDMClient keepAliveFuturesUserDataListenKey', (s) =>
    s.usdmClient().keepAliveFuturesUserDataListenKey(),
  ),
  main('-1020', 'getSpotUserDataListenKey', (s) => s.client().getSpotUserDataListenKey()),
  socket('-4056', 'sessionLogon', (s) => s.officialSpotApi.sessionLogon({})),
  socket('-2035', 'userDataStreamSubscribeSignature', async (s) => {
    await s.officialSpotApi.userDataStreamSubscribeSignature({});
    return s.officialSpotApi.userDataStreamSubscribeSignature({});
  }),
  socket('-2036', 'userDataStreamUnsubscribe', (s) =>
    s.officialSpotApi.userDataStreamUnsubscribe({ subscriptionId: 9 }),
  ),
  main('-1015', 'submitNewOrder', async (s) => {
    for (let i = 0; i < 210; i++) await s.client().submitNewOrder({ ...order });
  }),
];
