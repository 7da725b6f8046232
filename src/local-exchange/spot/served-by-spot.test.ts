import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  RESTING_SALE,
  SPOT_REFUSALS,
  SPOT_REFUSALS_OF_AN_ORDER,
} from '../../../test/local-exchange/spot-refusal-samples.ts';
import { type Fields, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const symbol = 'BTCUSDT';

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
  -1000, -1003, -1007, -1008, -1015, -1016, -1020, -1021, -1022, -1105, -1125, -1135, -1194, -2014, -2015, -2035, -2036,
  -2042,
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
      const sample = SPOT_REFUSALS[name];
      assert.ok(sample, 'no sample of it');
      const s = scene();
      if (SPOT_REFUSALS_OF_AN_ORDER.includes(name)) s.ok('POST /api/v3/order', RESTING_SALE);
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
    assert.deepEqual([weight('POST /api/v3/order', {}, null), weight('POST /api/v3/order', {}, false)], [1, 1]);
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
    const placed = call('order.place', RESTING_SALE);
    assert.deepEqual([placed['status'], placed['body'].status], [200, 'NEW']);
    const fields = { symbol, orderId: placed['body'].orderId };
    assert.deepEqual(call('order.status', fields)['body'], s.ok('GET /api/v3/order', fields));
    assert.deepEqual(call('account.status', {})['body'], s.ok('GET /api/v3/account'));
    assert.deepEqual(call('depth', { symbol })['body'], s.ok('GET /api/v3/depth', { symbol }));
  });
});
