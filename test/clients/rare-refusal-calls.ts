import assert from 'node:assert/strict';
import { SPOT_REFUSALS } from '../local-exchange/spot-refusal-samples.ts';
import { codeOf } from './client-refusal.ts';
import type { RareRefusalClients } from './rare-refusal-clients.ts';
import type { Fields, ReachCall } from './reach-call.ts';
import type { RefusalStage } from './refusal-stage.ts';
import type { Loose } from './spot-clients.ts';

const refused = (
  product: ReachCall['product'],
  code: string,
  client: string,
  call: string,
  run: (clients: RareRefusalClients) => Promise<Loose>,
): ReachCall<RefusalStage> => ({
  product,
  client,
  call,
  reaches: [code],
  run: (s) => codeOf(run(s.rare)),
  check: (found) => assert.equal(found, code),
});

/** What `@binance/spot` does not get through. Empty names go by socket: in a query the server refuses whatever is empty with -1105. */
const SPOT_CALLS: readonly ReachCall<RefusalStage>[] = [
  refused('spot', '-1118', 'ccxt', 'createOrderWs', ({ ccxt }) =>
    ccxt.createOrderWs('BTC/USDT', 'limit', 'buy', 1, 49_000, { newClientOrderId: '' }),
  ),
  refused('spot', '-1119', 'ccxt', 'fetchOrderWs', ({ ccxt }) =>
    ccxt.fetchOrderWs('1', 'BTC/USDT', { origClientOrderId: '' }),
  ),
  refused('spot', '-1225', 'binance', 'submitNewOrderListOPO', ({ main }) =>
    main.submitNewOrderListOPO({ ...SPOT_REFUSALS['-1225']![1] }),
  ),
];

const SUBSCRIPTIONS = 65_535;
/** As many as a client may have waiting without the first of them running into its time-out. */
const AT_ONCE = 500;

/** Subscribes and unsubscribes, one after the other, and holds the client's events against that. */
async function useUpSubscriptions({ officialSpotApi }: RareRefusalClients): Promise<void> {
  await officialSpotApi.sessionLogon({});
  let ended = 0;
  const { stream } = await officialSpotApi.userDataStreamSubscribe({});
  stream.on('message', ({ e }: Loose) => {
    if (e === 'eventStreamTerminated') ended++;
  });
  await officialSpotApi.userDataStreamUnsubscribe({});
  for (let used = 1; used < SUBSCRIPTIONS; used += AT_ONCE) {
    const asked: Promise<Loose>[] = [];
    for (let i = used; i < Math.min(used + AT_ONCE, SUBSCRIPTIONS); i++)
      asked.push(officialSpotApi.userDataStreamSubscribe({}), officialSpotApi.userDataStreamUnsubscribe({}));
    // One that is refused too early is not what is meant.
    await assert.doesNotReject(Promise.all(asked));
  }
  assert.equal(ended, SUBSCRIPTIONS);
}

const SERVER_CALLS: readonly ReachCall<RefusalStage>[] = [
  // This client repeats a list's name for each of its values.
  refused('server', '-1101', 'node-binance-api', 'prices', ({ nodeBinance }) =>
    nodeBinance.prices(undefined, { symbols: ['BTCUSDT', 'ETHUSDT'] }),
  ),
  // Neither timestamp nor signature.
  refused('server', '-1102', 'binance', 'get api/v3/account', ({ main }) => main.get('api/v3/account')),
  refused('server', '-1135', 'ccxt', 'watch', ({ ccxt, exchange }) =>
    ccxt.watch(exchange.urls.spot!.socketApi, 'p', { id: 'p', method: 'ping', params: [] }, 'p'),
  ),
  refused('server', '-1194', '@binance/spot', 'restAPI time', async ({ exchange }) => {
    const { Spot }: Loose = await import('@binance/spot');
    const customHeaders = { 'X-MBX-TIME-UNIT': 'SECOND' };
    return new Spot({ configurationRestAPI: { basePath: exchange.urls.spot!.rest, customHeaders } }).restAPI.time();
  }),
  {
    ...refused('server', '-2042', '@binance/spot', 'websocketAPI userDataStreamSubscribe', async (clients) => {
      await useUpSubscriptions(clients);
      return clients.officialSpotApi.userDataStreamSubscribe({});
    }),
    // 131,070 requests and as many answers: 5 to 6 s where little else runs.
    timeoutMs: 60_000,
  },
];

const symbol = 'BTCUSDT';
const MARKET = { symbol, side: 'BUY', type: 'MARKET', quantity: '0.010' };
const LIMIT = { ...MARKET, type: 'LIMIT', timeInForce: 'GTC', price: '94000' };
const MODIFICATIONS = 10_000;
/** Orders that one call may modify. */
const BATCH = 5;

const futures = (
  code: string,
  method: string,
  run: (restApi: Loose, clients: RareRefusalClients) => Promise<Loose>,
): ReachCall<RefusalStage> =>
  refused('usdm', code, '@binance/derivatives-trading-usds-futures', `restAPI ${method}`, (clients) =>
    run(clients.officialUsdm, clients),
  );

/** In an order in which each finds the mark price and the step as they must be. */
const USDM_CALLS: readonly ReachCall<RefusalStage>[] = [
  futures('-2020', 'newOrder', (api) => api.newOrder(MARKET)),
  futures('-4004', 'newOrder', (api, { exchange }) => {
    exchange.market.moveTo(symbol, 95_000, 'usdm');
    return api.newOrder({ ...LIMIT, quantity: '0.008' });
  }),
  futures('-4023', 'newOrder', (api) => api.newOrder({ ...LIMIT, quantity: '0.011' })),
  {
    ...futures('-5026', 'modifyOrder', async (api) => {
      const { orderId } = await (await api.newOrder(LIMIT)).data();
      const change = (i: number): Fields => ({
        symbol,
        side: 'BUY',
        orderId,
        quantity: LIMIT.quantity,
        price: i % 2 === 0 ? '94001' : '94000',
      });
      for (let i = 0; i < MODIFICATIONS; i += BATCH) {
        const batchOrders = Array.from({ length: BATCH }, (_, k) => change(i + k));
        const rows = await (await api.modifyMultipleOrders({ batchOrders })).data();
        for (const row of rows) assert.equal(row.orderId, orderId, row.msg);
      }
      return api.modifyOrder(change(MODIFICATIONS));
    }),
    // 2,000 calls, one after the other: 1.5 s where little else runs.
    timeoutMs: 30_000,
  },
];

/** What takes a contract, a client or a patience that is rare. */
export const RARE_REFUSAL_CALLS: readonly ReachCall<RefusalStage>[] = [...SPOT_CALLS, ...USDM_CALLS, ...SERVER_CALLS];
