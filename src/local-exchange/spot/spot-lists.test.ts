import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fields, plain, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const ANN = 1;
const BOB = 2;

function scene(fees = '0'): SpotScene {
  const s = new SpotScene({ fees: { makerRate: fees, takerRate: fees, payInDiscountAsset: false } });
  for (const who of [ANN, BOB]) {
    s.deposit(who, 'USDT', '1000000');
    s.deposit(who, 'BTC', '100');
  }
  s.product.house.quote('BTCUSDT', [{ price: '99', quantity: '50' }], [{ price: '101', quantity: '50' }]);
  s.product.house.trade('BTCUSDT', 'buy', '100.00', '1');
  return s;
}
const place = (s: SpotScene, kind: string, fields: Fields, who = ANN): Row =>
  s.ok(`POST /api/v3/${kind}`, { symbol: 'BTCUSDT', ...fields }, who);
const ids = (list: Row): number[] => (list['orders'] as readonly Row[]).map((o) => Number(o['orderId']));
const states = (s: SpotScene, list: Row): string[] =>
  ids(list).map((id) => {
    const o = s.query(id);
    return [o['status'], plain(o['executedQty']), o['expiryReason']].filter((x) => x !== undefined).join(' ');
  });
const listState = (s: SpotScene, list: Row): string => {
  const l = s.ok('GET /api/v3/orderList', { orderListId: Number(list['orderListId']) });
  return `${l['contingencyType']} ${l['listStatusType']} ${l['listOrderStatus']}`;
};
/** What an account was told since `from`, in short. */
const told = (s: SpotScene, from: number): string[] =>
  s.events[ANN]!.slice(from).map((e) =>
    e['e'] === 'executionReport'
      ? `${e['i']} ${e['x']} ${e['X']}`
      : e['e'] === 'listStatus'
        ? `list ${e['l']} ${e['L']}`
        : 'position',
  );

const sellOco = {
  side: 'SELL',
  quantity: '2',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '105',
  belowType: 'STOP_LOSS',
  belowStopPrice: '95',
};
const buyOco = {
  side: 'BUY',
  quantity: '2',
  aboveType: 'STOP_LOSS_LIMIT',
  aboveStopPrice: '105',
  abovePrice: '106',
  aboveTimeInForce: 'GTC',
  belowType: 'LIMIT_MAKER',
  belowPrice: '95',
};

