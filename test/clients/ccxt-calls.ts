import assert from 'node:assert/strict';
import { type ClientCall, PAIR, row } from './client-call.ts';

/** In an order in which each call finds what it needs. */
export const CCXT_CALLS: readonly ClientCall[] = [
  row(
    'ccxt',
    'loadMarkets',
    ['GET /api/v3/exchangeInfo', 'GET /sapi/v1/capital/config/getall'],
    (c) => c.ccxt.loadMarkets(),
    (m) => {
      assert.deepEqual(
        [m[PAIR].precision.price, m[PAIR].precision.amount, m[PAIR].limits.cost.min, m[PAIR].spot],
        [0.01, 0.00001, 5, true],
      );
    },
  ),
  row(
    'ccxt',
    'fetchTime',
    ['GET /api/v3/time'],
    (c) => c.ccxt.fetchTime(),
    (t) => assert.ok(t > 1.7e12),
  ),
  row(
    'ccxt',
    'fetchStatus',
    ['GET /sapi/v1/system/status'],
    (c) => c.ccxt.fetchStatus(),
    (s) => assert.equal(s.status, 'ok'),
  ),
  row(
    'ccxt',
    'fetchBalance',
    ['GET /api/v3/account'],
    (c) => c.ccxt.fetchBalance(),
    (b) => {
      assert.deepEqual(b.USDT, { free: 1_000_000, used: 0, total: 1_000_000 });
    },
  ),
  row(
    'ccxt',
    'createOrder limit',
    ['POST /api/v3/order', 'executionReport'],
    async (c) => {
      const order = await c.ccxt.createOrder(PAIR, 'limit', 'buy', 0.01, 90_000);
      c.kept.set('limit', order.id);
      return order;
    },
    (o) => assert.deepEqual([o.status, o.price, o.remaining, o.timeInForce], ['open', 90_000, 0.01, 'GTC']),
  ),
  row(
    'ccxt',
    'fetchOrder',
    ['GET /api/v3/order'],
    (c) => c.ccxt.fetchOrder(c.kept.get('limit'), PAIR),
    (o) => assert.equal(o.status, 'open'),
  ),
  row(
    'ccxt',
    'editOrder',
    ['POST /api/v3/order/cancelReplace'],
    async (c) => {
      const order = await c.ccxt.editOrder(c.kept.get('limit'), PAIR, 'limit', 'buy', 0.01, 91_000);
      c.kept.set('limit', order.id);
      return order;
    },
    (o) => assert.deepEqual([o.status, o.price], ['open', 91_000]),
  ),
  row(
    'ccxt',
    'fetchOpenOrders',
    ['GET /api/v3/openOrders'],
    (c) => c.ccxt.fetchOpenOrders(PAIR),
    (o) => assert.equal(o.length, 1),
  ),
  row(
    'ccxt',
    'cancelOrder',
    ['DELETE /api/v3/order'],
    (c) => c.ccxt.cancelOrder(c.kept.get('limit'), PAIR),
    (o) => assert.equal(o.status, 'canceled'),
  ),
  row(
    'ccxt',
    'createOrder market',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createOrder(PAIR, 'market', 'buy', 0.01),
    (o) => {
      assert.deepEqual([o.status, o.filled, o.average, o.trades.length], ['closed', 0.01, 100_000.01, 1]);
    },
  ),
  row(
    'ccxt',
    'createMarketBuyOrderWithCost',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createMarketBuyOrderWithCost(PAIR, 100),
    (o) => {
      assert.deepEqual([o.status, o.filled, o.cost], ['closed', 0.00099, 99.0000099]);
    },
  ),
  row(
    'ccxt',
    'createOrder with stopLossPrice',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createOrder(PAIR, 'market', 'sell', 0.01, undefined, { stopLossPrice: 90_000 }),
    (o) => {
      assert.deepEqual([o.status, o.triggerPrice], ['open', 90_000]);
    },
  ),
  row(
    'ccxt',
    'createOrder with takeProfitPrice',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createOrder(PAIR, 'limit', 'sell', 0.01, 111_000, { takeProfitPrice: 110_000 }),
    (o) => {
      assert.deepEqual([o.info.type, o.triggerPrice], ['TAKE_PROFIT_LIMIT', 110_000]);
    },
  ),
  row(
    'ccxt',
    'createOrder postOnly',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createOrder(PAIR, 'limit', 'buy', 0.01, 90_000, { postOnly: true }),
    (o) => assert.equal(o.info.type, 'LIMIT_MAKER'),
  ),
  row(
    'ccxt',
    'createOrder without funds',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createOrder(PAIR, 'limit', 'sell', 60, 101_000).catch((e: unknown) => e),
    (e) => assert.equal(e.name, 'InsufficientFunds'),
  ),
  row(
    'ccxt',
    'createOrder postOnly that takes',
    ['POST /api/v3/order'],
    (c) => c.ccxt.createOrder(PAIR, 'limit', 'buy', 0.01, 100_100, { postOnly: true }).catch((e: unknown) => e),
    (e) => assert.equal(e.name, 'OrderImmediatelyFillable'),
  ),
  row(
    'ccxt',
    'cancelOrder that is unknown',
    ['DELETE /api/v3/order'],
    (c) => c.ccxt.cancelOrder('99999', PAIR).catch((e: unknown) => e),
    (e) => assert.equal(e.name, 'OrderNotFound'),
  ),
  row(
    'ccxt',
    'fetchOrders',
    ['GET /api/v3/allOrders'],
    (c) => c.ccxt.fetchOrders(PAIR),
    (o) => assert.equal(o.length, 7),
  ),
  row(
    'ccxt',
    'cancelAllOrders',
    ['DELETE /api/v3/openOrders'],
    (c) => c.ccxt.cancelAllOrders(PAIR),
    (o) => assert.equal(o.length, 3),
  ),
  row(
    'ccxt',
    'fetchMyTrades',
    ['GET /api/v3/myTrades'],
    (c) => c.ccxt.fetchMyTrades(PAIR),
    (t) => assert.deepEqual([t.length, t[0].takerOrMaker], [2, 'taker']),
  ),
  row(
    'ccxt',
    'fetchTradingFees',
    ['GET /sapi/v1/asset/tradeFee'],
    (c) => c.ccxt.fetchTradingFees(),
    (f) => assert.equal(f[PAIR].taker, 0.001),
  ),
  row(
    'ccxt',
    'fetchOrderBook',
    ['GET /api/v3/depth'],
    (c) => c.ccxt.fetchOrderBook(PAIR, 5),
    (b) => assert.equal(b.bids.length, 5),
  ),
  row(
    'ccxt',
    'fetchTrades',
    ['GET /api/v3/aggTrades'],
    (c) => c.ccxt.fetchTrades(PAIR),
    (t) => assert.equal(t.length, 2),
  ),
  row(
    'ccxt',
    'fetchOHLCV',
    ['GET /api/v3/klines'],
    (c) => c.ccxt.fetchOHLCV(PAIR, '1m'),
    (k) => assert.equal(k[0].length, 6),
  ),
  row(
    'ccxt',
    'fetchTicker',
    ['GET /api/v3/ticker/24hr'],
    (c) => c.ccxt.fetchTicker(PAIR),
    (t) => assert.equal(t.last, 100_000.01),
  ),
  row(
    'ccxt',
    'fetchBidsAsks',
    ['GET /api/v3/ticker/bookTicker'],
    (c) => c.ccxt.fetchBidsAsks(),
    (t) => assert.equal(t[PAIR].bid, 99_999.99),
  ),
  row(
    'ccxt',
    'fetchLastPrices',
    ['GET /api/v3/ticker/price'],
    (c) => c.ccxt.fetchLastPrices(),
    (t) => assert.equal(t[PAIR].price, 100_000.01),
  ),
];
