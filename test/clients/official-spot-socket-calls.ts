import assert from 'node:assert/strict';
import { limitBuy, oco, oto, pendingLimit, pendingPair, SYMBOL } from './client-call.ts';
import { type Fields, matches, type ReachCall } from './reach-call.ts';
import type { ReachStage } from './reach-stage.ts';
import type { Loose } from './spot-clients.ts';

const client = '@binance/spot';
type Args = Fields | ((stage: ReachStage) => Fields);
type Look = (answer: Loose, stage: ReachStage) => void;

/** A method of the client's connection to the WebSocket API. Some answer one response for each connection of its pool. */
const row = (name: string, method: string, args: Args, check: Look): ReachCall => ({
  product: 'spot',
  client,
  call: `websocketAPI ${method}`,
  reaches: [name],
  run: async (stage) => {
    const answer = await stage.officialSpotApi[method](typeof args === 'function' ? args(stage) : { ...args });
    return (Array.isArray(answer) ? answer[0] : answer).data;
  },
  check,
});
const keeps =
  (field: string, as: string): Look =>
  (answer, stage) => {
    assert.ok(Number.isInteger(Number(answer[field])), field);
    stage.kept.set(as, answer[field]);
  };
const order = (s: ReachStage): Fields => ({ symbol: SYMBOL, orderId: s.kept.get('order') });
const ONE = { symbol: SYMBOL };
const BARS = { symbol: SYMBOL, interval: '1m' };
const ofBitcoin = matches(ONE);
const isList = matches({ listOrderStatus: 'EXECUTING' });
const longer =
  (least: number): Look =>
  (answer) =>
    assert.ok(answer.length >= least, `${answer.length} rows`);

