import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plain, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const ANN = 1;
const BOB = 2;

/** Ann and Bob with 1,000,000 USDT and 100 BTC each, the house at 99.9…100.1 for 5 each, last price 100. No fees. */
function scene(): SpotScene {
  const s = new SpotScene({ fees: { makerRate: '0', takerRate: '0' } });
  for (const who of [ANN, BOB]) {
    s.deposit(who, 'USDT', '1000000');
    s.deposit(who, 'BTC', '100');
  }
  s.product.house.quote(
    'BTCUSDT',
    [
      { price: '99.90', quantity: '5' },
      { price: '99.80', quantity: '5' },
    ],
    [
      { price: '100.10', quantity: '5' },
      { price: '100.20', quantity: '5' },
    ],
  );
  s.product.house.trade('BTCUSDT', 'buy', '100.00', '1');
  return s;
}

/** status executed quote. */
const state = (row: Row): string =>
  `${row['status']} ${plain(row['executedQty'])} ${plain(row['cummulativeQuoteQty'])}`;

describe('spot orders', () => {
  const cases: readonly {
    readonly name: string;
    readonly fields: Record<string, string>;
    readonly answer: string;
    readonly usdt: string;
    readonly btc: string;
  }[] = [
    {
      name: 'LIMIT below the market -> rests, its value locked',
      fields: { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '2', price: '99' },
      answer: 'NEW 0 0',
      usdt: '999802/198',
      btc: '100/0',
    },
    {
      name: 'LIMIT through the market -> fills at the makers prices, the difference returns, the rest rests',
      fields: { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '7', price: '100.15' },
      answer: 'PARTIALLY_FILLED 5 500.5',
      usdt: '999299.2/200.3',
      btc: '105/0',
    },
    {
      name: 'LIMIT IOC -> what cannot trade expires',
      fields: { side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '7', price: '100.15' },
      answer: 'EXPIRED 5 500.5',
      usdt: '999499.5/0',
      btc: '105/0',
    },
    {
      name: 'LIMIT FOK for more than there is -> expires whole',
      fields: { side: 'BUY', type: 'LIMIT', timeInForce: 'FOK', quantity: '7', price: '100.15' },
      answer: 'EXPIRED 0 0',
      usdt: '1000000/0',
      btc: '100/0',
    },
    {
      name: 'LIMIT FOK for what there is -> fills whole',
      fields: { side: 'BUY', type: 'LIMIT', timeInForce: 'FOK', quantity: '7', price: '100.20' },
      answer: 'FILLED 7 700.9',
      usdt: '999299.1/0',
      btc: '107/0',
    },
    {
      name: 'MARKET by quantity -> walks the book',
      fields: { side: 'SELL', type: 'MARKET', quantity: '6' },
      answer: 'FILLED 6 599.3',
      usdt: '1000599.3/0',
      btc: '94/0',
    },
    {
      name: 'MARKET for more than there is -> fills what there is, expires',
      fields: { side: 'SELL', type: 'MARKET', quantity: '12' },
      answer: 'EXPIRED 10 998.5',
      usdt: '1000998.5/0',
      btc: '90/0',
    },
    {
      name: 'MARKET by value, buy -> spends as much as whole lots allow',
      fields: { side: 'BUY', type: 'MARKET', quoteOrderQty: '600' },
      answer: 'FILLED 5.99301 599.999602',
      usdt: '999400.000398/0',
      btc: '105.99301/0',
    },
    {
      name: 'MARKET by value, sell -> receives no more than asked',
      fields: { side: 'SELL', type: 'MARKET', quoteOrderQty: '100' },
      answer: 'FILLED 1.001 99.9999',
      usdt: '1000099.9999/0',
      btc: '98.999/0',
    },
    {
      name: 'MARKET by value for more than there is -> fills what there is, expires',
      fields: { side: 'BUY', type: 'MARKET', quoteOrderQty: '2000' },
      answer: 'EXPIRED 10 1001.5',
      usdt: '998998.5/0',
      btc: '110/0',
    },
    {
      name: 'LIMIT_MAKER inside the spread -> rests',
      fields: { side: 'SELL', type: 'LIMIT_MAKER', quantity: '1', price: '100' },
      answer: 'NEW 0 0',
      usdt: '1000000/0',
      btc: '99/1',
    },
    {
      name: 'STOP_LOSS buy -> waits with its value at the stop locked',
      fields: { side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '101' },
      answer: 'NEW 0 0',
      usdt: '999899/101',
      btc: '100/0',
    },
    {
      name: 'STOP_LOSS_LIMIT sell -> waits with its quantity locked',
      fields: {
        side: 'SELL',
        type: 'STOP_LOSS_LIMIT',
        timeInForce: 'GTC',
        quantity: '1',
        price: '98',
        stopPrice: '99',
      },
      answer: 'NEW 0 0',
      usdt: '1000000/0',
      btc: '99/1',
    },
    {
      name: 'PRIMARY_PEG buy -> rests at the best bid',
      fields: { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', pegPriceType: 'PRIMARY_PEG' },
      answer: 'NEW 0 0',
      usdt: '999900.1/99.9',
      btc: '100/0',
    },
    {
      name: 'MARKET_PEG IOC one level deep -> takes both levels',
      fields: {
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'IOC',
        quantity: '8',
        pegPriceType: 'MARKET_PEG',
        pegOffsetType: 'PRICE_LEVEL',
        pegOffsetValue: '1',
      },
      answer: 'FILLED 8 801.1',
      usdt: '999198.9/0',
      btc: '108/0',
    },
  ];
  for (const c of cases) {
    test(`spot orders: ${c.name}`, () => {
      const s = scene();
      const answer = s.order(c.fields);
      assert.equal(state(answer), c.answer);
      assert.equal(state(s.query(answer['orderId']!)), c.answer);
      assert.deepEqual([s.balance('USDT'), s.balance('BTC')], [c.usdt, c.btc]);
      assert.deepEqual(s.complaints(), []);
    });
  }

  test('spot orders: expiries -> each says its reason, in the answer, the query and the event', () => {
    const s = scene();
    for (const [fields, reason] of [
      [{ type: 'LIMIT', timeInForce: 'IOC', price: '100.15', quantity: '7' }, 'UNFILLED_IOC_QUANTITY_EXPIRED'],
      [{ type: 'LIMIT', timeInForce: 'FOK', price: '100.15', quantity: '7' }, 'UNFILLED_FOK_ORDER_EXPIRED'],
      [{ type: 'MARKET', quantity: '100' }, 'INSUFFICIENT_LIQUIDITY'],
      [{ type: 'MARKET', quantity: '1' }, 'INSUFFICIENT_LIQUIDITY'],
    ] as const) {
      const answer = s.order({ side: 'BUY', ...fields });
      assert.equal(answer['expiryReason'], reason);
      assert.equal(s.query(answer['orderId']!)['expiryReason'], reason);
      assert.equal(s.reports(ANN, 0, 'eR').at(-1), `${answer['orderId']} EXPIRED EXPIRED eR=${reason}`);
    }
  });

  test('spot orders: answers ACK, RESULT, FULL -> the fields of each; defaults by type', () => {
    const s = scene();
    const keys = (fields: Record<string, string>): number =>
      Object.keys(s.ok('POST /api/v3/order', { symbol: 'BTCUSDT', side: 'BUY', ...fields })).length;
    const limit = { type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '90' };
    assert.deepEqual(
      [keys({ ...limit, newOrderRespType: 'ACK' }), keys({ ...limit, newOrderRespType: 'RESULT' }), keys(limit)],
      [5, 16, 17],
    );
    assert.equal(keys({ type: 'LIMIT_MAKER', quantity: '1', price: '90' }), 5);
    assert.deepEqual(s.order({ side: 'BUY', type: 'MARKET', quantity: '1' })['fills'], [
      { price: '100.10000000', qty: '1.00000000', commission: '0.00000000', commissionAsset: 'BTC', tradeId: 1 },
    ]);
  });

  test('spot orders: queue of three at one price, a taker of two -> first come, first served', () => {
    const s = scene();
    const orders = [
      s.limit('SELL', '1', '100', ANN),
      s.limit('SELL', '1', '100', BOB),
      s.limit('SELL', '1', '100', ANN),
    ];
    s.product.house.trade('BTCUSDT', 'buy', '100.05', '2');
    assert.deepEqual(
      orders.map((o, i) => state(s.query(o['orderId']!, i === 1 ? BOB : ANN))),
      ['FILLED 1 100', 'FILLED 1 100', 'NEW 0 0'],
    );
    const trades = s.list('GET /api/v3/trades', { symbol: 'BTCUSDT' });
    assert.deepEqual(
      trades.map((t) => `${t['id']} ${plain(t['price'])} ${plain(t['qty'])} ${t['isBuyerMaker']}`),
      ['0 100 1 false', '1 100 1 false', '2 100 1 false'],
    );
  });

  test('spot orders: outside trade with a client at a better price -> the client first at its price, the rest prints at the traded one', () => {
    const s = scene();
    s.limit('BUY', '2', '100.05', ANN);
    s.product.house.trade('BTCUSDT', 'sell', '99.95', '5');
    assert.equal(s.balance('BTC'), '102/0');
    assert.equal(s.balance('USDT'), '999799.9/0');
    const trades = s.list('GET /api/v3/aggTrades', { symbol: 'BTCUSDT' }).slice(1);
    assert.deepEqual(
      trades.map((t) => `${plain(t['p'])} ${plain(t['q'])} ${t['m']}`),
      ['100.05 2 true', '99.95 3 true'],
    );
    assert.deepEqual(s.book('bids'), ['99.9 x 5', '99.8 x 5'], 'what the house quotes stays');
    assert.deepEqual(s.complaints(), []);
  });

  test('spot orders: iceberg of 10 showing 2 -> shows 2 at a time and queues last with each', () => {
    const s = scene();
    s.limit('SELL', '10', '100', ANN, { icebergQty: '2' });
    s.limit('SELL', '1', '100', BOB);
    assert.equal(s.book('asks')[0], '100 x 3');
    s.product.house.trade('BTCUSDT', 'buy', '100', '4');
    assert.equal(s.balance('BTC', BOB), '99/0', 'Bob is behind the first tip only');
    assert.equal(s.book('asks')[0], '100 x 1');
    assert.equal(
      s.refused('POST /api/v3/order', {
        symbol: 'BTCUSDT',
        side: 'SELL',
        type: 'LIMIT',
        timeInForce: 'IOC',
        quantity: '2',
        price: '100',
        icebergQty: '1',
      }),
      '-1014 Unsupported order combination.',
    );
    assert.equal(
      s.refused('POST /api/v3/order', {
        symbol: 'BTCUSDT',
        side: 'SELL',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '2',
        price: '100',
        icebergQty: '3',
      }),
      '-2010 IcebergQty exceeds QTY.',
    );
  });

  test('spot orders: cancel -> restrictions, ids that fit, once; the funds return', () => {
    const s = scene();
    const placed = s.limit('BUY', '2', '99', ANN, { newClientOrderId: 'mine' });
    const cancel = 'DELETE /api/v3/order';
    const of = { symbol: 'BTCUSDT', orderId: Number(placed['orderId']) };
    assert.equal(
      s.refused(cancel, { ...of, origClientOrderId: 'other' }),
      '-2039 Client order ID is not correct for this order ID.',
    );
    assert.equal(
      s.refused(cancel, { ...of, cancelRestrictions: 'ONLY_PARTIALLY_FILLED' }),
      '-2011 Order was not canceled due to cancel restrictions.',
    );
    assert.match(s.refused(cancel, { ...of, cancelRestrictions: 'ONLY_OLD' }), /^-1145 /);
    assert.match(s.refused(cancel, { symbol: 'BTCUSDT' }), /^-1102 Param 'origClientOrderId' or 'orderId'/);
    assert.equal(s.refused(cancel, of, BOB), '-2011 Unknown order sent.');
    const from = s.events[ANN]!.length;
    const canceled = s.ok(cancel, {
      symbol: 'BTCUSDT',
      origClientOrderId: 'mine',
      newClientOrderId: 'c1',
      cancelRestrictions: 'ONLY_NEW',
    });
    assert.deepEqual(
      [canceled['status'], canceled['origClientOrderId'], canceled['clientOrderId'], 'workingTime' in canceled],
      ['CANCELED', 'mine', 'c1', false],
    );
    assert.deepEqual(s.reports(ANN, from, 'c', 'C'), [`${placed['orderId']} CANCELED CANCELED c=c1 C=mine`]);
    assert.deepEqual(
      s.events[ANN]!.slice(from).map((e) => e['e']),
      ['executionReport', 'outboundAccountPosition'],
    );
    assert.equal(s.query(placed['orderId']!)['clientOrderId'], 'mine');
    assert.equal(s.refused(cancel, of), '-2011 Unknown order sent.');
    assert.equal(s.balance('USDT'), '1000000/0');
  });

  test('spot orders: cancel all -> every order and list of the symbol, none left is refused', () => {
    const s = scene();
    s.limit('BUY', '1', '99');
    s.ok('POST /api/v3/orderList/oco', {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '1',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '105',
      belowType: 'STOP_LOSS',
      belowStopPrice: '95',
    });
    const answer = s.list('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' });
    assert.deepEqual(
      answer.map((a) => a['status'] ?? `${a['listStatusType']} ${(a['orderReports'] as readonly Row[]).length}`),
      ['CANCELED', 'ALL_DONE 2'],
    );
    assert.equal(s.refused('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' }), '-2011 Unknown order sent.');
    assert.deepEqual([s.balance('USDT'), s.balance('BTC')], ['1000000/0', '100/0']);
  });

  test('spot orders: amend 5 to 3 -> keeps its place, funds return; more, the same and unknown are refused; history is kept', () => {
    const s = scene();
    const mine = s.limit('BUY', '5', '99', ANN, { newClientOrderId: 'a' });
    s.limit('BUY', '5', '99', BOB);
    const path = 'PUT /api/v3/order/amend/keepPriority';
    const of = { symbol: 'BTCUSDT', orderId: Number(mine['orderId']) };
    const from = s.events[ANN]!.length;
    const answer = s.ok(path, { ...of, newQty: '3', newClientOrderId: 'b' });
    const amended = answer['amendedOrder'] as Row;
    assert.deepEqual(
      [amended['origClientOrderId'], amended['clientOrderId'], plain(amended['qty']), amended['status']],
      ['a', 'b', '3', 'NEW'],
    );
    assert.deepEqual(s.reports(ANN, from, 'c', 'C', 'q'), [`${mine['orderId']} REPLACED NEW c=b C=a q=3.00000000`]);
    assert.equal(s.balance('USDT'), '999703/297');
    s.product.house.trade('BTCUSDT', 'sell', '99', '3');
    assert.equal(state(s.query(mine['orderId']!)), 'FILLED 3 297', 'ahead of Bob');
    const other = s.limit('BUY', '5', '98');
    const o = { symbol: 'BTCUSDT', orderId: Number(other['orderId']) };
    assert.equal(s.refused(path, { ...o, newQty: '6' }), '-2038 Order amend (quantity increase) is not supported.');
    assert.equal(
      s.refused(path, { ...o, newQty: '5' }),
      '-2038 The requested action would change no state; rejecting.',
    );
    assert.equal(s.refused(path, { ...of, newQty: '1' }), '-2013 Order does not exist.');
    assert.deepEqual(
      s.list('GET /api/v3/order/amendments', of).map((a) => [a['origQty'], a['newQty'], a['origClientOrderId']]),
      [['5.00000000', '3.00000000', 'a']],
    );
  });

  test('spot orders: a client id of an open order again -> refused; of a closed one -> fine', () => {
    const s = scene();
    const first = s.limit('BUY', '1', '99', ANN, { newClientOrderId: 'x' });
    const again = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '1',
      price: '98',
      newClientOrderId: 'x',
    };
    assert.equal(s.refused('POST /api/v3/order', again), '-2010 Duplicate order sent.');
    s.ok('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: Number(first['orderId']) });
    s.ok('POST /api/v3/order', again);
  });

  test('spot orders: empty book -> by value refused, by quantity expired unfilled', () => {
    const s = new SpotScene();
    s.deposit(ANN, 'USDT', '1000');
    const buy = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET' };
    assert.equal(
      s.refused('POST /api/v3/order', { ...buy, quoteOrderQty: '100' }),
      '-2010 Order book liquidity is less than symbol minimum quantity.',
    );
    assert.equal(state(s.order({ side: 'BUY', type: 'MARKET', quantity: '1' })), 'EXPIRED 0 0');
    assert.equal(s.balance('USDT'), '1000/0');
  });
});
