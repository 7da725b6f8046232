import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingSink } from '../../../test/recording-sink.ts';
import { ScriptedBinance } from '../../../test/scripted-binance.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/vocabulary/time.ts';
import { LIVE_HOSTS } from './hosts.ts';
import { BinanceUsdmGateway } from './usdm-gateway.ts';

const ORDER = {
  orderId: 22542179,
  symbol: 'BTCUSDT',
  status: 'NEW',
  clientOrderId: 'my1',
  price: '95000',
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
  updateTime: 1795200000000,
};
const ALGO = {
  algoId: 2146760,
  clientAlgoId: 'stop1',
  algoType: 'CONDITIONAL',
  orderType: 'STOP_MARKET',
  symbol: 'BTCUSDT',
  side: 'SELL',
  positionSide: 'BOTH',
  timeInForce: 'GTC',
  quantity: '0.010',
  algoStatus: 'NEW',
  triggerPrice: '90000.0',
  price: '0',
  icebergQuantity: null,
  workingType: 'CONTRACT_PRICE',
  closePosition: false,
  reduceOnly: true,
  activatePrice: '',
  callbackRate: '',
  createTime: 1795200000000,
  updateTime: 1795200000000,
  triggerTime: 0,
  goodTillDate: 0,
};
const LIMIT = {
  clientOrderId: 'my1',
  symbol: 'BTCUSDT',
  side: 'buy',
  type: 'limit',
  tif: 'gtc',
  quantity: '0.01',
  limit: '95000',
} as const;
const STOP = {
  clientOrderId: 'stop1',
  symbol: 'BTCUSDT',
  side: 'sell',
  type: 'stop-market',
  tif: 'gtc',
  quantity: '0.01',
  trigger: '90000',
  reduceOnly: true,
} as const;

async function connected(venue = new ScriptedBinance()) {
  const gateway = new BinanceUsdmGateway({ ...venue.options, ...LIVE_HOSTS.usdm });
  const sink = new RecordingSink();
  const facts = await venue.run(gateway.connect(sink));
  // Nothing of either kind, until a test says otherwise.
  for (const path of ['order', 'algoOrder'])
    for (const method of ['GET', 'DELETE'])
      if (!venue.answers.has(`${method} /fapi/v1/${path}`))
        venue.refuse(`${method} /fapi/v1/${path}`, method === 'GET' ? -2013 : -2011, 'Unknown order sent.');
  return { venue, gateway, sink, facts };
}

const summary = (outcome: { readonly outcome: string; readonly code?: string }): string =>
  `${outcome.outcome} ${outcome.code ?? ''}`.trim();

