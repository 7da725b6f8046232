import assert from 'node:assert/strict';
import { type ClientCall, row, SYMBOL } from './client-call.ts';

/** In an order in which each call finds what it needs. */
export const NODE_BINANCE_CALLS: readonly ClientCall[] = [
  row(
    'node-binance-api',
    'exchangeInfo',
    ['GET /api/v3/exchangeInfo'],
    (c) => c.nodeBinance.exchangeInfo(),
    (i) => assert.equal(i.symbols.length, 6),
  ),
  row(
    'node-binance-api',
    'prices',
    ['GET /api/v3/ticker/price'],
    (c) => c.nodeBinance.prices(),
    (p) => assert.equal(Number(p[SYMBOL]), 100_000.01),
  ),
  row(
    'node-binance-api',
    'buy',
    ['POST /api/v3/order'],
    async (c) => {
      const order = await c.nodeBinance.buy(SYMBOL, 0.01, 90_000);
      c.kept.set('node', order.orderId);
      return order;
    },
    (o) => assert.equal(o.status, 'NEW'),
  ),
  row(
    'node-binance-api',
    'orderStatus',
    ['GET /api/v3/order'],
    (c) => c.nodeBinance.orderStatus(SYMBOL, c.kept.get('node')),
    (o) => assert.equal(o.status, 'NEW'),
  ),
  row(
    'node-binance-api',
    'openOrders',
    ['GET /api/v3/openOrders'],
    (c) => c.nodeBinance.openOrders(SYMBOL),
    (o) => assert.equal(o.length, 1),
  ),
  row(
    'node-binance-api',
    'cancel',
    ['DELETE /api/v3/order'],
    (c) => c.nodeBinance.cancel(SYMBOL, c.kept.get('node')),
    (o) => assert.equal(o.status, 'CANCELED'),
  ),
  row(
    'node-binance-api',
    'marketSell',
    ['POST /api/v3/order'],
    (c) => c.nodeBinance.marketSell(SYMBOL, 0.01),
    (o) => assert.equal(o.status, 'FILLED'),
  ),
  row(
    'node-binance-api',
    'balance',
    ['GET /api/v3/account'],
    (c) => c.nodeBinance.balance(),
    (b) => assert.ok(Number(b.USDT.available) > 0),
  ),
  row(
    'node-binance-api',
    'trades',
    ['GET /api/v3/myTrades'],
    (c) => c.nodeBinance.trades(SYMBOL),
    (t) => assert.ok(t.length > 0),
  ),
  row(
    'node-binance-api',
    'depth',
    ['GET /api/v3/depth'],
    (c) => c.nodeBinance.depth(SYMBOL),
    (d) => assert.ok(d.lastUpdateId > 0),
  ),
  row(
    'node-binance-api',
    'candlesticks',
    ['GET /api/v3/klines'],
    (c) => c.nodeBinance.candlesticks(SYMBOL, '1m'),
    (k) => assert.ok(k.length > 0),
  ),
  row(
    'node-binance-api',
    'tradeFee',
    ['GET /sapi/v1/asset/tradeFee'],
    (c) => c.nodeBinance.tradeFee(),
    (f) => assert.equal(f.length, 6),
  ),
];
