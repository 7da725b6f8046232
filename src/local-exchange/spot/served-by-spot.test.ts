import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fields, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const symbol = 'BTCUSDT';
const limit: Fields = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '49000' };
const oco: Fields = {
  symbol,
  side: 'SELL',
  quantity: '1',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '60000',
  belowType: 'STOP_LOSS',
  belowStopPrice: '40000',
};
const buyOco: Fields = {
  symbol,
  side: 'BUY',
  quantity: '1',
  aboveType: 'STOP_LOSS',
  aboveStopPrice: '60000',
  belowType: 'LIMIT_MAKER',
  belowPrice: '40000',
};
const opo: Fields = {
  symbol,
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '49000',
  workingQuantity: '1',
  workingTimeInForce: 'GTC',
  pendingType: 'LIMIT',
  pendingSide: 'SELL',
  pendingPrice: '60000',
  pendingTimeInForce: 'GTC',
};
const ORDER = 'POST /api/v3/order';
const OCO = 'POST /api/v3/orderList/oco';
const replace: Fields = { ...limit, cancelReplaceMode: 'STOP_ON_FAILURE' };

/** A request for each code that this product says it answers with. */
const SAMPLES: Readonly<Record<string, readonly [route: string, fields: Fields]>> = {
  '-1013': [ORDER, { ...limit, price: '49000.001' }],
  '-1014': [ORDER, { ...limit, timeInForce: 'IOC', icebergQty: '0.5' }],
  '-1100': [ORDER, { ...limit, price: 'x' }],
  '-1101': ['GET /api/v3/ticker', { symbols: JSON.stringify(Array.from({ length: 101 }, (_, i) => `S${i}`)) }],
  '-1102': [ORDER, { symbol }],
  '-1106': [ORDER, { ...limit, stopPrice: '1' }],
  '-1108': ['GET /api/v3/depth', { symbol, limit: '99999999999999999999' }],
  '-1111': [ORDER, { ...limit, price: '0.123456789' }],
  '-1115': [ORDER, { ...limit, timeInForce: 'X' }],
  '-1116': [ORDER, { ...limit, type: 'X' }],
  '-1117': [ORDER, { ...limit, side: 'X' }],
  '-1118': [ORDER, { ...limit, newClientOrderId: '' }],
  '-1119': ['GET /api/v3/order', { symbol, origClientOrderId: '' }],
  '-1120': ['GET /api/v3/klines', { symbol, interval: 'x' }],
  '-1121': [ORDER, { ...limit, symbol: 'X' }],
  '-1122': ['GET /api/v3/ticker/price', { symbolStatus: 'X' }],
  '-1127': ['GET /api/v3/myTrades', { symbol, startTime: 0, endTime: 86_400_001 }],
  '-1128': ['GET /api/v3/ticker/price', { symbol, symbols: '["BTCUSDT"]' }],
  '-1130': ['GET /api/v3/ticker', { symbol, windowSize: 'x' }],
  '-1134': [ORDER, { ...limit, strategyType: 1 }],
  '-1139': ['GET /api/v3/ticker/24hr', { type: 'X' }],
  '-1145': ['DELETE /api/v3/order', { symbol, orderId: 1, cancelRestrictions: 'X' }],
  '-1151': ['GET /api/v3/ticker/price', { symbols: '["BTCUSDT","BTCUSDT"]' }],
  '-1158': [OCO, { ...oco, belowType: 'MARKET' }],
  '-1160': [
    OCO,
    { ...oco, belowType: 'STOP_LOSS_LIMIT', belowPrice: '39000', belowTimeInForce: 'IOC', belowIcebergQty: '0.5' },
  ],
  '-1165': [OCO, { ...buyOco, aboveType: 'LIMIT_MAKER', belowType: 'STOP_LOSS' }],
  '-1166': [OCO, { ...oco, aboveType: 'STOP_LOSS', belowType: 'LIMIT_MAKER' }],
  '-1168': [OCO, { ...oco, belowType: 'LIMIT_MAKER' }],
  '-1196': [OCO, { ...buyOco, belowType: 'STOP_LOSS' }],
  '-1197': [OCO, { ...oco, aboveType: 'STOP_LOSS' }],
  '-1198': [OCO, { ...buyOco, aboveType: 'TAKE_PROFIT' }],
  '-1199': [OCO, { ...oco, belowType: 'TAKE_PROFIT' }],
  '-1210': [ORDER, { ...limit, pegPriceType: 'X' }],
  '-1211': [ORDER, { ...limit, pegPriceType: 'MARKET_PEG', pegOffsetType: 'X', pegOffsetValue: 1 }],
  '-1220': ['GET /api/v3/depth', { symbol, symbolStatus: 'HALT' }],
  '-1222': ['POST /api/v3/orderList/opo', { ...opo, workingSide: 'SELL' }],
  '-1223': ['POST /api/v3/orderList/opo', { ...opo, pendingSide: 'BUY' }],
  '-1225': ['POST /api/v3/orderList/opo', { ...opo, pendingQuantity: '1' }],
  '-2010': [ORDER, limit],
  '-2011': ['DELETE /api/v3/order', { symbol, orderId: 1 }],
  '-2013': ['GET /api/v3/order', { symbol, orderId: 1 }],
  '-2021': [
    'POST /api/v3/order/cancelReplace',
    { ...replace, cancelReplaceMode: 'ALLOW_FAILURE', cancelOrderId: 9, type: 'LIMIT', side: 'SELL', price: '60000' },
  ],
  '-2022': ['POST /api/v3/order/cancelReplace', { ...replace, cancelOrderId: 9 }],
  '-2038': ['PUT /api/v3/order/amend/keepPriority', { symbol, orderId: 1, newQty: '2' }],
  '-2039': ['GET /api/v3/order', { symbol, orderId: 1, origClientOrderId: 'other' }],
  '-2043': ['GET /api/v3/referencePrice', { symbol }],
};

