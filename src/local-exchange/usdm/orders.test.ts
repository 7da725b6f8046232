import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';

/** A desk with 100,000 USDT each, mark 95,000 and one level of 5 BTC each side. */
function desk(): UsdmDesk {
  const d = new UsdmDesk();
  d.deposit('100000', 1);
  d.deposit('100000', 2);
  d.mark('95000');
  d.quote([['94990', '5']], [['95010', '5']]);
  return d;
}

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.010', price: '94000' };
const MARKET = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.010' };

describe('usdm orders', () => {
  test('order: LIMIT that rests -> the documented answer, field by field', () => {
    const d = desk();
    const answer = d.ok('POST /fapi/v1/order', { ...LIMIT, newClientOrderId: 'my-1' });
    assert.deepEqual(answer, {
      orderId: answer['orderId'],
      symbol: 'BTCUSDT',
      status: 'NEW',
      clientOrderId: 'my-1',
      price: '94000',
      avgPrice: '0.00',
      origQty: '0.010',
      executedQty: '0',
      cumQty: '0',
      cumQuote: '0',
      timeInForce: 'GTC',
      type: 'LIMIT',
      reduceOnly: false,
      closePosition: false,
      side: 'BUY',
      positionSide: 'BOTH',
      stopPrice: '0',
      workingType: 'CONTRACT_PRICE',
      priceProtect: false,
      origType: 'LIMIT',
      priceMatch: 'NONE',
      selfTradePreventionMode: 'EXPIRE_MAKER',
      goodTillDate: 0,
      updateTime: d.nowMs,
    });
  });

  test('order: MARKET buy 0.01 at 95,010, taker 0.05 % -> fill, fee 0.47505, break-even above entry by the fee', () => {
    const d = desk();
    const answer = d.market('BUY', '0.010');
    assert.deepEqual(pick(answer, 'status', 'avgPrice', 'executedQty', 'cumQuote'), [
      'FILLED',
      '95010',
      '0.010',
      '950.1',
    ]);
    assert.deepEqual(pick(d.position(), 'positionAmt', 'entryPrice', 'breakEvenPrice', 'unRealizedProfit'), [
      '0.010',
      '95010',
      '95057.505',
      '-0.1',
    ]);
    assert.equal(d.rows('GET /fapi/v2/balance')[0]!['balance'], '99999.52495');
    const kinds = d.events
      .filter((e) => e.account === 1)
      .map((e) => [e.event['e'], (e.event['o'] as { x?: string })?.x]);
    assert.deepEqual(kinds, [
      ['ACCOUNT_UPDATE', undefined],
      ['ORDER_TRADE_UPDATE', 'NEW'],
      ['TRADE_LITE', undefined],
      ['ACCOUNT_UPDATE', undefined],
      ['ORDER_TRADE_UPDATE', 'TRADE'],
    ]);
    const trade = d.orderEvents().at(-1)!;
    assert.deepEqual(pick(trade, 'X', 'l', 'z', 'L', 'ap', 'N', 'n', 'm', 'rp'), [
      'FILLED',
      '0.010',
      '0.010',
      '95010',
      '95010',
      'USDT',
      '0.47505',
      false,
      '0',
    ]);
  });

  test('order: ACK of an order that trades at once -> NEW without fills; the query shows it filled', () => {
    const d = desk();
    const answer = d.ok('POST /fapi/v1/order', MARKET);
    assert.deepEqual(pick(answer, 'status', 'executedQty', 'avgPrice'), ['NEW', '0', '0.00']);
    const query = d.ok('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(answer['orderId']) });
    assert.deepEqual(pick(query, 'status', 'executedQty', 'avgPrice', 'time'), ['FILLED', '0.010', '95010', d.nowMs]);
  });

  test('order: maker and taker of two clients -> 0.02 % and 0.05 %, trades and income of both', () => {
    const d = desk();
    d.limit('SELL', '95005', '0.100', {}, 2);
    d.market('BUY', '0.100', {}, 1);
    const [taken] = d.rows('GET /fapi/v1/userTrades', { symbol: 'BTCUSDT' }, 1);
    const [made] = d.rows('GET /fapi/v1/userTrades', { symbol: 'BTCUSDT' }, 2);
    assert.deepEqual(pick(taken, 'price', 'qty', 'quoteQty', 'commission', 'maker', 'buyer', 'side'), [
      '95005',
      '0.100',
      '9500.5',
      '4.75025',
      false,
      true,
      'BUY',
    ]);
    assert.deepEqual(pick(made, 'id', 'commission', 'maker', 'buyer'), [taken!['id'], '1.9001', true, false]);
    assert.equal(d.rows('GET /fapi/v1/income', { incomeType: 'COMMISSION' }, 2)[0]!['income'], '-1.9001');
  });

  test('order: MARKET of more than there is within 5 % of the mark -> what there is, the rest expires (er 9)', () => {
    const d = desk();
    d.quote(
      [['94990', '5']],
      [
        ['95010', '0.2'],
        ['99750', '0.1'],
        ['99750.1', '5'],
      ],
    );
    const answer = d.market('BUY', '1.000');
    assert.deepEqual(pick(answer, 'status', 'executedQty'), ['EXPIRED', '0.300']);
    assert.equal(d.orderEvents().at(-1)!['er'], '9');
    d.quote([['94990', '5']], [['99750.1', '5']]);
    assert.equal(d.code('POST /fapi/v1/order', MARKET), -4131);
  });

  // Time in force against an ask of 0.2 at 95,010: status, executed, code of the refusal.
  for (const [timeInForce, quantity, price, expected] of [
    ['GTC', '0.500', '95010', ['PARTIALLY_FILLED', '0.200']],
    ['IOC', '0.500', '95010', ['EXPIRED', '0.200']],
    ['IOC', '0.200', '95010', ['FILLED', '0.200']],
    ['IOC', '0.200', '95000', ['EXPIRED', '0']],
    ['FOK', '0.200', '95010', ['FILLED', '0.200']],
    ['FOK', '0.500', '95010', -5021],
    ['GTX', '0.200', '95009.9', ['NEW', '0']],
    ['GTX', '0.200', '95010', -5022],
  ] as const) {
    test(`time in force: ${timeInForce} buy ${quantity} at ${price}, ask 0.2 at 95,010 -> ${String(expected)}`, () => {
      const d = desk();
      d.quote([['94990', '5']], [['95010', '0.2']]);
      const order = { ...LIMIT, timeInForce, quantity, price, newOrderRespType: 'RESULT' };
      if (typeof expected === 'number') {
        assert.equal(d.code('POST /fapi/v1/order', order), expected);
        assert.deepEqual(d.rows('GET /fapi/v1/allOrders', { symbol: 'BTCUSDT' }), []);
      } else assert.deepEqual(pick(d.ok('POST /fapi/v1/order', order), 'status', 'executedQty'), expected);
    });
  }

  test('time in force: GTD -> expires at its whole second; too soon or without a date -> refused', () => {
    const d = desk();
    const goodTillDate = d.nowMs + 700_500;
    assert.equal(d.code('POST /fapi/v1/order', { ...LIMIT, timeInForce: 'GTD' }), -1102);
    assert.equal(
      d.code('POST /fapi/v1/order', { ...LIMIT, timeInForce: 'GTD', goodTillDate: d.nowMs + 600_000 }),
      -5040,
    );
    const answer = d.ok('POST /fapi/v1/order', { ...LIMIT, timeInForce: 'GTD', goodTillDate });
    assert.equal(answer['goodTillDate'], Math.floor(goodTillDate / 1000) * 1000);
    d.stepTo(goodTillDate - 501);
    assert.equal(d.rows('GET /fapi/v1/openOrders').length, 1);
    d.stepTo(goodTillDate);
    assert.deepEqual(d.rows('GET /fapi/v1/openOrders'), []);
    assert.deepEqual(pick(d.orderEvents().at(-1), 'x', 'X'), ['EXPIRED', 'EXPIRED']);
    assert.equal(d.ok('GET /fapi/v3/account')['totalOpenOrderInitialMargin'], '0');
  });

  // Taker of account 1 against its own resting 0.1 at 95,005 and the house's 0.3 at 95,010.
  for (const [mode, taker, maker] of [
    ['NONE', ['FILLED', '0.200'], 'FILLED'],
    ['EXPIRE_MAKER', ['FILLED', '0.200'], 'EXPIRED_IN_MATCH'],
    ['EXPIRE_TAKER', ['EXPIRED_IN_MATCH', '0'], 'NEW'],
    ['EXPIRE_BOTH', ['EXPIRED_IN_MATCH', '0'], 'EXPIRED_IN_MATCH'],
  ] as const) {
    test(`self-trade prevention: ${mode} -> taker ${taker[0]}, maker ${maker}`, () => {
      const d = desk();
      d.quote([], [['95010', '0.3']]);
      const own = d.limit('SELL', '95005', '0.100', { selfTradePreventionMode: 'EXPIRE_TAKER' });
      const answer = d.limit('BUY', '95010', '0.200', { selfTradePreventionMode: mode });
      assert.deepEqual(pick(answer, 'status', 'executedQty'), taker);
      const after = d.ok('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(own['orderId']) });
      assert.equal(after['status'], maker);
      if (mode === 'EXPIRE_BOTH') assert.equal(d.orderEvents().at(-1)!['er'], '1');
    });
  }

  test('self-trade prevention: with GTX and FOK -> has no effect', () => {
    const d = desk();
    d.quote([], []);
    d.limit('SELL', '95005', '0.100');
    const order = { ...LIMIT, timeInForce: 'FOK', quantity: '0.100', price: '95005', newOrderRespType: 'RESULT' };
    assert.equal(d.ok('POST /fapi/v1/order', order)['status'], 'FILLED');
  });

  test('price match: OPPONENT, QUEUE and their fifth levels -> those prices; none there, or with a price -> refused', () => {
    const d = desk();
    const levels = (from: number, step: number): [string, string][] =>
      Array.from({ length: 5 }, (_, i) => [(from + i * step).toFixed(1), '1']);
    d.quote(levels(94990, -10), levels(95010, 10));
    const { price: _price, ...order } = LIMIT;
    const priceOf = (priceMatch: string, side: string): unknown =>
      d.ok('POST /fapi/v1/order', { ...order, priceMatch, side })['price'];
    assert.deepEqual(
      [priceOf('QUEUE', 'BUY'), priceOf('QUEUE_5', 'BUY'), priceOf('QUEUE', 'SELL'), priceOf('OPPONENT_5', 'SELL')],
      ['94990', '94950', '95010', '94950'],
    );
    assert.equal(d.code('POST /fapi/v1/order', { ...order, priceMatch: 'QUEUE_20' }), -5041);
    assert.equal(d.code('POST /fapi/v1/order', { ...order, priceMatch: 'OPPONENT_20' }), -5037);
    assert.equal(d.code('POST /fapi/v1/order', { ...LIMIT, priceMatch: 'QUEUE' }), -1106);
    assert.equal(d.code('POST /fapi/v1/order', { ...MARKET, priceMatch: 'QUEUE' }), -5038);
  });

  test('amend: price and quantity -> same id, behind the queue, AMENDMENT, history; mode of self-trade prevention gone', () => {
    const d = desk();
    const first = d.limit('BUY', '94995', '0.100', {}, 1);
    d.limit('BUY', '94995', '0.100', {}, 2);
    const params = { symbol: 'BTCUSDT', orderId: Number(first['orderId']), side: 'BUY', price: '94995' };
    const answer = d.ok('PUT /fapi/v1/order', { ...params, quantity: '0.050' });
    assert.deepEqual(pick(answer, 'orderId', 'origQty', 'status', 'selfTradePreventionMode', 'pair', 'cumBase'), [
      first['orderId'],
      '0.050',
      'NEW',
      'NONE',
      'BTCUSDT',
      '0',
    ]);
    assert.deepEqual(pick(d.orderEvents().at(-1), 'x', 'q'), ['AMENDMENT', '0.050']);
    d.trade('sell', '94995', '0.100');
    assert.deepEqual(pick(d.rows('GET /fapi/v1/openOrders')[0], 'executedQty'), ['0'], 'the other one was first');
    assert.deepEqual(d.rows('GET /fapi/v1/openOrders', {}, 2), []);
    assert.equal(d.code('PUT /fapi/v1/order', { ...params, quantity: '0.050' }), -5027);
    const [row] = d.rows('GET /fapi/v1/orderAmendment', { symbol: 'BTCUSDT', orderId: Number(first['orderId']) });
    assert.deepEqual(row!['amendment'], {
      price: { before: '94995', after: '94995' },
      origQty: { before: '0.100', after: '0.050' },
      count: 1,
    });
  });

  test('amend: to a price that takes -> trades after the amendment; below what has filled -> cancelled; post-only that would take -> cancelled', () => {
    const d = desk();
    const first = d.limit('BUY', '94000', '0.100');
    const params = { symbol: 'BTCUSDT', orderId: Number(first['orderId']), side: 'BUY' };
    d.quote([], [['95010', '0.04']]);
    assert.deepEqual(
      pick(d.ok('PUT /fapi/v1/order', { ...params, price: '95010', quantity: '0.100' }), 'status', 'executedQty'),
      ['PARTIALLY_FILLED', '0.040'],
    );
    assert.deepEqual(
      d.orderEvents().map((e) => e['x']),
      ['NEW', 'AMENDMENT', 'TRADE'],
    );
    assert.equal(d.ok('PUT /fapi/v1/order', { ...params, price: '95010', quantity: '0.040' })['status'], 'CANCELED');
    const second = d.limit('BUY', '94000', '0.100', { timeInForce: 'GTX' });
    d.quote([], [['95010', '1']]);
    const moved = {
      symbol: 'BTCUSDT',
      orderId: Number(second['orderId']),
      side: 'BUY',
      price: '95010',
      quantity: '0.100',
    };
    assert.equal(d.ok('PUT /fapi/v1/order', moved)['status'], 'CANCELED');
    assert.deepEqual(d.rows('GET /fapi/v1/openOrders'), []);
  });

  test('amend: what the money does not cover, or a filter forbids -> refused, the order stays as it was', () => {
    const d = desk();
    const first = d.limit('BUY', '94000', '1.000');
    const params = { symbol: 'BTCUSDT', orderId: Number(first['orderId']), side: 'BUY', price: '94000' };
    assert.equal(d.code('PUT /fapi/v1/order', { ...params, quantity: '30' }), -2019);
    assert.equal(d.code('PUT /fapi/v1/order', { ...params, quantity: '1', price: '94000.05' }), -4014);
    const [open] = d.rows('GET /fapi/v1/openOrders');
    assert.deepEqual(pick(open, 'price', 'origQty', 'selfTradePreventionMode'), ['94000', '1.000', 'EXPIRE_MAKER']);
    assert.equal(d.ok('GET /fapi/v3/account')['totalOpenOrderInitialMargin'], '4700');
  });

  test('cancel: by either id, twice, unknown -> CANCELED, then -2011; queries -> -2013', () => {
    const d = desk();
    const first = d.limit('BUY', '94000', '0.010', { newClientOrderId: 'a' });
    assert.equal(d.ok('DELETE /fapi/v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' })['status'], 'CANCELED');
    assert.equal(d.code('DELETE /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(first['orderId']) }), -2011);
    assert.equal(d.code('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: 1 }), -2013);
    assert.equal(d.code('GET /fapi/v1/openOrder', { symbol: 'BTCUSDT', origClientOrderId: 'a' }), -2013);
    assert.equal(d.ok('GET /fapi/v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' })['status'], 'CANCELED');
    assert.equal(d.code('DELETE /fapi/v1/order', { symbol: 'ETHUSDT', orderId: Number(first['orderId']) }), -2011);
    assert.equal(d.code('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(first['orderId']) }, 2), -2013);
  });

  test('cancel: all of a symbol -> 200; an order that ended unfilled -> gone after three days', () => {
    const d = desk();
    d.limit('BUY', '94000', '0.010');
    const last = d.limit('SELL', '96000', '0.010');
    assert.deepEqual(d.ok('DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' }), {
      code: 200,
      msg: 'The operation of cancel all open order is done.',
    });
    assert.deepEqual(d.rows('GET /fapi/v1/openOrders'), []);
    d.step(3 * 86_400_000 - 1);
    const query = { symbol: 'BTCUSDT', orderId: Number(last['orderId']) };
    assert.equal(d.ok('GET /fapi/v1/order', query)['status'], 'CANCELED');
    d.step(1);
    assert.equal(d.code('GET /fapi/v1/order', query), -2013);
  });

  test('countdown: not renewed -> all orders of the symbol cancelled; renewed or switched off -> not', () => {
    const d = desk();
    d.limit('BUY', '94000', '0.010');
    d.ok('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: 1000 });
    d.step(900);
    assert.deepEqual(d.ok('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: 1000 }), {
      symbol: 'BTCUSDT',
      countdownTime: '1000',
    });
    d.step(900);
    d.ok('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: 0 });
    d.step(5000);
    assert.equal(d.rows('GET /fapi/v1/openOrders').length, 1);
    d.ok('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: 1000 });
    d.step(1000);
    assert.deepEqual(d.rows('GET /fapi/v1/openOrders'), []);
  });

  test('batch: five orders, one of them wrong -> answered in order, each for itself; six -> refused', () => {
    const d = desk();
    const good = { ...LIMIT, quantity: '0.010' };
    const orders = [
      good,
      { ...good, price: '1' },
      { ...MARKET, quantity: 0.01 },
      { ...good, type: 'STOP' },
      { ...good, symbol: 'X' },
    ];
    const answers = d.rows('POST /fapi/v1/batchOrders', { batchOrders: JSON.stringify(orders) });
    assert.deepEqual(
      answers.map((a) => a['code'] ?? a['status']),
      ['NEW', -4013, 'NEW', -4120, -1121],
    );
    assert.equal(d.code('POST /fapi/v1/batchOrders', { batchOrders: JSON.stringify(Array(6).fill(good)) }), -4082);
    assert.equal(d.code('POST /fapi/v1/batchOrders', { batchOrders: '{}' }), -1130);
    const id = Number(answers[0]!['orderId']);
    const changes = [{ symbol: 'BTCUSDT', orderId: id, side: 'BUY', price: '93000', quantity: '0.020' }];
    const [changed] = d.rows('PUT /fapi/v1/batchOrders', { batchOrders: JSON.stringify(changes) });
    assert.deepEqual(pick(changed, 'price', 'origQty'), ['93000', '0.020']);
    // A library sends the lists in lower case.
    const ended = d.rows('DELETE /fapi/v1/batchOrders', { symbol: 'BTCUSDT', orderidlist: JSON.stringify([id, 1]) });
    assert.deepEqual(
      ended.map((a) => a['code'] ?? a['status']),
      ['CANCELED', -2011],
    );
  });

  test('queries: allOrders by id and time, userTrades from an id -> from there, oldest first', () => {
    const d = desk();
    const ids = ['93000', '93100', '93200'].map((price) => {
      d.step(1000);
      return Number(d.limit('BUY', price, '0.010')['orderId']);
    });
    const all = (params: object): unknown[] =>
      d.rows('GET /fapi/v1/allOrders', { symbol: 'BTCUSDT', ...params }).map((o) => o['orderId']);
    assert.deepEqual(all({}), ids);
    assert.deepEqual(all({ limit: 2 }), ids.slice(1));
    assert.deepEqual(all({ orderId: ids[1]! }), ids.slice(1));
    assert.deepEqual(all({ startTime: d.nowMs - 2000, limit: 2 }), ids.slice(0, 2));
    assert.equal(d.code('GET /fapi/v1/allOrders', { symbol: 'BTCUSDT', startTime: 1, endTime: 604_800_002 }), -4165);
    for (let i = 0; i < 3; i++) d.market('BUY', '0.010');
    const trades = d.rows('GET /fapi/v1/userTrades', { symbol: 'BTCUSDT' }).map((t) => Number(t['id']));
    assert.deepEqual(
      d.rows('GET /fapi/v1/userTrades', { symbol: 'BTCUSDT', fromId: trades[1]! }).map((t) => t['id']),
      trades.slice(1),
    );
  });

  // What is wrong with an order, and the code that says so.
  for (const [what, order, code] of [
    ['no symbol', { ...LIMIT, symbol: '' }, -1102],
    ['unknown symbol', { ...LIMIT, symbol: 'NOPE' }, -1121],
    ['unknown side', { ...LIMIT, side: 'UP' }, -1117],
    ['unknown type', { ...LIMIT, type: 'ICEBERG' }, -1116],
    ['a stop at the wrong endpoint', { ...LIMIT, type: 'STOP_MARKET' }, -4120],
    ['no time in force', { ...LIMIT, timeInForce: '' }, -1102],
    ['unknown time in force', { ...LIMIT, timeInForce: 'DAY' }, -1115],
    ['no quantity', { ...LIMIT, quantity: '' }, -1102],
    ['quantity with an exponent', { ...LIMIT, quantity: '1e-2' }, -1102],
    ['quantity of nothing', { ...LIMIT, quantity: '0' }, -4003],
    ['negative quantity', { ...LIMIT, quantity: '-1' }, -4003],
    ['quantity too fine', { ...LIMIT, quantity: '0.0105' }, -1111],
    ['quantity too large', { ...LIMIT, quantity: '1000.001' }, -4005],
    ['MARKET quantity too large', { ...MARKET, quantity: '120.001' }, -4005],
    ['no price', { ...LIMIT, price: '' }, -1102],
    ['negative price', { ...LIMIT, price: '-1' }, -4001],
    ['price too fine', { ...LIMIT, price: '94000.001' }, -1111],
    ['price off tick', { ...LIMIT, price: '94000.05' }, -4014],
    ['price too small', { ...LIMIT, price: '556.7' }, -4013],
    ['price too large', { ...LIMIT, price: '4529764.1' }, -4002],
    ['buy above 105 % of the mark', { ...LIMIT, price: '99750.1' }, -4016],
    ['sell below 95 % of the mark', { ...LIMIT, side: 'SELL', price: '90249.9' }, -4024],
    ['worth less than 100', { ...LIMIT, quantity: '0.001' }, -4164],
    ['price on MARKET', { ...MARKET, price: '95000' }, -1106],
    ['time in force on MARKET', { ...MARKET, timeInForce: 'GTC' }, -1106],
    ['unknown answer type', { ...LIMIT, newOrderRespType: 'FULL' }, -1136],
    ['unknown prevention mode', { ...LIMIT, selfTradePreventionMode: 'DECREMENT' }, -5039],
    ['client id too long', { ...LIMIT, newClientOrderId: 'x'.repeat(37) }, -4015],
    ['client id with a blank', { ...LIMIT, newClientOrderId: 'a b' }, -1100],
    ['a leg in one-way mode', { ...LIMIT, positionSide: 'LONG' }, -4061],
    ['unknown leg', { ...LIMIT, positionSide: 'UP' }, -4060],
    ['reduceOnly that is no boolean', { ...LIMIT, reduceOnly: 'yes' }, -4062],
    ['reduceOnly without a position', { ...LIMIT, reduceOnly: 'true' }, -2022],
    ['closePosition', { ...LIMIT, closePosition: 'true' }, -4136],
    ['a date without GTD', { ...LIMIT, goodTillDate: 1 }, -1106],
    ['more than the margin', { ...LIMIT, quantity: '100' }, -2019],
    ['more than may be at stake', { ...LIMIT, quantity: '1000' }, -2027],
  ] as const) {
    test(`refusal: ${what} -> ${code}`, () => {
      const d = desk();
      const params = Object.fromEntries(Object.entries(order).filter(([, value]) => value !== ''));
      assert.equal(d.code('POST /fapi/v1/order', params), code);
      // Margin is the engine's to check, which a test order never reaches.
      if (code !== -2019) assert.equal(d.code('POST /fapi/v1/order/test', params), code);
      assert.deepEqual(d.rows('GET /fapi/v1/openOrders'), []);
    });
  }

  test('order test: a good one -> the order, and nothing happens', () => {
    const d = desk();
    assert.deepEqual(pick(d.ok('POST /fapi/v1/order/test', LIMIT), 'symbol', 'status', 'origQty'), [
      'BTCUSDT',
      'NEW',
      '0.010',
    ]);
    assert.deepEqual(d.rows('GET /fapi/v1/openOrders'), []);
  });

  test('client id: used by an open order -> -4116; again once that has ended -> accepted', () => {
    const d = desk();
    d.limit('BUY', '94000', '0.010', { newClientOrderId: 'a' });
    assert.equal(d.code('POST /fapi/v1/order', { ...LIMIT, newClientOrderId: 'a' }), -4116);
    d.ok('DELETE /fapi/v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' });
    d.limit('BUY', '94000', '0.010', { newClientOrderId: 'a' });
  });

  test('order count: 201 open orders of a symbol -> -2025', () => {
    const d = desk();
    for (let i = 0; i < 200; i++) d.limit('BUY', '94000', '0.010');
    assert.equal(d.code('POST /fapi/v1/order', LIMIT), -2025);
  });
});
