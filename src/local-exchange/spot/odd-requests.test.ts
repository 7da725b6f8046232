import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Fields, params, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';
import { INTERVALS } from '../intervals.ts';
import { SELF_TRADE_PREVENTIONS } from './spot-options.ts';
import { ORDER_TYPES, PEG_PRICES } from './spot-order.ts';

const numbers = [
  '0',
  '1',
  '2',
  '0.5',
  '0.00001',
  '0.00000001',
  '100',
  '100000',
  '99999999',
  '99999999999999999999',
  '0.123456789',
  '1e5',
  '-1',
  '9007199254740993',
];
const words: Readonly<Record<string, readonly string[]>> = {
  symbol: ['BTCUSDT', 'ETHBTC', 'BNBUSDT', 'X', 'btcusdt'],
  symbols: ['["BTCUSDT"]', '["BTCUSDT","ETHBTC"]', '[]', '[1]', '{}', 'null', '"BTCUSDT"'],
  side: ['BUY', 'SELL', 'X'],
  type: [...ORDER_TYPES, 'MINI', 'FULL'],
  timeInForce: ['GTC', 'IOC', 'FOK', 'X'],
  interval: [...INTERVALS, '7m'],
  timeZone: ['0', '8', '-12:00', '05:45', '15', 'x'],
  windowSize: ['1m', '59m', '23h', '7d', '8d'],
  symbolStatus: ['TRADING', 'BREAK', 'X'],
  selfTradePreventionMode: [...SELF_TRADE_PREVENTIONS, 'X'],
  newOrderRespType: ['ACK', 'RESULT', 'FULL', 'X'],
  cancelReplaceMode: ['STOP_ON_FAILURE', 'ALLOW_FAILURE', 'X'],
  cancelRestrictions: ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED', 'X'],
  pegPriceType: [...PEG_PRICES, 'X'],
  pegOffsetType: ['PRICE_LEVEL', 'X'],
  newClientOrderId: ['a', 'b', '', 'no spaces please', 'x'.repeat(37)],
  computeCommissionRates: ['true', 'false', 'maybe'],
};
const amounts = [
  'quantity',
  'price',
  'stopPrice',
  'quoteOrderQty',
  'icebergQty',
  'trailingDelta',
  'newQty',
  'limit',
  'fromId',
  'orderId',
  'startTime',
  'endTime',
  'strategyType',
  'pegOffsetValue',
  'cancelOrderId',
  'orderListId',
  'preventedMatchId',
];
const legs = ['above', 'below', 'working', 'pending', 'pendingAbove', 'pendingBelow', 'stopLimit', 'limit'];
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A parameter with a value that may or may not suit it. */
const parameter = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...Object.keys(words))
      .chain((n) => fc.tuple(fc.constant(n), fc.constantFrom(...words[n]!))),
  },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...amounts), fc.constantFrom(...numbers)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...legs),
        fc.constantFrom('type', 'side', 'timeInForce', 'price', 'stopPrice', 'quantity', 'icebergQty'),
      )
      .chain(([leg, n]) => fc.tuple(fc.constant(leg + upper(n)), fc.constantFrom(...(words[n] ?? numbers)))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('symbol', 'quantity', 'limit', 'orderId'), fc.string({ maxLength: 8 })),
  },
);

/** Requests that are fine by themselves: a few odd parameters then reach further than many. */
const limit = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '98' };
const working = {
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingTimeInForce: 'GTC',
  workingPrice: '101',
  workingQuantity: '1',
};
const pair = {
  pendingSide: 'SELL',
  pendingQuantity: '1',
  pendingAboveType: 'LIMIT_MAKER',
  pendingAbovePrice: '110',
  pendingBelowType: 'STOP_LOSS',
  pendingBelowStopPrice: '90',
};
const sound: readonly (readonly [route: string, fields: Fields])[] = [
  ['POST /api/v3/order', limit],
  ['POST /api/v3/order', { ...limit, side: 'SELL', price: '101' }],
  ['POST /api/v3/order', { side: 'SELL', type: 'MARKET', quantity: '1' }],
  ['POST /api/v3/order', { side: 'BUY', type: 'MARKET', quoteOrderQty: '100' }],
  ['POST /api/v3/order', { side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '101' }],
  ['POST /api/v3/order', { ...limit, type: 'TAKE_PROFIT_LIMIT', stopPrice: '99', trailingDelta: '100' }],
  ['POST /api/v3/order/cancelReplace', { ...limit, cancelReplaceMode: 'ALLOW_FAILURE', cancelOrderId: '1' }],
  ['PUT /api/v3/order/amend/keepPriority', { orderId: '1', newQty: '0.5' }],
  ['DELETE /api/v3/order', { orderId: '1' }],
  [
    'POST /api/v3/orderList/oco',
    {
      side: 'SELL',
      quantity: '1',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '110',
      belowType: 'STOP_LOSS',
      belowStopPrice: '90',
    },
  ],
  ['POST /api/v3/orderList/oto', { ...working, pendingSide: 'SELL', pendingType: 'MARKET', pendingQuantity: '1' }],
  ['POST /api/v3/orderList/otoco', { ...working, ...pair }],
  ['GET /api/v3/klines', { interval: '1m' }],
];

describe('spot, odd requests', () => {
  test('spot, odd requests: any parameters to any route -> an answer with a code, never a fault; money stays whole', () => {
    const { product } = new SpotScene();
    const accepted = new Set<string>();
    const routes = product.routes.map((r) => `${r.method} ${r.path}`);
    const symbol = fc.constantFrom('BTCUSDT', 'BTCUSDT', 'ETHBTC');
    const request = fc.oneof(
      fc.record({
        route: fc.constantFrom(...routes),
        fields: fc.array(parameter, { maxLength: 14, size: 'max' }),
        symbol,
      }),
      fc.record({ sound: fc.constantFrom(...sound), odd: fc.array(parameter, { maxLength: 2 }), symbol }).map((r) => ({
        route: r.sound[0],
        fields: [...Object.entries(r.sound[1]), ...r.odd],
        symbol: r.symbol,
      })),
    );
    fc.assert(
      fc.property(fc.array(request, { minLength: 5, maxLength: 40, size: 'max' }), (requests) => {
        const s = new SpotScene();
        s.deposit(1, 'USDT', '100000');
        s.deposit(1, 'BTC', '10');
        s.product.house.quote('BTCUSDT', [{ price: '99', quantity: '5' }], [{ price: '101', quantity: '5' }]);
        s.product.house.trade('BTCUSDT', 'buy', '100', '1');
        for (const { route, fields, symbol } of requests) {
          const sent: Fields = { symbol, ...Object.fromEntries(fields) };
          const { status, body } = s.call(route, sent);
          if (status === 200) accepted.add(route);
          if (status !== 200) assert.equal(typeof (body as Row)['code'], 'number', route);
          const [method, path] = route.split(' ');
          const found = s.product.routes.find((r) => r.method === method && r.path === path)!;
          assert.ok(Number.isInteger(found.weight(params(sent), null)), route);
          assert.deepEqual(s.complaints(), [], `${route} ${JSON.stringify(sent)}`);
          assert.ok(!/NaN|Infinity|undefined/.test(JSON.stringify(body)), `${route} ${JSON.stringify(body)}`);
        }
      }),
      { numRuns: 200 },
    );
    for (const [route] of sound) assert.ok(accepted.has(route), `${route} was never accepted`);
  });
});
