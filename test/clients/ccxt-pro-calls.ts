import assert from 'node:assert/strict';
import { type ClientCall, during, PAIR, row } from './client-call.ts';
import type { Loose, SpotClients } from './spot-clients.ts';

const buy = (c: SpotClients): Promise<Loose> => c.ccxt.createOrder(PAIR, 'market', 'buy', 0.01);

/** In an order in which each call finds what it needs. */
export const CCXT_PRO_CALLS: readonly ClientCall[] = [
  row(
    'ccxt.pro',
    'watchOrderBook',
    ['<symbol>@depth@100ms', 'GET /api/v3/depth'],
    (c) => c.ccxt.watchOrderBook(PAIR),
    (b) => assert.equal(b.bids[0][0], 99_999.99),
  ),
  row(
    'ccxt.pro',
    'watchTrades',
    ['<symbol>@trade'],
    (c) => during(c.ccxt.watchTrades(PAIR), () => buy(c)),
    (t) => assert.equal(t[0].amount, 0.01),
  ),
  row(
    'ccxt.pro',
    'watchTicker',
    ['<symbol>@miniTicker'],
    (c) => during(c.ccxt.watchTicker(PAIR), () => buy(c)),
    (t) => assert.equal(t.last, 100_000.01),
  ),
  row(
    'ccxt.pro',
    'watchBidsAsks',
    ['<symbol>@bookTicker'],
    (c) => during(c.ccxt.watchBidsAsks([PAIR]), () => buy(c)),
    (t) => assert.equal(t[PAIR].ask, 100_000.01),
  ),
  row(
    'ccxt.pro',
    'watchOHLCV',
    ['<symbol>@kline_<interval>'],
    (c) => during(c.ccxt.watchOHLCV(PAIR, '1m'), () => buy(c)),
    (k) => assert.equal(k[0].length, 6),
  ),
  row(
    'ccxt.pro',
    'watchOrders',
    ['executionReport'],
    (c) => during(c.ccxt.watchOrders(PAIR), () => buy(c)),
    (o) => assert.equal(o[0].symbol, PAIR),
  ),
  row(
    'ccxt.pro',
    'watchBalance',
    ['outboundAccountPosition'],
    (c) => during(c.ccxt.watchBalance(), () => buy(c)),
    (b) => assert.ok(b.BTC.total > 10),
  ),
  row(
    'ccxt.pro',
    'createOrderWs',
    ['order.place'],
    async (c) => {
      const order = await c.ccxt.createOrderWs(PAIR, 'limit', 'buy', 0.01, 90_000);
      c.kept.set('socket', order.id);
      return order;
    },
    (o) => assert.equal(o.status, 'open'),
  ),
  row(
    'ccxt.pro',
    'fetchOpenOrdersWs',
    ['openOrders.status'],
    (c) => c.ccxt.fetchOpenOrdersWs(PAIR),
    (o) => assert.equal(o.length, 1),
  ),
  row(
    'ccxt.pro',
    'editOrderWs',
    ['order.cancelReplace'],
    async (c) => {
      const order = await c.ccxt.editOrderWs(c.kept.get('socket'), PAIR, 'limit', 'buy', 0.01, 91_000);
      c.kept.set('socket', order.id);
      return order;
    },
    (o) => assert.equal(o.price, 91_000),
  ),
  row(
    'ccxt.pro',
    'fetchOrderWs',
    ['order.status'],
    (c) => c.ccxt.fetchOrderWs(c.kept.get('socket'), PAIR),
    (o) => assert.equal(o.status, 'open'),
  ),
  row(
    'ccxt.pro',
    'cancelOrderWs',
    ['order.cancel'],
    (c) => c.ccxt.cancelOrderWs(c.kept.get('socket'), PAIR),
    (o) => assert.equal(o.status, 'canceled'),
  ),
  row(
    'ccxt.pro',
    'fetchBalanceWs',
    ['account.status'],
    (c) => c.ccxt.fetchBalanceWs(),
    (b) => assert.equal(b.info.accountType, 'SPOT'),
  ),
  row(
    'ccxt.pro',
    'fetchMyTradesWs',
    ['myTrades'],
    (c) => c.ccxt.fetchMyTradesWs(PAIR),
    (t) => assert.ok(t.length > 2),
  ),
  row(
    'ccxt.pro',
    'fetchOHLCVWs',
    ['klines'],
    (c) => c.ccxt.fetchOHLCVWs(PAIR, '1m'),
    (k) => assert.ok(k.length > 0),
  ),
];
