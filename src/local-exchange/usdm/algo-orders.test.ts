import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, type Row, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';

/** Last price and mark 95,000; a deep level each side that follows the price when it is moved. */
function desk(): UsdmDesk {
  const d = new UsdmDesk({ fees: { maker: '0', taker: '0' } });
  d.deposit('100000', 1);
  d.mark('95000');
  move(d, 95_000);
  return d;
}

/** Quotes around a price and trades there. */
function move(d: UsdmDesk, price: number): void {
  d.quote([[`${price - 1}`, '50']], [[`${price + 1}`, '50']]);
  d.trade('buy', `${price}`, '0.001');
}

const ALGO = {
  algoType: 'CONDITIONAL',
  symbol: 'BTCUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  quantity: '0.010',
  triggerPrice: '94000',
};

const algoState = (d: UsdmDesk, algo: Row): unknown =>
  d.ok('GET /fapi/v1/algoOrder', { algoId: Number(algo['algoId']) })['algoStatus'];

describe('usdm conditional orders', () => {
  test('algo order: placed -> the documented answer; queries add what it became', () => {
    const d = desk();
    const answer = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, reduceOnly: 'true', clientAlgoId: 'sl-1' });
    assert.deepEqual(answer, {
      algoId: answer['algoId'],
      clientAlgoId: 'sl-1',
      algoType: 'CONDITIONAL',
      orderType: 'STOP_MARKET',
      symbol: 'BTCUSDT',
      side: 'SELL',
      positionSide: 'BOTH',
      timeInForce: 'GTC',
      quantity: '0.010',
      algoStatus: 'NEW',
      triggerPrice: '94000',
      price: '0',
      icebergQuantity: null,
      selfTradePreventionMode: 'EXPIRE_MAKER',
      workingType: 'CONTRACT_PRICE',
      priceMatch: 'NONE',
      closePosition: false,
      priceProtect: false,
      reduceOnly: true,
      activatePrice: '',
      callbackRate: '',
      createTime: d.nowMs,
      updateTime: d.nowMs,
      triggerTime: 0,
      goodTillDate: 0,
    });
    const [open] = d.rows('GET /fapi/v1/openAlgoOrders', { symbol: 'BTCUSDT' });
    assert.deepEqual(pick(open, 'actualOrderId', 'actualPrice', 'tpOrderType'), ['', '0', '']);
  });

  test('algo order: stop sell at 94,000 on a long -> nothing at 94,000.1, fires at 94,000, ends FINISHED', () => {
    const d = desk();
    d.market('BUY', '0.010');
    const algo = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, reduceOnly: 'true', clientAlgoId: 'sl-1' });
    move(d, 94_001);
    d.trade('sell', '94000.1', '0.001');
    assert.equal(algoState(d, algo), 'NEW');
    d.trade('sell', '94000', '0.001');
    const after = d.ok('GET /fapi/v1/algoOrder', { algoId: Number(algo['algoId']) });
    assert.deepEqual(pick(after, 'algoStatus', 'triggerTime', 'actualPrice'), ['FINISHED', d.nowMs, '94000']);
    const order = d.ok('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(after['actualOrderId']) });
    assert.deepEqual(pick(order, 'clientOrderId', 'type', 'origType', 'stopPrice', 'status', 'reduceOnly'), [
      'sl-1',
      'MARKET',
      'STOP_MARKET',
      '94000',
      'FILLED',
      true,
    ]);
    assert.equal(d.position(), undefined);
    assert.deepEqual(
      d.eventsOf('ALGO_UPDATE').map((e) => (e['o'] as Row)['X']),
      ['NEW', 'TRIGGERING', 'TRIGGERED', 'FINISHED'],
    );
    assert.deepEqual(d.rows('GET /fapi/v1/openAlgoOrders'), []);
  });

  // Type, side, trigger, price at which it fires, and one at which it does not yet.
  for (const [type, side, trigger, fires, not] of [
    ['STOP_MARKET', 'BUY', 96000, 96000, 95999],
    ['STOP_MARKET', 'SELL', 94000, 94000, 94001],
    ['TAKE_PROFIT_MARKET', 'BUY', 94000, 94000, 94001],
    ['TAKE_PROFIT_MARKET', 'SELL', 96000, 96000, 95999],
  ] as const) {
    test(`algo order: ${type} ${side} at ${trigger} -> not at ${not}, at ${fires}; on the other side of the price -> -2021`, () => {
      const d = desk();
      const algo = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, type, side, triggerPrice: trigger });
      move(d, not);
      assert.equal(algoState(d, algo), 'NEW');
      move(d, fires);
      assert.equal(algoState(d, algo), 'FINISHED');
      move(d, 95_000);
      const beyond = trigger > 95_000 ? 94_900 : 95_100;
      assert.equal(d.code('POST /fapi/v1/algoOrder', { ...ALGO, type, side, triggerPrice: beyond }), -2021);
    });
  }

  test('algo order: working type MARK_PRICE -> the mark fires it, the last price does not', () => {
    const d = desk();
    const algo = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, workingType: 'MARK_PRICE' });
    move(d, 93_000);
    assert.equal(algoState(d, algo), 'NEW');
    d.mark('94000');
    assert.equal(algoState(d, algo), 'FINISHED');
  });

  test('algo order: price protection, mark more than 5 % from the last price -> waits until they are close', () => {
    const d = desk();
    const algo = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, priceProtect: 'true' });
    move(d, 90_000);
    assert.equal(algoState(d, algo), 'NEW');
    d.mark('93000');
    assert.equal(algoState(d, algo), 'FINISHED');
  });

  test('algo order: STOP with a limit -> rests at its limit as TRIGGERED, FINISHED when filled', () => {
    const d = desk();
    const algo = d.ok('POST /fapi/v1/algoOrder', {
      ...ALGO,
      type: 'STOP',
      side: 'BUY',
      triggerPrice: '96000',
      price: '95500',
    });
    move(d, 96_000);
    assert.equal(algoState(d, algo), 'TRIGGERED');
    const [order] = d.rows('GET /fapi/v1/openOrders');
    assert.deepEqual(pick(order, 'type', 'origType', 'price', 'stopPrice'), ['LIMIT', 'STOP', '95500', '96000']);
    assert.equal(d.code('DELETE /fapi/v1/algoOrder', { algoId: Number(algo['algoId']) }), -2011);
    d.trade('sell', '95500', '1.000');
    assert.equal(algoState(d, algo), 'FINISHED');
  });

  // Callback 1 %, prices in order, and the price at which it fires.
  for (const [side, activate, prices, firesAt] of [
    ['SELL', 97000, [96000, 96999, 97000, 98000, 97100], 97020],
    ['SELL', 0, [96000, 95100], 95040],
    ['BUY', 93000, [94000, 93001, 93000, 92000, 92900], 92920],
  ] as const) {
    test(`algo order: trailing ${side}, activation ${activate}, callback 1 % -> fires at ${firesAt}, not before`, () => {
      const d = desk();
      const { triggerPrice: _none, ...order } = ALGO;
      const algo = d.ok('POST /fapi/v1/algoOrder', {
        ...order,
        side,
        type: 'TRAILING_STOP_MARKET',
        callbackRate: '1',
        ...(activate === 0 ? {} : { activatePrice: activate }),
      });
      for (const price of prices) {
        move(d, price);
        assert.equal(algoState(d, algo), 'NEW', `at ${price}`);
      }
      move(d, firesAt);
      assert.equal(algoState(d, algo), 'FINISHED');
    });
  }

  test('algo order: trailing with a rate beyond 0.1 to 10, or an activation on the wrong side -> refused', () => {
    const d = desk();
    const { triggerPrice: _none, ...rest } = ALGO;
    const order = { ...rest, type: 'TRAILING_STOP_MARKET' };
    assert.equal(d.code('POST /fapi/v1/algoOrder', order), -1102);
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, callbackRate: '0.05' }), -1130);
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, callbackRate: '11' }), -1130);
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, callbackRate: '1', activatePrice: '94000' }), -2021);
  });

  test('close position: sized when it fires; nothing left to close -> EXPIRED', () => {
    const d = desk();
    const { quantity: _none, ...rest } = ALGO;
    const order = { ...rest, closePosition: 'true' };
    d.market('BUY', '0.010');
    d.ok('POST /fapi/v1/algoOrder', { ...order, clientAlgoId: 'sl' });
    d.ok('POST /fapi/v1/algoOrder', {
      ...order,
      type: 'TAKE_PROFIT_MARKET',
      triggerPrice: '96000',
      clientAlgoId: 'tp',
    });
    d.market('BUY', '0.020');
    move(d, 96_000);
    assert.equal(d.position(), undefined);
    const [trade] = d.rows('GET /fapi/v1/userTrades', { symbol: 'BTCUSDT' }).slice(-1);
    assert.deepEqual(pick(trade, 'qty', 'side'), ['0.030', 'SELL']);
    move(d, 94_000);
    assert.deepEqual(
      d
        .rows('GET /fapi/v1/allAlgoOrders', { symbol: 'BTCUSDT' })
        .map((o) => [o['clientAlgoId'], o['algoStatus'], o['closePosition']]),
      [
        ['sl', 'EXPIRED', true],
        ['tp', 'FINISHED', true],
      ],
    );
  });

  test('close position: with quantity, reduceOnly, a limit, or a leg that it would open -> refused', () => {
    const d = desk();
    const { quantity: _none, ...rest } = ALGO;
    const order = { ...rest, closePosition: 'true' };
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, quantity: '1' }), -4137);
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, reduceOnly: 'true' }), -4138);
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, type: 'STOP', price: '94000' }), -4136);
    d.ok('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...order, positionSide: 'SHORT' }), -4061);
    assert.equal(d.ok('POST /fapi/v1/algoOrder', { ...order, positionSide: 'LONG' })['algoStatus'], 'NEW');
  });

  test('algo order: refused by the engine when it fires -> REJECTED with the reason, no order', () => {
    const d = desk();
    const algo = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, quantity: '100' });
    move(d, 94_000);
    assert.equal(algoState(d, algo), 'REJECTED');
    assert.deepEqual(pick(d.eventsOf('ALGO_UPDATE').at(-1)!['o'] as Row, 'X', 'rm'), [
      'REJECTED',
      'Margin is insufficient.',
    ]);
    assert.deepEqual(d.rows('GET /fapi/v1/allOrders', { symbol: 'BTCUSDT' }), []);
  });

  test('algo order: cancelled by either id or all at once -> told; unknown -> -2011; cancelling plain orders leaves it', () => {
    const d = desk();
    const first = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, clientAlgoId: 'a' });
    assert.deepEqual(d.ok('DELETE /fapi/v1/algoOrder', { clientAlgoId: 'a' }), {
      algoId: first['algoId'],
      clientAlgoId: 'a',
      code: '200',
      msg: 'success',
    });
    assert.equal(d.code('DELETE /fapi/v1/algoOrder', { clientAlgoId: 'a' }), -2011);
    assert.equal(d.code('GET /fapi/v1/algoOrder', { algoId: 7 }), -2013);
    const second = d.ok('POST /fapi/v1/algoOrder', ALGO);
    d.ok('DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' });
    assert.equal(algoState(d, second), 'NEW');
    d.ok('DELETE /fapi/v1/algoOpenOrders', { symbol: 'BTCUSDT' });
    assert.equal(algoState(d, second), 'CANCELED');
    move(d, 94_000);
    assert.deepEqual(d.rows('GET /fapi/v1/allOrders', { symbol: 'BTCUSDT' }), []);
  });

  test('algo order: more than 200 open, or the same client id -> -4045, -4116', () => {
    const d = desk();
    d.ok('POST /fapi/v1/algoOrder', { ...ALGO, clientAlgoId: 'a' });
    assert.equal(d.code('POST /fapi/v1/algoOrder', { ...ALGO, clientAlgoId: 'a' }), -4116);
    for (let i = 1; i < 200; i++) d.ok('POST /fapi/v1/algoOrder', ALGO);
    assert.equal(d.code('POST /fapi/v1/algoOrder', ALGO), -4045);
  });

  test('algo order: one fires another by its trade -> both have fired, once each', () => {
    const d = desk();
    d.quote(
      [
        ['94999', '1'],
        ['94000', '1'],
        ['93000', '50'],
      ],
      [['95001', '50']],
    );
    const first = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, quantity: '0.5', triggerPrice: '94990' });
    const second = d.ok('POST /fapi/v1/algoOrder', { ...ALGO, quantity: '0.5', triggerPrice: '94500' });
    d.trade('sell', '94990', '0.001');
    d.quote(
      [
        ['94000', '1'],
        ['93000', '50'],
      ],
      [['95001', '50']],
    );
    d.market('SELL', '0.1');
    assert.deepEqual([algoState(d, first), algoState(d, second)], ['FINISHED', 'FINISHED']);
    assert.equal(d.position()!['positionAmt'], '-1.100');
  });
});