describe('USD-M gateway', () => {
  test('connect -> facts of the key from the spot host, one private stream by listen key', async () => {
    const { venue, gateway, facts } = await connected();
    assert.deepEqual(facts, { canTrade: true, canWithdraw: false, ipRestricted: true, expiresAtMs: null });
    assert.ok(
      venue.http.requests.some(({ url }) => url.startsWith('https://api.binance.com/sapi/v1/account/apiRestrictions?')),
    );
    assert.deepEqual(
      venue.dialer.openLinks.map((link) => link.url),
      ['wss://fstream.binance.com/private/ws/key1'],
    );
    await venue.run(gateway.close());
  });

  test('place: a limit order and a stop -> each at its endpoint, one id', async () => {
    const { venue, gateway } = await connected();
    venue.on('POST /fapi/v1/order', () => ORDER);
    venue.on('POST /fapi/v1/algoOrder', () => ALGO);
    const limit = await venue.run(gateway.place(LIMIT));
    const stop = await venue.run(gateway.place(STOP));
    assert.deepEqual(limit.outcome === 'accepted' && [limit.value.venueOrderId, limit.value.status], [
      '22542179',
      'open',
    ]);
    assert.deepEqual(
      stop.outcome === 'accepted' && [
        stop.value.venueOrderId,
        stop.value.type,
        stop.value.trigger,
        stop.value.clientOrderId,
      ],
      ['algo-2146760', 'stop-market', '90000', 'stop1'],
    );
    assert.deepEqual(venue.asked('POST /fapi/v1/algoOrder'), [
      'POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.01&reduceOnly=true&triggerPrice=90000&workingType=CONTRACT_PRICE&clientAlgoId=stop1',
    ]);
    await venue.run(gateway.close());
  });

  test('throttled for orders that open -> each refused with proof; one that closes still goes', async () => {
    const { venue, gateway } = await connected();
    venue.on('POST /fapi/v1/order', (p) =>
      p.get('reduceOnly') === 'true'
        ? { ...ORDER, clientOrderId: 'close1', side: 'SELL', type: 'MARKET', reduceOnly: true, status: 'FILLED' }
        : { status: 503, body: { code: -1008, msg: 'Server is currently overloaded with other requests.' } },
    );
    for (let k = 0; k < 8; k++) {
      const outcome = await venue.run(gateway.place({ ...LIMIT, clientOrderId: `open${k}` }));
      assert.equal(outcome.outcome === 'rejected' && outcome.code, 'rate-limited', JSON.stringify(outcome));
    }
    const { limit: _, ...market } = LIMIT;
    const closing = { ...market, clientOrderId: 'close1', side: 'sell', type: 'market', reduceOnly: true } as const;
    const outcome = await venue.run(gateway.place(closing));
    assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
    await venue.run(gateway.close());
  });

  test('ids of 19 digits -> kept to the last one', async () => {
    const { venue, gateway } = await connected();
    venue.on('POST /fapi/v1/order', () => ({
      status: 200,
      body: JSON.stringify(ORDER).replace('22542179', '8389765591234567891'),
    }));
    const outcome = await venue.run(gateway.place(LIMIT));
    assert.equal(outcome.outcome === 'accepted' && outcome.value.venueOrderId, '8389765591234567891');
    await venue.run(gateway.close());
  });

  test('find: plain, conditional, triggered, finished, never -> the true state under our id', async () => {
    const { venue, gateway } = await connected();
    const find = async (id: string) => venue.run(gateway.findOrder('BTCUSDT', id));
    assert.equal(await find('my1'), null);
    assert.deepEqual(
      venue.asked('GET /fapi/v1/algoOrder'),
      ['GET /fapi/v1/algoOrder clientAlgoId=my1'],
      'both kinds are asked before null',
    );
    venue.on('GET /fapi/v1/algoOrder', () => ALGO);
    assert.deepEqual([(await find('stop1'))?.status, (await find('stop1'))?.venueOrderId], ['open', 'algo-2146760']);
    venue.on('GET /fapi/v1/algoOrder', () => ({ ...ALGO, algoStatus: 'FINISHED', actualOrderId: '555' }));
    const successor = {
      ...ORDER,
      orderId: 555,
      clientOrderId: 'venues-own',
      side: 'SELL',
      type: 'MARKET',
      origType: 'MARKET',
      status: 'FILLED',
      executedQty: '0.010',
      cumQuote: '899.9',
    };
    venue.on('GET /fapi/v1/order', (parameters) =>
      parameters.get('orderId') === '555'
        ? successor
        : { status: 400, body: { code: -2013, msg: 'Order does not exist.' } },
    );
    const found = await find('stop1');
    assert.deepEqual(
      [found?.clientOrderId, found?.status, found?.type, found?.filledValue, found?.venueOrderId, found?.trigger],
      ['stop1', 'filled', 'stop-market', '899.9', '555', '90000'],
    );
    venue.refuse('GET /fapi/v1/order', -2013, 'Order does not exist.');
    assert.equal((await find('stop1'))?.status, 'unknown', 'finished, but how is not known');
    await venue.run(gateway.close());
  });

  test('cancel: an id of unknown kind -> plain, then conditional; a fate that is open -> not the other one', async () => {
    const { venue, gateway } = await connected();
    venue.on('DELETE /fapi/v1/algoOrder', () => ({
      algoId: 2146760,
      clientAlgoId: 'stop1',
      code: '200',
      msg: 'success',
    }));
    venue.on('GET /fapi/v1/algoOrder', () => ({ ...ALGO, algoStatus: 'CANCELED' }));
    const canceled = await venue.run(gateway.cancel('BTCUSDT', 'stop1'));
    assert.deepEqual(canceled.outcome === 'accepted' && [canceled.value.status, canceled.value.clientOrderId], [
      'canceled',
      'stop1',
    ]);
    assert.equal(venue.asked('DELETE /fapi/v1/order').length, 1);
    venue.on('DELETE /fapi/v1/order', () => ({ fault: 'reset' }));
    assert.equal(summary(await venue.run(gateway.cancel('BTCUSDT', 'stop1'))), 'unknown unavailable');
    assert.equal(venue.asked('DELETE /fapi/v1/algoOrder').length, 1);
    venue.refuse('DELETE /fapi/v1/order', -2011, 'Unknown order sent.');
    venue.refuse('DELETE /fapi/v1/algoOrder', -2011, 'Unknown order sent.');
    assert.equal(summary(await venue.run(gateway.cancel('BTCUSDT', 'stop1'))), 'rejected unknown-order');
    await venue.run(gateway.close());
  });

  test('cancel: a stop that was triggered meanwhile -> canceled as the order that it became', async () => {
    const { venue, gateway } = await connected();
    venue.on('POST /fapi/v1/algoOrder', () => ALGO);
    await venue.run(gateway.place(STOP));
    venue.on('DELETE /fapi/v1/order', () => ({ ...ORDER, clientOrderId: 'stop1', status: 'CANCELED' }));
    const outcome = await venue.run(gateway.cancel('BTCUSDT', 'stop1'));
    assert.deepEqual([venue.asked('DELETE /fapi/v1/algoOrder').length, summary(outcome)], [1, 'accepted']);
    await venue.run(gateway.close());
  });

  test('amend -> reads the order, sends every field; conditional -> unsupported; nothing readable -> not sent', async () => {
    const { venue, gateway } = await connected();
    venue.on('GET /fapi/v1/order', () => ORDER);
    venue.on('PUT /fapi/v1/order', (parameters) => ({ ...ORDER, price: parameters.get('price') }));
    const amended = await venue.run(gateway.amend('BTCUSDT', 'my1', { limit: '94000' }));
    assert.equal(amended.outcome === 'accepted' && amended.value.limit, '94000');
    assert.deepEqual(venue.asked('PUT /fapi/v1/order'), [
      'PUT /fapi/v1/order symbol=BTCUSDT&origClientOrderId=my1&side=BUY&quantity=0.01&price=94000',
    ]);
    venue.refuse('PUT /fapi/v1/order', -5027, 'No need to modify the order.');
    assert.equal(
      summary(await venue.run(gateway.amend('BTCUSDT', 'my1', { limit: '95000' }))),
      'rejected order-refused',
    );
    venue.refuse('GET /fapi/v1/order', -2013, 'Order does not exist.');
    venue.on('GET /fapi/v1/algoOrder', () => ALGO);
    assert.equal(summary(await venue.run(gateway.amend('BTCUSDT', 'stop1', { limit: '1' }))), 'rejected unsupported');
    venue.on('GET /fapi/v1/order', () => ({ status: 503, body: '' }));
    assert.equal(summary(await venue.run(gateway.amend('BTCUSDT', 'my1', { limit: '1' }))), 'rejected not-sent');
    assert.equal(venue.asked('PUT /fapi/v1/order').length, 2);
    await venue.run(gateway.close());
  });

  test('cancel all -> both kinds; one kind refused or silent -> unknown, never rejected', async () => {
    const { venue, gateway } = await connected();
    const done = () => ({ code: 200, msg: 'The operation of cancel all open order is done.' });
    const all = async () => summary(await venue.run(gateway.cancelAll('BTCUSDT')));
    venue.on('DELETE /fapi/v1/allOpenOrders', done);
    venue.on('DELETE /fapi/v1/algoOpenOrders', done);
    assert.equal(await all(), 'accepted');
    venue.refuse('DELETE /fapi/v1/algoOpenOrders', -2012, 'Batch cancel failure.');
    assert.equal(await all(), 'unknown order-refused');
    venue.on('DELETE /fapi/v1/algoOpenOrders', () => ({ lost: true }));
    assert.equal(await all(), 'unknown timeout');
    venue.refuse('DELETE /fapi/v1/allOpenOrders', -1121, 'Invalid symbol.');
    venue.refuse('DELETE /fapi/v1/algoOpenOrders', -1121, 'Invalid symbol.');
    assert.equal(await all(), 'rejected symbol-unknown');
    await venue.run(gateway.close());
  });

  test('open orders -> both kinds; one that was triggered in between -> once', async () => {
    const { venue, gateway } = await connected();
    venue.on('GET /fapi/v1/openOrders', () => [ORDER, { ...ORDER, orderId: 555, clientOrderId: 'stop1' }]);
    venue.on('GET /fapi/v1/openAlgoOrders', () => [ALGO, { ...ALGO, algoId: 3, clientAlgoId: 'stop2' }]);
    const open = await venue.run(gateway.openOrders());
    assert.deepEqual(
      open.map((order) => [order.clientOrderId, order.venueOrderId]),
      [
        ['my1', '22542179'],
        ['stop1', '555'],
        ['stop2', 'algo-3'],
      ],
    );
    await venue.run(gateway.close());
  });

  test('positions -> with leverage and margin type of the symbol; flat rows left out', async () => {
    const { venue, gateway } = await connected();
    const row = {
      symbol: 'BTCUSDT',
      positionSide: 'BOTH',
      positionAmt: '-0.010',
      entryPrice: '94990',
      markPrice: '95000.1',
      liquidationPrice: '0',
    };
    venue.on('GET /fapi/v3/positionRisk', () => [row, { ...row, symbol: 'ETHUSDT', positionAmt: '0.000' }]);
    venue.on('GET /fapi/v1/symbolConfig', () => [
      { symbol: 'BTCUSDT', marginType: 'ISOLATED', isAutoAddMargin: false, leverage: 21, maxNotionalValue: '1' },
    ]);
    assert.deepEqual(await venue.run(gateway.positions()), [
      {
        symbol: 'BTCUSDT',
        positionSide: 'net',
        quantity: '-0.01',
        entryPrice: '94990',
        markPrice: '95000.1',
        liquidationPrice: null,
        leverage: 21,
        isolated: true,
      },
    ]);
    await venue.run(gateway.close());
  });

  test('listen key: renewed every 20 minutes; unknown to the venue -> a new one, told as resumed', async () => {
    const { venue, gateway, sink } = await connected();
    const live = async (ms: number) => {
      for (let k = 0; k < ms / MINUTE_MS; k++) await venue.clock.advance(MINUTE_MS);
    };
    await live(HOUR_MS + MINUTE_MS);
    assert.equal(venue.asked('PUT /fapi/v1/listenKey').length, 3);
    venue.refuse('PUT /fapi/v1/listenKey', -1125, 'This listenKey does not exist.');
    venue.on('POST /fapi/v1/listenKey', () => ({ listenKey: 'key2' }));
    await live(20 * MINUTE_MS);
    assert.deepEqual(
      venue.dialer.openLinks.map((link) => link.url),
      ['wss://fstream.binance.com/private/ws/key2'],
    );
    assert.equal(sink.resumptions.length, 1);
    await venue.run(gateway.close());
  });

  test('listen key: the venue says that it expired -> a new one, told as resumed; events flow', async () => {
    const { venue, gateway, sink } = await connected();
    venue.on('POST /fapi/v1/listenKey', () => ({ listenKey: 'key2' }));
    venue.tell({ e: 'listenKeyExpired', E: 1, listenKey: 'key1' });
    await venue.clock.advance(5000);
    assert.deepEqual([sink.resumptions.length, sink.anomalies], [1, []]);
    const balance = { a: 'USDT', wb: '5', cw: '5', bc: '0' };
    venue.tell({ e: 'ACCOUNT_UPDATE', E: 1, T: 2, a: { m: 'ORDER', B: [balance], P: [] } });
    await venue.clock.advance(1000);
    assert.equal(sink.balances.length, 1);
    await venue.run(gateway.close());
  });

  test('listen key: renewals fail for hours -> tried again, the stream left alone; closed -> no timer stays', async () => {
    const { venue, gateway, sink } = await connected();
    venue.on('PUT /fapi/v1/listenKey', () => ({ fault: 'reset' }));
    for (let k = 0; k < 60; k++) await venue.clock.advance(MINUTE_MS);
    assert.ok(venue.asked('PUT /fapi/v1/listenKey').length > 20);
    assert.deepEqual([sink.resumptions.length, venue.dialer.openLinks.length], [0, 1]);
    await venue.run(gateway.close());
    const { length } = venue.http.requests;
    await venue.clock.advance(2 * HOUR_MS);
    assert.equal(venue.http.requests.length, length);
  });
});