/** Every method of the WebSocket API but those of accounts' events, in an order in which each call finds what it needs. */
export const OFFICIAL_SPOT_SOCKET_CALLS: readonly ReachCall[] = [
  row('ping', 'ping', {}, (a) => assert.deepEqual(a, {})),
  row('time', 'time', {}, (a) => assert.ok(a.serverTime > 1.7e12)),
  row('exchangeInfo', 'exchangeInfo', ONE, (a) => assert.equal(a.symbols.length, 1)),
  row('executionRules', 'executionRules', ONE, (a) => assert.equal(a.symbolRules.length, 1)),
  row('depth', 'depth', { ...ONE, limit: 5 }, (a) => assert.equal(a.bids.length, 5)),
  row('referencePrice', 'referencePrice', ONE, matches({ referencePrice: '95000.00000000' })),
  row('referencePrice.calculation', 'referencePriceCalculation', ONE, ofBitcoin),
  row('order.test', 'orderTest', limitBuy, (a) => assert.deepEqual(a, {})),
  row(
    'order.place',
    'orderPlace',
    { ...ONE, side: 'BUY', type: 'MARKET', quantity: 0.01 },
    matches({ status: 'FILLED' }),
  ),
  row('order.place', 'orderPlace', limitBuy, keeps('orderId', 'order')),
  row('order.status', 'orderStatus', order, matches({ status: 'NEW', price: '90000.00000000' })),
  row('openOrders.status', 'openOrdersStatus', ONE, longer(1)),
  row(
    'order.amend.keepPriority',
    'orderAmendKeepPriority',
    (s) => ({ ...order(s), newQty: 0.005 }),
    (a) => assert.equal(a.amendedOrder.qty, '0.00500000'),
  ),
  row('order.amendments', 'orderAmendments', order, longer(1)),
  row(
    'order.cancelReplace',
    'orderCancelReplace',
    (s) => ({ ...limitBuy, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: s.kept.get('order') }),
    (a, s) => {
      assert.equal(a.newOrderResult, 'SUCCESS');
      s.kept.set('order', a.newOrderResponse.orderId);
    },
  ),
  row('order.cancel', 'orderCancel', order, matches({ status: 'CANCELED' })),
  row(
    'orderList.place',
    'orderListPlace',
    { ...ONE, side: 'SELL', quantity: 0.01, price: 99_000, stopPrice: 91_000 },
    isList,
  ),
  row('orderList.place.oco', 'orderListPlaceOco', { ...oco, abovePrice: 99_000, belowStopPrice: 91_000 }, isList),
  row('orderList.place.oto', 'orderListPlaceOto', { ...oto, ...pendingLimit, pendingQuantity: 0.01 }, isList),
  row('orderList.place.otoco', 'orderListPlaceOtoco', { ...oto, ...pendingPair, pendingQuantity: 0.01 }, isList),
  row('orderList.place.opo', 'orderListPlaceOpo', { ...oto, ...pendingLimit }, isList),
  row('orderList.place.opoco', 'orderListPlaceOpoco', { ...oto, ...pendingPair }, keeps('orderListId', 'list')),
  row('orderList.status', 'orderListStatus', (s) => ({ orderListId: s.kept.get('list') }), isList),
  row('openOrderLists.status', 'openOrderListsStatus', {}, longer(6)),
  row('allOrderLists', 'allOrderLists', {}, longer(6)),
  row(
    'orderList.cancel',
    'orderListCancel',
    (s) => ({ ...ONE, orderListId: s.kept.get('list') }),
    matches({ listOrderStatus: 'ALL_DONE' }),
  ),
  row('openOrders.cancelAll', 'openOrdersCancelAll', ONE, longer(5)),
  row('account.status', 'accountStatus', {}, matches({ canTrade: true })),
  row('account.commission', 'accountCommission', ONE, ofBitcoin),
  row('account.rateLimits.orders', 'accountRateLimitsOrders', {}, matches({ rateLimitType: 'ORDERS', limit: 100 })),
  row('allOrders', 'allOrders', ONE, longer(3)),
  row('myTrades', 'myTrades', ONE, matches({ symbol: SYMBOL, qty: '0.01000000', isBuyer: true })),
  row('myPreventedMatches', 'myPreventedMatches', { ...ONE, orderId: 1 }, (a) => assert.deepEqual(a, [])),
  row('myAllocations', 'myAllocations', ONE, (a) => assert.deepEqual(a, [])),
  row('myFilters', 'myFilters', ONE, (a) => assert.ok(a.symbolFilters.length > 5)),
  row('trades.recent', 'tradesRecent', ONE, longer(1)),
  row('trades.historical', 'tradesHistorical', { ...ONE, fromId: 0, limit: 1 }, matches({ id: 0 })),
  row('trades.aggregate', 'tradesAggregate', ONE, matches({ q: '0.01000000' })),
  row('blockTrades.historical', 'blockTradesHistorical', { ...ONE, fromId: 0 }, (a) => assert.deepEqual(a, [])),
  row('klines', 'klines', BARS, (a) => assert.equal(a[0].length, 12)),
  row('uiKlines', 'uiKlines', BARS, (a) => assert.equal(a[0].length, 12)),
  row('avgPrice', 'avgPrice', ONE, matches({ mins: 5 })),
  row('ticker.24hr', 'ticker24hr', ONE, ofBitcoin),
  row('ticker.tradingDay', 'tickerTradingDay', ONE, ofBitcoin),
  row('ticker', 'ticker', { ...ONE, windowSize: '1h' }, ofBitcoin),
  row('ticker.price', 'tickerPrice', ONE, ofBitcoin),
  row('ticker.book', 'tickerBook', ONE, ofBitcoin),
];

/** Sessions and subscriptions of one connection, in this order. */
export const OFFICIAL_SPOT_SESSION_CALLS: readonly ReachCall[] = [
  row('session.logon', 'sessionLogon', {}, (a, s) => assert.equal(a.apiKey, s.exchange.accounts[1]!.keys[0]!.apiKey)),
  row('session.status', 'sessionStatus', {}, (a) => assert.ok(a.authorizedSince > 1.7e12)),
  {
    ...row('userDataStream.subscribe', 'userDataStreamSubscribe', {}, matches({ subscriptionId: 0 })),
    run: async (s) => (await s.officialSpotApi.userDataStreamSubscribe({})).response.data,
  },
  row('session.subscriptions', 'sessionSubscriptions', {}, (a) => assert.deepEqual(a, [{ subscriptionId: 0 }])),
  row('userDataStream.unsubscribe', 'userDataStreamUnsubscribe', { subscriptionId: 0 }, (a) => assert.deepEqual(a, {})),
  row('session.logout', 'sessionLogout', {}, matches({ apiKey: null })),
];
