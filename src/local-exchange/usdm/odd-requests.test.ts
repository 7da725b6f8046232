import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';
import { jsonOffence } from '../../core/vocabulary/json.ts';

const NAMES = [
  'symbol',
  'pair',
  'side',
  'type',
  'timeInForce',
  'quantity',
  'price',
  'positionSide',
  'reduceOnly',
  'newClientOrderId',
  'newOrderRespType',
  'priceMatch',
  'selfTradePreventionMode',
  'goodTillDate',
  'closePosition',
  'orderId',
  'origClientOrderId',
  'batchOrders',
  'orderIdList',
  'origClientOrderIdList',
  'countdownTime',
  'algoType',
  'algoId',
  'clientAlgoId',
  'triggerPrice',
  'activatePrice',
  'callbackRate',
  'workingType',
  'priceProtect',
  'leverage',
  'marginType',
  'dualSidePosition',
  'multiAssetsMargin',
  'amount',
  'feeBurn',
  'incomeType',
  'page',
  'limit',
  'fromId',
  'startTime',
  'endTime',
  'interval',
  'period',
  'contractType',
  'autoCloseType',
] as const;

const LIKELY: Readonly<Record<string, readonly string[]>> = {
  symbol: ['BTCUSDT', 'ETHUSDT'],
  pair: ['BTCUSDT'],
  side: ['BUY', 'SELL'],
  type: [
    'LIMIT',
    'MARKET',
    'STOP',
    'STOP_MARKET',
    'TAKE_PROFIT',
    'TAKE_PROFIT_MARKET',
    'TRAILING_STOP_MARKET',
    '1',
    '2',
  ],
  timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
  quantity: ['0.01', '1', '1000', '0.001'],
  price: ['95000', '94000', '4529764', '556.8', '96000.1'],
  triggerPrice: ['94000', '96000'],
  priceMatch: ['NONE', 'OPPONENT', 'QUEUE_5'],
  algoType: ['CONDITIONAL'],
  leverage: ['1', '20', '125'],
  marginType: ['ISOLATED', 'CROSSED'],
  interval: ['1m', '1M'],
  period: ['5m'],
  contractType: ['PERPETUAL'],
  batchOrders: [
    '[{"symbol":"BTCUSDT"}]',
    '[1]',
    '[null]',
    '[{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":1}]',
    '[[]]',
  ],
};
const ODD = [
  '',
  ' ',
  'abc',
  '-1',
  '0',
  '1',
  '1.5',
  '1e5',
  '99999999999999999999',
  '9007199254740993',
  '0.00000000000000000001',
  'true',
  'false',
  'null',
  '[]',
  '[1,"a"]',
  '{',
  '{"a":1}',
  'NaN',
  'Infinity',
  '__proto__',
  'é',
  '8000001',
  '2000001',
  'LONG',
  'SHORT',
  'BOTH',
];

/** Mostly what a client would send, with some of it missing and some of it odd. */
const params = fc
  .tuple(
    fc.record(Object.fromEntries(Object.entries(LIKELY).map(([name, values]) => [name, fc.constantFrom(...values)])), {
      requiredKeys: ['symbol', 'side', 'type', 'quantity', 'algoType'],
    }),
    fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...ODD)), { maxLength: 4 }),
  )
  .map(([likely, odd]) => new Map<string, string>([...Object.entries(likely), ...odd] as [string, string][]));

describe('usdm odd requests', () => {
  test('any route with any parameters, in a moving market -> an answer that is JSON: 200, or 400 with a code and a text', () => {
    const { routes, methods } = new UsdmDesk().product;
    const count = routes.length + methods.length;
    const codes = new Set<number>();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(count - 1), params), { minLength: 30, maxLength: 80, size: 'max' }),
        (calls) => {
          const d = new UsdmDesk();
          d.deposit('50000');
          d.mark('95000');
          d.quote(
            [
              ['94990', '5'],
              ['94980', '5'],
            ],
            [
              ['95010', '5'],
              ['95020', '5'],
            ],
          );
          d.trade('buy', '95000', '1');
          for (const [i, [which, values]] of calls.entries()) {
            const all = [...d.product.routes, ...d.product.methods];
            const endpoint = all[which]!;
            const caller = endpoint.security === 'none' ? null : { account: d.accounts[1]!, apiKey: 'key' };
            endpoint.weight(values, null);
            endpoint.orders?.(values);
            const { status, body } = endpoint.handle(values, caller);
            assert.equal(jsonOffence(body), null);
            if (status !== 200) {
              const { code, msg } = body as { readonly code: number; readonly msg: string };
              assert.equal(status, 400);
              assert.ok(code < -1000 && msg.length > 5, `${code} ${msg}`);
              assert.ok(!/\{\d\}/.test(msg), msg);
              codes.add(code);
            }
            if (i % 5 === 0) d.mark(`${90_000 + ((i * 977) % 10_000)}`);
            if (i % 7 === 0) d.step(600_000);
          }
        },
      ),
      { numRuns: 60 },
    );
    assert.ok(codes.size > 15, `only ${codes.size} codes were met`);
  });
});
