import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fields, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';
import type { SpotOptions, SpotSymbolOptions } from './spot-options.ts';

const ANN = 1;
const BTCUSDT: SpotSymbolOptions = {
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  maxPrice: '1000000',
  stepSize: '0.00001',
  maxQty: '9000',
  maxMarketQty: '120',
  minNotional: '5',
  maxNotional: '9000000',
  percentUp: '1.5',
  percentDown: '0.5',
};

/** Last price 50,000 in a market of one bid and one ask. */
function scene(more: Partial<SpotSymbolOptions> = {}, options: SpotOptions = {}): SpotScene {
  const closed: SpotSymbolOptions = { ...BTCUSDT, symbol: 'ETHUSDT', base: 'ETH', status: 'HALT' };
  const s = new SpotScene({ ...options, symbols: [{ ...BTCUSDT, ...more }, closed] });
  s.deposit(ANN, 'USDT', '20000000');
  s.deposit(ANN, 'BTC', '1000');
  s.product.house.quote('BTCUSDT', [{ price: '49999', quantity: '500' }], [{ price: '50001', quantity: '500' }]);
  s.product.house.trade('BTCUSDT', 'buy', '50000', '1');
  return s;
}
const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '49000' };
const without = (fields: Fields, ...names: string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
const market = without({ ...limit, type: 'MARKET' }, 'timeInForce', 'price');
const stop: Fields = { ...market, type: 'STOP_LOSS', stopPrice: '51000' };

describe('spot refusals', () => {
  const cases: readonly (readonly [name: string, fields: Fields, answer: string])[] = [
    [
      'no symbol',
      without(limit, 'symbol'),
      "-1102 Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    ],
    [
      'a symbol in lower case',
      { ...limit, symbol: 'btcusdt' },
      "-1100 Illegal characters found in parameter 'symbol'; legal range is '^[\\w\\-._&&[^a-z]]{1,50}$'.",
    ],
    ['an unknown symbol', { ...limit, symbol: 'XUSDT' }, '-1121 Invalid symbol.'],
    ['a halted symbol', { ...limit, symbol: 'ETHUSDT' }, '-2010 Market is closed.'],
    ['no side', without(limit, 'side'), "-1102 Mandatory parameter 'side' was not sent, was empty/null, or malformed."],
    ['an unknown side', { ...limit, side: 'LONG' }, '-1117 Invalid side.'],
    ['an unknown type', { ...limit, type: 'STOP' }, '-1116 Invalid orderType.'],
    ['an unknown time in force', { ...limit, timeInForce: 'GTX' }, '-1115 Invalid timeInForce.'],
    [
      'LIMIT without time in force',
      without(limit, 'timeInForce'),
      "-1102 Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
    ],
    [
      'LIMIT without price',
      without(limit, 'price'),
      "-1102 Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
    ],
    [
      'LIMIT without quantity',
      without(limit, 'quantity'),
      "-1102 Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.",
    ],
    [
      'an exponent',
      { ...limit, quantity: '1E-4' },
      "-1100 Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    [
      'a negative price',
      { ...limit, price: '-1' },
      "-1100 Illegal characters found in parameter 'price'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    [
      'nine digits behind the point',
      { ...limit, quantity: '0.123456789' },
      "-1111 Parameter 'quantity' has too much precision.",
    ],
    [
      'a client id with a space',
      { ...limit, newClientOrderId: 'a b' },
      "-1100 Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ],
    ['an empty client id', { ...limit, newClientOrderId: '' }, '-1118 New client order ID was empty.'],
    ['a small strategy type', { ...limit, strategyType: 999_999 }, '-1134 `strategyType` was less than 1000000.'],
    [
      'a prevention mode that the symbol does not allow',
      { ...limit, selfTradePreventionMode: 'NONE' },
      '-1013 This symbol does not allow the specified self-trade prevention mode.',
    ],
    [
      'a prevention mode that nobody knows',
      { ...limit, selfTradePreventionMode: 'ALL' },
      "-1130 Data sent for parameter 'selfTradePreventionMode' is not valid.",
    ],
    [
      'MARKET without size',
      without(market, 'quantity'),
      "-1102 Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
    ],
    ['MARKET with price', { ...market, price: '1' }, "-1106 Parameter 'price' sent when not required."],
    [
      'MARKET with time in force',
      { ...market, timeInForce: 'GTC' },
      "-1106 Parameter 'timeInForce' sent when not required.",
    ],
    ['LIMIT with stop price', { ...limit, stopPrice: '1' }, "-1106 Parameter 'stopPrice' sent when not required."],
    ['LIMIT by value', { ...limit, quoteOrderQty: '10' }, "-1106 Parameter 'quoteOrderQty' sent when not required."],
    [
      'STOP_LOSS without stop',
      without(stop, 'stopPrice'),
      "-1102 Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
    ],
    ['an unknown peg', { ...limit, pegPriceType: 'MID_PEG' }, "-1210 Invalid pegPriceType. Found in 'pegPriceType'."],
    [
      'an unknown peg offset',
      { ...limit, pegPriceType: 'PRIMARY_PEG', pegOffsetType: 'PERCENT', pegOffsetValue: 1 },
      "-1211 Invalid pegOffsetType. Found in 'pegOffsetType'.",
    ],
    [
      'a peg offset without its value',
      { ...limit, pegPriceType: 'PRIMARY_PEG', pegOffsetType: 'PRICE_LEVEL' },
      '-1128 Fields [pegOffsetType, pegOffsetValue] must be sent together or omitted entirely.',
    ],
    [
      'a peg deeper than the book',
      { ...without(limit, 'price'), pegPriceType: 'MARKET_PEG', pegOffsetType: 'PRICE_LEVEL', pegOffsetValue: 3 },
      '-2010 Pegged order has no price level to follow.',
    ],
    [
      'a response type that nobody knows',
      { ...limit, newOrderRespType: 'ALL' },
      "-1100 Illegal characters found in parameter 'newOrderRespType'; legal range is 'ACK|RESULT|FULL'.",
    ],
    ['a price off the grid', { ...limit, price: '49000.001' }, '-1013 Filter failure: PRICE_FILTER'],
    ['a price of zero', { ...limit, price: '0' }, '-1013 Filter failure: PRICE_FILTER'],
    ['a stop price off the grid', { ...stop, stopPrice: '51000.001' }, '-1013 Filter failure: PRICE_FILTER'],
    ['a price above the most', { ...limit, price: '1000000.01' }, '-1013 Filter failure: PRICE_FILTER'],
    ['a price past counting', { ...limit, price: '99999999999999999999' }, '-1013 Filter failure: PRICE_FILTER'],
    [
      'a price 50.01 % above the average',
      { ...limit, price: '75000.01' },
      '-1013 Filter failure: PERCENT_PRICE_BY_SIDE',
    ],
    [
      'a price 50.01 % below the average',
      { ...limit, price: '24999.99' },
      '-1013 Filter failure: PERCENT_PRICE_BY_SIDE',
    ],
    ['a quantity off the grid', { ...limit, quantity: '1.000001' }, '-1013 Filter failure: LOT_SIZE'],
    ['a quantity of zero', { ...limit, quantity: '0' }, '-1013 Filter failure: LOT_SIZE'],
    ['a quantity above the most', { ...limit, quantity: '9000.00001' }, '-1013 Filter failure: LOT_SIZE'],
    ['a market quantity above the most', { ...market, quantity: '120.00001' }, '-1013 Filter failure: MARKET_LOT_SIZE'],
    ['101 iceberg parts', { ...limit, icebergQty: '0.0099' }, '-1013 Filter failure: ICEBERG_PARTS'],
    ['a value below the least', { ...limit, quantity: '0.0001' }, '-1013 Filter failure: NOTIONAL'],
    ['a value above the most', { ...limit, quantity: '184' }, '-1013 Filter failure: NOTIONAL'],
    ['a market value below the least', { ...market, quantity: '0.00009' }, '-1013 Filter failure: NOTIONAL'],
    ['a trailing delta below the least', { ...stop, trailingDelta: 9 }, '-1013 Filter failure: TRAILING_DELTA'],
    ['a trailing delta above the most', { ...stop, trailingDelta: 2001 }, '-1013 Filter failure: TRAILING_DELTA'],
    [
      'LIMIT_MAKER that takes',
      without({ ...limit, type: 'LIMIT_MAKER', price: '50001' }, 'timeInForce'),
      '-2010 Order would immediately match and take.',
    ],
  ];
  for (const [name, fields, answer] of cases) {
    test(`spot refusals: ${name} -> ${answer.split(' ')[0]}, nothing changed, order/test says the same`, () => {
      const s = scene();
      assert.equal(s.refused('POST /api/v3/order', fields), answer);
      assert.equal(s.list('GET /api/v3/allOrders', { symbol: 'BTCUSDT' }).length, 0);
      assert.equal(s.events[ANN]!.filter((e) => e['e'] === 'executionReport').length, 0);
      assert.equal(s.refused('POST /api/v3/order/test', fields), answer);
      assert.deepEqual(s.complaints(), []);
    });
  }

  test('spot refusals: exactly what is free -> accepted; one digit more -> insufficient, order/test does not look', () => {
    const s = scene();
    const fields = { ...limit, price: '50000', quantity: '100' };
    for (let i = 0; i < 3; i++) s.ok('POST /api/v3/order', fields);
    s.ok('POST /api/v3/order', { ...fields, quantity: '99.99999' });
    assert.equal(s.balance('USDT'), '0.5/19999999.5');
    assert.equal(
      s.refused('POST /api/v3/order', { ...fields, quantity: '0.00011' }),
      '-2010 Account has insufficient balance for requested action.',
    );
    s.ok('POST /api/v3/order/test', { ...fields, quantity: '1' });
  });

  const counted: readonly (readonly [string, Partial<SpotSymbolOptions>, SpotOptions, Fields, number, string])[] = [
    ['MAX_NUM_ORDERS', { maxOrders: 3 }, {}, limit, 3, 'Filter failure: MAX_NUM_ORDERS'],
    ['MAX_NUM_ALGO_ORDERS', { maxAlgoOrders: 2 }, {}, stop, 2, 'Filter failure: MAX_NUM_ALGO_ORDERS'],
    [
      'MAX_NUM_ICEBERG_ORDERS',
      { maxIcebergOrders: 1 },
      {},
      { ...limit, icebergQty: '0.5' },
      1,
      'Filter failure: MAX_NUM_ICEBERG_ORDERS',
    ],
    ['MAX_POSITION', { maxPosition: '1002.5' }, {}, limit, 2, 'Filter failure: MAX_POSITION'],
    ['EXCHANGE_MAX_NUM_ORDERS', {}, { exchangeMaxOrders: 2 }, limit, 2, 'Filter failure: EXCHANGE_MAX_NUM_ORDERS'],
    [
      'EXCHANGE_MAX_NUM_ALGO_ORDERS',
      {},
      { exchangeMaxAlgoOrders: 1 },
      stop,
      1,
      'Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS',
    ],
    [
      'EXCHANGE_MAX_NUM_ICEBERG_ORDERS',
      {},
      { exchangeMaxIcebergOrders: 1 },
      { ...limit, icebergQty: '0.5' },
      1,
      'Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS',
    ],
  ];
  for (const [name, symbol, options, fields, most, answer] of counted) {
    test(`spot refusals: ${most} orders and one more under ${name} -> -1013; one canceled, it is accepted`, () => {
      const s = scene(symbol, options);
      const ids = Array.from({ length: most }, () => Number(s.ok('POST /api/v3/order', fields)['orderId']));
      assert.equal(s.refused('POST /api/v3/order', fields), `-1013 ${answer}`);
      s.ok('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: ids[0]! });
      s.ok('POST /api/v3/order', fields);
      const filters = JSON.stringify(s.ok('GET /api/v3/exchangeInfo'));
      assert.ok(filters.includes(`"filterType":"${name}"`), 'and exchangeInfo says so');
    });
  }

  test('spot refusals: lists of the symbol, and over all, up to their limit -> MAX_NUM_ORDER_LISTS, EXCHANGE_MAX_NUM_ORDER_LISTS', () => {
    const oco = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '1',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '60000',
      belowType: 'STOP_LOSS',
      belowStopPrice: '40000',
    };
    for (const [symbol, options, name] of [
      [{ maxOrderLists: 1 }, {}, 'MAX_NUM_ORDER_LISTS'],
      [{}, { exchangeMaxOrderLists: 1 }, 'EXCHANGE_MAX_NUM_ORDER_LISTS'],
    ] as const) {
      const s = scene(symbol, options);
      s.ok('POST /api/v3/orderList/oco', oco);
      assert.equal(s.refused('POST /api/v3/orderList/oco', oco), `-1013 Filter failure: ${name}`);
    }
  });

  test('spot refusals: amended more often than allowed -> -2038', () => {
    const s = scene({ maxAmends: 2 });
    const { orderId } = s.ok('POST /api/v3/order', limit);
    const amend = { symbol: 'BTCUSDT', orderId: Number(orderId) };
    for (const newQty of ['0.9', '0.8']) s.ok('PUT /api/v3/order/amend/keepPriority', { ...amend, newQty });
    assert.match(s.refused('PUT /api/v3/order/amend/keepPriority', { ...amend, newQty: '0.7' }), /^-2038 /);
  });

  test('spot refusals: queries -> periods, combinations and unknown things by their codes', () => {
    const s = scene();
    const day = { symbol: 'BTCUSDT', startTime: s.nowMs - 86_400_001, endTime: s.nowMs };
    assert.equal(s.refused('GET /api/v3/allOrders', day), '-1127 More than 24 hours between startTime and endTime.');
    assert.equal(
      s.refused('GET /api/v3/myTrades', { symbol: 'BTCUSDT', fromId: 1, startTime: 1 }),
      '-1128 Combination of optional parameters invalid.',
    );
    assert.equal(s.refused('GET /api/v3/order', { symbol: 'BTCUSDT', orderId: 99 }), '-2013 Order does not exist.');
    assert.equal(s.refused('GET /api/v3/klines', { symbol: 'BTCUSDT', interval: '7m' }), '-1120 Invalid interval.');
    assert.equal(
      s.refused('GET /api/v3/klines', { symbol: 'BTCUSDT', interval: '1M', timeZone: '15' }),
      "-1130 Data sent for parameter 'timeZone' is not valid.",
    );
    assert.equal(
      s.refused('GET /api/v3/ticker', { symbol: 'BTCUSDT', windowSize: '60m' }),
      "-1130 Data sent for parameter 'windowSize' is not valid.",
    );
    assert.equal(s.refused('GET /api/v3/ticker/24hr', { type: 'SMALL' }), '-1139 Invalid ticker type.');
    assert.equal(
      s.refused('GET /api/v3/ticker/price', { symbols: '["BTCUSDT","BTCUSDT"]' }),
      '-1151 Symbol is present multiple times in the list.',
    );
    assert.equal(s.refused('GET /api/v3/ticker/price', { symbolStatus: 'OPEN' }), '-1122 Invalid symbolStatus.');
    assert.match(s.refused('GET /api/v3/ticker/price', { symbol: 'BTCUSDT', symbolStatus: 'HALT' }), /^-1220 /);
    assert.match(s.refused('GET /api/v3/ticker/price', { symbols: '[BTCUSDT]' }), /^-1100 /);
    assert.equal(
      s.refused('GET /api/v3/depth', { symbol: 'BTCUSDT', limit: '1234567890123456789' }),
      "-1108 Parameter 'limit' overflowed.",
    );
    assert.match(s.refused('GET /api/v3/referencePrice', { symbol: 'BTCUSDT' }), /^-2043 /);
    assert.deepEqual(
      s.list('GET /api/v3/ticker/price', { symbolStatus: 'HALT' }).map((t) => t['symbol']),
      ['ETHUSDT'],
    );
    assert.match(s.refused('POST /api/v3/sor/order', { symbol: 'BTCUSDT' }), /^-1013 /);
    assert.equal(
      s.refused('DELETE /api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: '' }),
      '-1119 Original client order ID was empty.',
    );
  });

  test('spot refusals: order/test with commission rates -> those of the account', () => {
    const s = scene();
    const answer = s.ok('POST /api/v3/order/test', { ...limit, computeCommissionRates: 'true' });
    assert.deepEqual(answer['standardCommissionForOrder'], { maker: '0.00100000', taker: '0.00100000' });
    assert.deepEqual((answer['discount'] as Row)['discount'], '0.25000000');
  });
});
