import assert from 'node:assert/strict';
import {
  type ClientCall,
  during,
  heard,
  isList,
  limitBuy,
  oco,
  oto,
  pendingLimit,
  pendingPair,
  row,
  SYMBOL,
} from './client-call.ts';

const marketBuy = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: 0.01 };

/** In an order in which each call finds what it needs. */
export const BINANCE_CALLS: readonly ClientCall[] = [
  row(
    'binance',
    'getExchangeInfo',
    ['GET /api/v3/exchangeInfo'],
    (c) => c.main.getExchangeInfo({ symbol: SYMBOL }),
    (i) => assert.equal(i.symbols.length, 1),
  ),
  row(
    'binance',
    'testNewOrder',
    ['POST /api/v3/order/test'],
    (c) => c.main.testNewOrder(limitBuy),
    (a) => assert.deepEqual(a, {}),
  ),
  row(
    'binance',
    'submitNewOrder',
    ['POST /api/v3/order'],
    async (c) => {
      const order = await c.main.submitNewOrder(limitBuy);
      c.kept.set('main', order.orderId);
      return order;
    },
    (o) => assert.equal(o.status, 'NEW'),
  ),
  row(
    'binance',
    'getOrder',
    ['GET /api/v3/order'],
    (c) => c.main.getOrder({ symbol: SYMBOL, orderId: c.kept.get('main') }),
    (o) => assert.equal(o.isWorking, true),
  ),
  row(
    'binance',
    'cancelOrder',
    ['DELETE /api/v3/order'],
    (c) => c.main.cancelOrder({ symbol: SYMBOL, orderId: c.kept.get('main') }),
    (o) => assert.equal(o.status, 'CANCELED'),
  ),
  row(
    'binance',
    'submitNewOCO',
    ['POST /api/v3/order/oco'],
    (c) => c.main.submitNewOCO({ symbol: SYMBOL, side: 'SELL', quantity: 0.01, price: 120_000, stopPrice: 80_000 }),
    isList,
  ),
  row(
    'binance',
    'submitNewOrderListOTO',
    ['POST /api/v3/orderList/oto'],
    (c) => c.main.submitNewOrderListOTO({ ...oto, ...pendingLimit, pendingQuantity: 0.01 }),
    isList,
  ),
  row(
    'binance',
    'submitNewOrderListOTOCO',
    ['POST /api/v3/orderList/otoco'],
    (c) => c.main.submitNewOrderListOTOCO({ ...oto, ...pendingPair, pendingQuantity: 0.01 }),
    isList,
  ),
  row(
    'binance',
    'submitNewOrderListOPO',
    ['POST /api/v3/orderList/opo'],
    (c) => c.main.submitNewOrderListOPO({ ...oto, ...pendingLimit }),
    isList,
  ),
  row(
    'binance',
    'submitNewOrderListOPOCO',
    ['POST /api/v3/orderList/opoco'],
    (c) => c.main.submitNewOrderListOPOCO({ ...oto, ...pendingPair }),
    isList,
  ),
  row(
    'binance',
    'getAllOpenOCO',
    ['GET /api/v3/openOrderList'],
    async (c) => {
      const lists = await c.main.getAllOpenOCO();
      c.kept.set('list', lists[0].orderListId);
      return lists;
    },
    (l) => assert.equal(l.length, 5),
  ),
  row(
    'binance',
    'getOCO',
    ['GET /api/v3/orderList'],
    (c) => c.main.getOCO({ orderListId: c.kept.get('list') }),
    (l) => assert.equal(l.orders.length, 2),
  ),
  row(
    'binance',
    'cancelOCO',
    ['DELETE /api/v3/orderList'],
    (c) => c.main.cancelOCO({ symbol: SYMBOL, orderListId: c.kept.get('list') }),
    (l) => assert.equal(l.listOrderStatus, 'ALL_DONE'),
  ),
  row(
    'binance',
    'cancelAllSymbolOrders',
    ['DELETE /api/v3/openOrders'],
    (c) => c.main.cancelAllSymbolOrders({ symbol: SYMBOL }),
    (l) => assert.equal(l.length, 4),
  ),
  row(
    'binance',
    'getAccountInformation',
    ['GET /api/v3/account'],
    (c) => c.main.getAccountInformation({ omitZeroBalances: true }),
    (a) => assert.equal(a.balances.length, 3),
  ),
  row(
    'binance',
    'getBalances',
    ['GET /sapi/v1/capital/config/getall'],
    (c) => c.main.getBalances(),
    (b) => assert.ok(b.length > 3),
  ),
  row(
    'binance',
    'getCommissionRates',
    ['GET /api/v3/account/commission'],
    (c) => c.main.getCommissionRates({ symbol: SYMBOL }),
    (r) => assert.equal(r.discount.discountAsset, 'BNB'),
  ),
  row(
    'binance',
    'getApiKeyPermissions',
    ['GET /sapi/v1/account/apiRestrictions'],
    (c) => c.main.getApiKeyPermissions(),
    (p) => assert.equal(p.enableReading, true),
  ),
  row(
    'binance',
    'getAccountStatus',
    ['GET /sapi/v1/account/status'],
    (c) => c.main.getAccountStatus(),
    (s) => assert.equal(s.data, 'Normal'),
  ),
  row(
    'binance',
    'getRollingWindowTicker',
    ['GET /api/v3/ticker'],
    (c) => c.main.getRollingWindowTicker({ symbol: SYMBOL, windowSize: '1h' }),
    (t) => assert.equal(t.symbol, SYMBOL),
  ),
  row(
    'binance',
    'getTradingDayTicker',
    ['GET /api/v3/ticker/tradingDay'],
    (c) => c.main.getTradingDayTicker({ symbol: SYMBOL }),
    (t) => assert.equal(t.symbol, SYMBOL),
  ),
  row(
    'binance',
    'getRecentTrades',
    ['GET /api/v3/trades'],
    (c) => c.main.getRecentTrades({ symbol: SYMBOL }),
    (t) => assert.ok(t.length > 0),
  ),
  row(
    'binance',
    'getHistoricalTrades',
    ['GET /api/v3/historicalTrades'],
    (c) => c.main.getHistoricalTrades({ symbol: SYMBOL, fromId: 0, limit: 1 }),
    (t) => assert.equal(t[0].id, 0),
  ),
  row(
    'binance',
    'getUIKlines',
    ['GET /api/v3/uiKlines'],
    (c) => c.main.getUIKlines({ symbol: SYMBOL, interval: '1m' }),
    (k) => assert.equal(k[0].length, 12),
  ),
  row(
    'binance',
    'WebsocketAPIClient submitNewSpotOrder',
    ['order.place'],
    (c) => c.socketApi.submitNewSpotOrder({ ...limitBuy, timestamp: Date.now() }),
    (a) => assert.equal(a.result.status, 'NEW'),
  ),
  row(
    'binance',
    'WebsocketAPIClient placeSpotOCOOrderList',
    ['orderList.place.oco'],
    (c) => c.socketApi.placeSpotOCOOrderList({ ...oco, timestamp: Date.now() }),
    (a) => isList(a.result),
  ),
  row(
    'binance',
    'WebsocketAPIClient cancelAllSpotOpenOrders',
    ['openOrders.cancelAll'],
    (c) => c.socketApi.cancelAllSpotOpenOrders({ symbol: SYMBOL, timestamp: Date.now() }),
    (a) => assert.equal(a.result.length, 2),
  ),
  row(
    'binance',
    'WebsocketAPIClient getSpotAccountInformation',
    ['account.status'],
    (c) => c.socketApi.getSpotAccountInformation({ timestamp: Date.now() }),
    (a) => assert.equal(a.result.canTrade, true),
  ),
  row(
    'binance',
    'WebsocketAPIClient getSpot24hrTicker',
    ['ticker.24hr'],
    (c) => c.socketApi.getSpot24hrTicker({ symbol: SYMBOL }),
    (a) => assert.equal(a.result.symbol, SYMBOL),
  ),
  row(
    'binance',
    'WebsocketAPIClient subscribeUserDataStream',
    ['executionReport', 'outboundAccountPosition'],
    async (c) => {
      await c.socketApi.subscribeUserDataStream('mainWSAPI');
      const report = heard(
        c.socketApi.getWSClient(),
        'message',
        (m) => m.event?.e === 'executionReport' || m.e === 'executionReport' || m.eventType === 'executionReport',
      );
      return during(report, () => c.main.submitNewOrder(marketBuy));
    },
    (m) => assert.equal(JSON.stringify(m).includes('BTCUSDT'), true),
  ),
  row(
    'binance',
    'WebsocketClient subscribe',
    ['<symbol>@trade', '!miniTicker@arr'],
    async (c) => {
      await c.streams.subscribe(['btcusdt@trade', '!miniTicker@arr'], 'main');
      return during(
        heard(c.streams, 'message', (m) => m.e === 'trade'),
        () => c.main.submitNewOrder(marketBuy),
      );
    },
    (m) => assert.deepEqual([m.s, m.q, m.m], [SYMBOL, '0.01000000', false]),
  ),
];