/** Codes of the published list (10xx, 11xx, 20xx) that a spot client can be answered with. */
const PUBLISHED = [
  -1000, -1001, -1002, -1003, -1006, -1007, -1008, -1010, -1013, -1014, -1015, -1016, -1020, -1021, -1022, -1033, -1034,
  -1035, -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1111, -1112, -1114, -1115, -1116, -1117, -1118, -1119,
  -1120, -1121, -1122, -1125, -1127, -1128, -1130, -1134, -1135, -1139, -1145, -1151, -1152, -1153, -1155, -1161, -1158,
  -1160, -1165, -1166, -1168, -1194, -1196, -1197, -1198, -1199, -1210, -1211, -1220, -1221, -1222, -1223, -1224, -1225,
  -2010, -2011, -2013, -2014, -2015, -2016, -2021, -2022, -2026, -2035, -2036, -2038, -2039, -2042, -2043,
];
/** Codes that the server around the products answers with: keys, signatures, time, limits, JSON, sessions. */
const OF_THE_SERVER = [
  -1000, -1003, -1007, -1008, -1015, -1016, -1020, -1021, -1022, -1125, -1135, -1194, -2014, -2015, -2035, -2036, -2042,
];

describe('what spot serves', () => {
  const scene = (): SpotScene => {
    const s = new SpotScene();
    s.deposit(1, 'BTC', '1');
    s.product.house.trade(symbol, 'buy', '50000', '1');
    return s;
  };
  const codes = scene()
    .product.served()
    .filter((r) => r.kind === 'error-code');

  test('what spot serves: every published error code -> served, refused with a reason, or the server’s', () => {
    const known = new Set(codes.map((r) => Number(r.name.split(' ')[0])));
    assert.deepEqual(
      PUBLISHED.filter((code) => !known.has(code) && !OF_THE_SERVER.includes(code)),
      [],
    );
    for (const row of codes) assert.ok(row.served || (row.reason ?? '') !== '', row.name);
  });

  for (const { name } of codes.filter((r) => r.served)) {
    test(`what spot serves: ${name} -> a request is answered with it`, () => {
      const sample = SAMPLES[name];
      assert.ok(sample, 'no sample of it');
      const s = scene();
      if (name === '-2038' || name === '-2039') s.ok(ORDER, { ...limit, side: 'SELL', price: '60000' });
      assert.match(s.refused(...sample), new RegExp(`^${name} `));
    });
  }

  test('what spot serves: rows -> each name once; routes and methods are all there', () => {
    const { product } = scene();
    const rows = product.served();
    assert.equal(new Set(rows.map((r) => `${r.kind} ${r.name}`)).size, rows.length);
    const names = new Set(rows.map((r) => r.name));
    for (const r of product.routes) assert.ok(names.has(`${r.method} ${r.path}`));
    for (const m of product.methods) assert.ok(names.has(m.name));
  });

  test('what spot serves: weights and order counts -> as published, free where placements succeed', () => {
    const { product } = scene();
    const weight = (route: string, fields: Fields = {}, succeeded: boolean | null = true): number => {
      const [method, path] = route.split(' ');
      const found = product.routes.find((r) => r.method === method && r.path === path)!;
      return found.weight(new Map(Object.entries(fields).map(([k, v]) => [k, String(v)])), succeeded);
    };
    const expected: readonly (readonly [string, Fields, number])[] = [
      ['GET /api/v3/exchangeInfo', {}, 20],
      ['GET /api/v3/depth', { symbol }, 5],
      ['GET /api/v3/depth', { symbol, limit: 500 }, 25],
      ['GET /api/v3/depth', { symbol, limit: 1000 }, 50],
      ['GET /api/v3/depth', { symbol, limit: 5000 }, 250],
      ['GET /api/v3/ticker/24hr', { symbol }, 2],
      ['GET /api/v3/ticker/24hr', {}, 80],
      ['GET /api/v3/ticker', { symbols: '["A","B","C"]' }, 12],
      ['GET /api/v3/ticker/price', {}, 4],
      ['GET /api/v3/openOrders', { symbol }, 6],
      ['GET /api/v3/openOrders', {}, 80],
      ['GET /api/v3/myTrades', { symbol, orderId: 1 }, 5],
      ['POST /api/v3/order', {}, 0],
      ['PUT /api/v3/order/amend/keepPriority', {}, 4],
    ];
    for (const [route, fields, points] of expected) assert.equal(weight(route, fields), points, route);
    assert.deepEqual([weight(ORDER, {}, null), weight(ORDER, {}, false)], [1, 1]);
    const orders = Object.fromEntries(
      product.methods.map((m) => [m.name, m.orders?.(new Map()) ?? 0]).filter(([, count]) => count !== 0),
    );
    assert.deepEqual(orders, {
      'order.place': 1,
      'order.cancelReplace': 1,
      'orderList.place.oco': 2,
      'orderList.place': 2,
      'orderList.place.oto': 2,
      'orderList.place.otoco': 3,
      'orderList.place.opo': 2,
      'orderList.place.opoco': 3,
    });
  });

  test('what spot serves: methods of the WebSocket API -> the handlers of their REST twins', () => {
    const s = scene();
    const account = s.accounts[1]!;
    const call = (name: string, fields: Fields): Row => {
      const method = s.product.methods.find((m) => m.name === name)!;
      const params = new Map(Object.entries(fields).map(([k, v]) => [k, String(v)]));
      return method.handle(params, { account, apiKey: 'k' }) as unknown as Row;
    };
    const placed = call('order.place', { ...limit, side: 'SELL', price: '60000' });
    assert.deepEqual([placed['status'], placed['body'].status], [200, 'NEW']);
    const fields = { symbol, orderId: placed['body'].orderId };
    assert.deepEqual(call('order.status', fields)['body'], s.ok('GET /api/v3/order', fields));
    assert.deepEqual(call('account.status', {})['body'], s.ok('GET /api/v3/account'));
    assert.deepEqual(call('depth', { symbol })['body'], s.ok('GET /api/v3/depth', { symbol }));
  });
});
