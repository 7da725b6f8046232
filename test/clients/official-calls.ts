import assert from 'node:assert/strict';
import { type ClientCall, during, isList, limitBuy, oco, row, SYMBOL } from './client-call.ts';
import type { Loose } from './spot-clients.ts';

/** In an order in which each call finds what it needs. */
export const OFFICIAL_CALLS: readonly ClientCall[] = [
  row(
    '@binance/spot',
    'exchangeInfo',
    ['GET /api/v3/exchangeInfo'],
    async (c) => (await c.official.exchangeInfo()).data(),
    (i) => assert.equal(i.symbols.length, 6),
  ),
  row(
    '@binance/spot',
    'newOrder',
    ['POST /api/v3/order'],
    async (c) => {
      const order = await (await c.official.newOrder(limitBuy)).data();
      c.kept.set('official', order.orderId);
      return order;
    },
    (o) => assert.equal(o.status, 'NEW'),
  ),
  row(
    '@binance/spot',
    'getOpenOrders',
    ['GET /api/v3/openOrders'],
    async (c) => (await c.official.getOpenOrders({ symbol: SYMBOL })).data(),
    (o) => assert.equal(o.length, 1),
  ),
  row(
    '@binance/spot',
    'orderAmendKeepPriority',
    ['PUT /api/v3/order/amend/keepPriority'],
    async (c) => {
      const fields = { symbol: SYMBOL, orderId: c.kept.get('official'), newQty: 0.005 };
      return (await c.official.orderAmendKeepPriority(fields)).data();
    },
    (a) => assert.equal(a.amendedOrder.qty, '0.00500000'),
  ),
  row(
    '@binance/spot',
    'orderAmendments',
    ['GET /api/v3/order/amendments'],
    async (c) => (await c.official.orderAmendments({ symbol: SYMBOL, orderId: c.kept.get('official') })).data(),
    (a) => assert.equal(a.length, 1),
  ),
  row(
    '@binance/spot',
    'orderCancelReplace',
    ['POST /api/v3/order/cancelReplace'],
    async (c) =>
      (
        await c.official.orderCancelReplace({
          ...limitBuy,
          price: 91_000,
          cancelReplaceMode: 'STOP_ON_FAILURE',
          cancelOrderId: c.kept.get('official'),
        })
      ).data(),
    (r) => assert.equal(r.newOrderResult, 'SUCCESS'),
  ),
  row(
    '@binance/spot',
    'deleteOpenOrders',
    ['DELETE /api/v3/openOrders'],
    async (c) => (await c.official.deleteOpenOrders({ symbol: SYMBOL })).data(),
    (o) => assert.equal(o.length, 1),
  ),
  row(
    '@binance/spot',
    'orderListOco',
    ['POST /api/v3/orderList/oco'],
    async (c) => {
      const list = await (await c.official.orderListOco(oco)).data();
      c.kept.set('officialList', list.orderListId);
      return list;
    },
    isList,
  ),
  row(
    '@binance/spot',
    'deleteOrderList',
    ['DELETE /api/v3/orderList', 'listStatus'],
    async (c) => (await c.official.deleteOrderList({ symbol: SYMBOL, orderListId: c.kept.get('officialList') })).data(),
    (l) => assert.equal(l.orderReports.length, 2),
  ),
  row(
    '@binance/spot',
    'allOrderList',
    ['GET /api/v3/allOrderList'],
    async (c) => (await c.official.allOrderList()).data(),
    (l) => assert.ok(l.length > 0),
  ),
  row(
    '@binance/spot',
    'getAccount',
    ['GET /api/v3/account'],
    async (c) => (await c.official.getAccount()).data(),
    (a) => assert.equal(a.accountType, 'SPOT'),
  ),
  row(
    '@binance/spot',
    'accountCommission',
    ['GET /api/v3/account/commission'],
    async (c) => (await c.official.accountCommission({ symbol: SYMBOL })).data(),
    (a) => assert.equal(a.symbol, SYMBOL),
  ),
  row(
    '@binance/spot',
    'myFilters',
    ['GET /api/v3/myFilters'],
    async (c) => (await c.official.myFilters({ symbol: SYMBOL })).data(),
    (f) => assert.ok(f.symbolFilters.length > 5),
  ),
  row(
    '@binance/spot',
    'myAllocations',
    ['GET /api/v3/myAllocations'],
    async (c) => (await c.official.myAllocations({ symbol: SYMBOL })).data(),
    (a) => assert.deepEqual(a, []),
  ),
  row(
    '@binance/spot',
    'myPreventedMatches',
    ['GET /api/v3/myPreventedMatches'],
    async (c) => (await c.official.myPreventedMatches({ symbol: SYMBOL, orderId: 1 })).data(),
    (a) => assert.deepEqual(a, []),
  ),
  row(
    '@binance/spot',
    'avgPrice',
    ['GET /api/v3/avgPrice'],
    async (c) => (await c.official.avgPrice({ symbol: SYMBOL })).data(),
    (p) => assert.equal(p.mins, 5),
  ),
  row(
    '@binance/spot',
    'executionRules',
    ['GET /api/v3/executionRules'],
    async (c) => (await c.official.executionRules({ symbol: SYMBOL })).data(),
    (r) => assert.equal(r.symbolRules.length, 1),
  ),
  row(
    '@binance/spot',
    'websocketAPI orderPlace',
    ['order.place'],
    async (c) => (await c.officialApi.orderPlace(limitBuy)).data,
    (o) => assert.equal(o.status, 'NEW'),
  ),
  row(
    '@binance/spot',
    'websocketAPI openOrdersCancelAll',
    ['openOrders.cancelAll'],
    async (c) => (await c.officialApi.openOrdersCancelAll({ symbol: SYMBOL })).data,
    (o) => assert.equal(o.length, 1),
  ),
  row(
    '@binance/spot',
    'websocketAPI accountStatus',
    ['account.status'],
    async (c) => (await c.officialApi.accountStatus()).data,
    (a) => assert.equal(a.canTrade, true),
  ),
  row(
    '@binance/spot',
    'websocketStreams aggTrade',
    ['<symbol>@aggTrade'],
    (c) => {
      const stream = c.officialStreams.aggTrade({ symbol: 'btcusdt' });
      const message = new Promise<Loose>((resolve) => stream.on('message', resolve));
      return during(message, () =>
        c.official.newOrder({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: 0.01 }),
      );
    },
    (m) => assert.deepEqual([m.s, m.q], [SYMBOL, '0.01000000']),
  ),
  row(
    '@binance/spot',
    'websocketStreams partialBookDepth',
    ['<symbol>@depth<levels>@100ms'],
    (c) => {
      const stream = c.officialStreams.partialBookDepth({ symbol: 'btcusdt', levels: '5', updateSpeed: '100ms' });
      return new Promise<Loose>((resolve) => stream.on('message', resolve));
    },
    (m) => assert.equal(m.bids.length, 5),
  ),
];