describe('spot order lists', () => {
  test('spot order lists: OCO sell placed -> two orders, one lock, a report each, then the list, then the position', () => {
    const s = scene();
    const from = s.events[ANN]!.length;
    const list = place(s, 'orderList/oco', { ...sellOco, listClientOrderId: 'L1' });
    assert.deepEqual(
      [list['contingencyType'], list['listStatusType'], list['listOrderStatus'], list['listClientOrderId']],
      ['OCO', 'EXEC_STARTED', 'EXECUTING', 'L1'],
    );
    const reports = list['orderReports'] as readonly Row[];
    assert.deepEqual(
      reports.map((r) => [r['type'], r['status'], Number(r['workingTime']) >= 0]),
      [
        ['LIMIT_MAKER', 'NEW', true],
        ['STOP_LOSS', 'NEW', false],
      ],
    );
    assert.deepEqual(told(s, from), ['1 NEW NEW', '2 NEW NEW', 'list EXEC_STARTED EXECUTING', 'position']);
    assert.equal(s.balance('BTC'), '98/2');
    assert.equal(s.list('GET /api/v3/openOrderList').length, 1);
    assert.equal(
      s.refused('POST /api/v3/orderList/oco', { symbol: 'BTCUSDT', ...sellOco, listClientOrderId: 'L1' }),
      '-2010 Duplicate order sent.',
    );
  });

  test('spot order lists: OCO buy -> locks the dearer leg once', () => {
    const s = scene();
    place(s, 'orderList/oco', buyOco);
    assert.equal(s.balance('USDT'), '999788/212');
  });

  test('spot order lists: the limit leg trades in part -> the stop expires, the list is done, the rest still works', () => {
    const s = scene();
    const list = place(s, 'orderList/oco', sellOco);
    const from = s.events[ANN]!.length;
    s.product.house.trade('BTCUSDT', 'buy', '105', '1');
    assert.deepEqual(states(s, list), ['PARTIALLY_FILLED 1', 'EXPIRED 0 OCO_TRIGGER']);
    assert.equal(listState(s, list), 'OCO ALL_DONE ALL_DONE');
    assert.deepEqual(told(s, from), [
      '1 TRADE PARTIALLY_FILLED',
      '2 EXPIRED EXPIRED',
      'list ALL_DONE ALL_DONE',
      'position',
    ]);
    assert.equal(s.balance('BTC'), '98/1');
    assert.deepEqual(s.complaints(), []);
  });

  test('spot order lists: the stop leg triggers -> the limit leg expires first, the stop takes over the lock', () => {
    const s = scene();
    const list = place(s, 'orderList/oco', { ...buyOco, aboveType: 'STOP_LOSS', abovePrice: '', aboveTimeInForce: '' });
    const from = s.events[ANN]!.length;
    s.product.house.trade('BTCUSDT', 'buy', '105', '1');
    assert.deepEqual(states(s, list), ['FILLED 2', 'EXPIRED 0 OCO_TRIGGER']);
    assert.deepEqual(told(s, from), [
      '2 EXPIRED EXPIRED',
      '1 NEW NEW',
      '1 TRADE FILLED',
      'list ALL_DONE ALL_DONE',
      'position',
    ]);
    assert.deepEqual([s.balance('USDT'), s.balance('BTC')], ['999798/0', '102/0']);
  });

  test('spot order lists: one leg canceled -> the whole list is, and answered as a list', () => {
    const s = scene();
    const list = place(s, 'orderList/oco', sellOco);
    const answer = s.ok('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: ids(list)[1]! });
    assert.deepEqual(
      [answer['listStatusType'], (answer['orderReports'] as readonly Row[]).map((r) => r['status']).join()],
      ['ALL_DONE', 'CANCELED,CANCELED'],
    );
    assert.equal(s.balance('BTC'), '100/0');
    assert.match(
      s.refused('DELETE /api/v3/orderList', { symbol: 'BTCUSDT', orderListId: Number(list['orderListId']) }),
      /^-2011 /,
    );
  });

  test('spot order lists: OCO amended -> both legs, the list says UPDATED where the id changed', () => {
    const s = scene();
    const list = place(s, 'orderList/oco', sellOco);
    const from = s.events[ANN]!.length;
    const answer = s.ok('PUT /api/v3/order/amend/keepPriority', {
      symbol: 'BTCUSDT',
      orderId: ids(list)[0]!,
      newQty: '1',
    });
    assert.equal((answer['listStatus'] as Row)['contingencyType'], 'OCO');
    assert.deepEqual(told(s, from), ['1 REPLACED NEW', '2 REPLACED NEW', 'list UPDATED EXECUTING', 'position']);
    assert.deepEqual(
      ids(list).map((id) => plain(s.query(id)['origQty'])),
      ['1', '1'],
    );
    assert.equal(s.balance('BTC'), '99/1');
  });

  test('spot order lists: the old OCO endpoint -> stop leg first, same rules', () => {
    const s = scene();
    const list = place(s, 'order/oco', {
      side: 'SELL',
      quantity: '1',
      price: '105',
      stopPrice: '95',
      stopLimitPrice: '94',
      stopLimitTimeInForce: 'GTC',
    });
    assert.deepEqual(
      (list['orderReports'] as readonly Row[]).map((r) => r['type']),
      ['STOP_LOSS_LIMIT', 'LIMIT_MAKER'],
    );
    s.product.house.trade('BTCUSDT', 'sell', '95', '0.1');
    assert.deepEqual(states(s, list), ['FILLED 1', 'EXPIRED 0 OCO_TRIGGER'], 'sold into the bid of 99');
  });

  const wrong: readonly (readonly [string, Fields, string])[] = [
    [
      'both legs limits',
      { ...sellOco, belowType: 'LIMIT_MAKER', belowPrice: '95', belowStopPrice: '' },
      '-1168 At least one OCO order must be contingent.',
    ],
    [
      'limit below in a sell',
      {
        ...sellOco,
        aboveType: 'STOP_LOSS',
        abovePrice: '',
        aboveStopPrice: '105',
        belowType: 'LIMIT_MAKER',
        belowStopPrice: '',
        belowPrice: '95',
      },
      '-1166 A limit order in a sell OCO must be above.',
    ],
    [
      'limit above in a buy',
      {
        ...buyOco,
        aboveType: 'LIMIT_MAKER',
        aboveStopPrice: '',
        aboveTimeInForce: '',
        belowType: 'STOP_LOSS',
        belowStopPrice: '95',
        belowPrice: '',
      },
      '-1165 A limit order in a buy OCO must be below.',
    ],
    [
      'stop above in a sell',
      { ...sellOco, aboveType: 'STOP_LOSS', abovePrice: '', aboveStopPrice: '105' },
      '-1197 A stop loss order in a sell OCO must be below.',
    ],
    [
      'take profit below in a sell',
      { ...sellOco, belowType: 'TAKE_PROFIT' },
      '-1199 A take profit order in a sell OCO must be above.',
    ],
    [
      'stop below in a buy',
      { ...buyOco, belowType: 'STOP_LOSS', belowPrice: '', belowStopPrice: '95' },
      '-1196 A stop loss order in a buy OCO must be above.',
    ],
    [
      'take profit above in a buy',
      { ...buyOco, aboveType: 'TAKE_PROFIT', abovePrice: '', aboveTimeInForce: '' },
      '-1198 A take profit order in a buy OCO must be below.',
    ],
    ['a type that no OCO has', { ...sellOco, belowType: 'MARKET' }, '-1158 Order type not supported in OCO.'],
    [
      'iceberg without GTC',
      { ...buyOco, aboveTimeInForce: 'IOC', aboveIcebergQty: '1' },
      "-1160 Parameter 'aboveIcebergQty' is not supported if 'aboveTimeInForce' is not GTC.",
    ],
    [
      'limit under the last price',
      { ...sellOco, abovePrice: '99.5' },
      '-2010 The relationship of the prices for the orders is not correct.',
    ],
    [
      'stop over the last price',
      { ...sellOco, belowStopPrice: '100.5' },
      '-2010 The relationship of the prices for the orders is not correct.',
    ],
    [
      'more than there is',
      { ...sellOco, quantity: '101' },
      '-2010 Account has insufficient balance for requested action.',
    ],
    [
      'without its price',
      { ...sellOco, abovePrice: '' },
      "-1102 Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed.",
    ],
  ];
  for (const [name, fields, answer] of wrong) {
    test(`spot order lists: OCO with ${name} -> ${answer}`, () => {
      const s = scene();
      const clean = Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== ''));
      assert.equal(s.refused('POST /api/v3/orderList/oco', { symbol: 'BTCUSDT', ...clean }), answer);
      assert.equal(s.list('GET /api/v3/openOrders').length, 0);
      assert.deepEqual(s.complaints(), []);
    });
  }

  const oto = {
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: '98',
    workingQuantity: '2',
    workingTimeInForce: 'GTC',
    pendingSide: 'SELL',
  };
  const pendingLimit = { pendingType: 'LIMIT', pendingPrice: '110', pendingTimeInForce: 'GTC' };
  test('spot order lists: OTO -> the pending order waits without funds until the working one has filled whole', () => {
    const s = scene();
    const list = place(s, 'orderList/oto', { ...oto, ...pendingLimit, pendingQuantity: '1' });
    assert.deepEqual(states(s, list), ['NEW 0', 'PENDING_NEW 0']);
    assert.deepEqual([s.balance('USDT'), s.balance('BTC')], ['999804/196', '100/0']);
    s.product.house.trade('BTCUSDT', 'sell', '98', '1.5');
    assert.deepEqual(states(s, list), ['PARTIALLY_FILLED 1.5', 'PENDING_NEW 0']);
    const from = s.events[ANN]!.length;
    s.product.house.trade('BTCUSDT', 'sell', '98', '0.5');
    assert.deepEqual(states(s, list), ['FILLED 2', 'NEW 0']);
    assert.deepEqual(told(s, from), ['1 TRADE FILLED', '2 NEW NEW', 'position']);
    assert.equal(listState(s, list), 'OTO EXEC_STARTED EXECUTING');
    s.product.house.trade('BTCUSDT', 'buy', '110', '1');
    assert.equal(listState(s, list), 'OTO ALL_DONE ALL_DONE');
    assert.deepEqual([s.balance('USDT'), s.balance('BTC')], ['999914/0', '101/0']);
  });

  test('spot order lists: OTO whose working order fills at once -> the answer still says PENDING_NEW, a query NEW', () => {
    const s = scene();
    const list = place(s, 'orderList/oto', { ...oto, workingPrice: '101', ...pendingLimit, pendingQuantity: '1' });
    assert.deepEqual(
      (list['orderReports'] as readonly Row[]).map((r) => r['status']),
      ['FILLED', 'PENDING_NEW'],
    );
    assert.deepEqual(states(s, list), ['FILLED 2', 'NEW 0']);
  });

  test('spot order lists: OTO whose working order is canceled, or expires -> so does the pending one', () => {
    const s = scene();
    const canceled = place(s, 'orderList/oto', { ...oto, ...pendingLimit, pendingQuantity: '1' });
    s.ok('DELETE /api/v3/orderList', { symbol: 'BTCUSDT', orderListId: Number(canceled['orderListId']) });
    assert.deepEqual(states(s, canceled), ['CANCELED 0', 'CANCELED 0']);
    const expired = place(s, 'orderList/oto', {
      ...oto,
      workingTimeInForce: 'FOK',
      ...pendingLimit,
      pendingQuantity: '1',
    });
    assert.deepEqual(states(s, expired), ['EXPIRED 0 UNFILLED_FOK_ORDER_EXPIRED', 'EXPIRED 0 OTO_PHASE_ONE_EXPIRED']);
    assert.equal(listState(s, expired), 'OTO ALL_DONE ALL_DONE');
  });

  test('spot order lists: OTO whose pending order cannot be paid when its time comes -> expired as rejected', () => {
    const s = scene();
    const list = place(s, 'orderList/oto', { ...oto, ...pendingLimit, pendingQuantity: '200' });
    s.product.house.trade('BTCUSDT', 'sell', '98', '2');
    assert.deepEqual(states(s, list), ['FILLED 2', 'EXPIRED 0 REJECTED']);
    assert.match(s.reports(ANN, 0, 'r').at(-1)!, /r=INSUFFICIENT_BALANCES$/);
    assert.deepEqual(s.complaints(), []);
  });

  const pendingPair = {
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: '110',
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: '90',
  };
  test('spot order lists: OTOCO -> the pair works as an OCO once the working order has filled', () => {
    const s = scene();
    const list = place(s, 'orderList/otoco', { ...oto, ...pendingPair, pendingQuantity: '2' });
    assert.equal(list['contingencyType'], 'OTO');
    assert.equal(ids(list).length, 3);
    s.product.house.trade('BTCUSDT', 'sell', '98', '2');
    assert.deepEqual(states(s, list), ['FILLED 2', 'NEW 0', 'NEW 0']);
    assert.equal(s.balance('BTC'), '100/2', 'one lock for both');
    s.product.house.trade('BTCUSDT', 'sell', '90', '1');
    assert.deepEqual(states(s, list), ['FILLED 2', 'EXPIRED 0 OCO_TRIGGER', 'FILLED 2']);
    assert.equal(listState(s, list), 'OTO ALL_DONE ALL_DONE');
    assert.deepEqual(s.complaints(), []);
  });

  test('spot order lists: OPO with a fee in base -> the pending quantity is what was received, down to the step', () => {
    const s = scene('0.001');
    const list = place(s, 'orderList/opo', { ...oto, workingQuantity: '1', ...pendingLimit });
    assert.equal('origQty' in (list['orderReports'] as readonly Row[])[1]!, false);
    s.product.house.trade('BTCUSDT', 'sell', '98', '1');
    assert.equal(plain(s.query(ids(list)[1]!)['origQty']), '0.999');
    assert.equal(s.balance('BTC'), '100/0.999');
  });

  test('spot order lists: OPOCO, and what OPO forbids -> pair of what was received; -1222, -1223, -1225', () => {
    const s = scene();
    const list = place(s, 'orderList/opoco', { ...oto, ...pendingPair });
    s.product.house.trade('BTCUSDT', 'sell', '98', '2');
    assert.deepEqual(
      ids(list).map((id) => plain(s.query(id)['origQty'])),
      ['2', '2', '2'],
    );
    const opo = 'POST /api/v3/orderList/opo';
    const fields = { symbol: 'BTCUSDT', ...oto, ...pendingLimit };
    assert.match(s.refused(opo, { ...fields, workingSide: 'SELL' }), /^-1222 /);
    assert.match(s.refused(opo, { ...fields, pendingSide: 'BUY' }), /^-1223 /);
    assert.match(s.refused(opo, { ...fields, pendingQuantity: '1' }), /^-1225 /);
  });

  test('spot order lists: queries -> by id, by client id, all, open; another account sees none', () => {
    const s = scene();
    const a = place(s, 'orderList/oco', { ...sellOco, listClientOrderId: 'A' });
    place(s, 'orderList/oco', { ...sellOco, listClientOrderId: 'B' });
    s.ok('DELETE /api/v3/orderList', { symbol: 'BTCUSDT', listClientOrderId: 'A' });
    assert.equal(s.ok('GET /api/v3/orderList', { origClientOrderId: 'A' })['orderListId'], a['orderListId']);
    assert.deepEqual(
      s.list('GET /api/v3/allOrderList').map((l) => l['listClientOrderId']),
      ['A', 'B'],
    );
    assert.deepEqual(
      s.list('GET /api/v3/allOrderList', { fromId: 1 }).map((l) => l['listClientOrderId']),
      ['B'],
    );
    assert.deepEqual(
      s.list('GET /api/v3/openOrderList').map((l) => l['listClientOrderId']),
      ['B'],
    );
    assert.equal(s.list('GET /api/v3/allOrderList', {}, BOB).length, 0);
    assert.match(s.refused('GET /api/v3/orderList', { orderListId: 0 }, BOB), /^-2013 /);
  });
});
