import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, type Row, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';

function desk(): UsdmDesk {
  const d = new UsdmDesk({ fees: { maker: '0', taker: '0' } });
  d.deposit('100000', 1);
  d.deposit('100000', 2);
  d.mark('95000');
  d.quote([['94990', '50']], [['95010', '50']]);
  return d;
}

const stateOf = (d: UsdmDesk, order: Row): unknown[] =>
  pick(d.ok('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(order['orderId']) }), 'status', 'executedQty');

const askLots = (d: UsdmDesk, price: string): string | undefined =>
  (d.ok('GET /fapi/v1/depth', { symbol: 'BTCUSDT' })['asks'] as [string, string][]).find(([p]) => p === price)?.[1];

describe('usdm reduce-only', () => {
  test('reduce-only: MARKET sell of 3 on a long of 1 -> closes 1, the rest expires (er 4), no short', () => {
    const d = desk();
    d.market('BUY', '1.000');
    const answer = d.market('SELL', '3.000', { reduceOnly: 'true' });
    assert.deepEqual(pick(answer, 'status', 'executedQty', 'origQty'), ['EXPIRED', '1.000', '3.000']);
    assert.deepEqual(pick(d.orderEvents().at(-1), 'x', 'er', 'R'), ['EXPIRED', '4', true]);
    assert.equal(d.position(), undefined);
  });

  test('reduce-only: same side as the position, or flat -> -2022; no least notional, no margin', () => {
    const d = desk();
    d.market('BUY', '1.000');
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1', reduceOnly: 'true' };
    assert.equal(d.code('POST /fapi/v1/order', order), -2022);
    const before = d.ok('GET /fapi/v3/account')['availableBalance'];
    d.limit('SELL', '96000', '0.001', { reduceOnly: 'true' });
    assert.equal(d.ok('GET /fapi/v3/account')['availableBalance'], before);
  });

  test('reduce-only: two asks of 1 on a long of 1.5 -> the farther rests with 0.5; long down to 0.8 -> it goes', () => {
    const d = desk();
    d.market('BUY', '1.500');
    d.quote([['94990', '50']], []);
    const near = d.limit('SELL', '96000', '1.000', { reduceOnly: 'true' });
    const far = d.limit('SELL', '97000', '1.000', { reduceOnly: 'true' });
    assert.deepEqual([askLots(d, '96000.00'), askLots(d, '97000.00')], ['1.000', '0.500']);
    d.market('SELL', '0.700');
    assert.deepEqual([askLots(d, '96000.00'), askLots(d, '97000.00')], ['0.800', undefined]);
    assert.deepEqual(stateOf(d, far), ['EXPIRED', '0']);
    assert.equal(d.orderEvents().at(-1)!['er'], '4');
    d.trade('buy', '96000', '5.000');
    assert.deepEqual(stateOf(d, near), ['EXPIRED', '0.800']);
    assert.equal(d.position(), undefined);
  });

  test('reduce-only: a plain ask that would trade first -> counts; a sweep through both leaves no short', () => {
    const d = desk();
    d.market('BUY', '1.000');
    d.quote([['94990', '50']], []);
    const reducing = d.limit('SELL', '96000', '1.000', { reduceOnly: 'true' });
    d.limit('SELL', '95500', '0.600');
    assert.equal(askLots(d, '96000.00'), '0.400');
    d.limit('SELL', '95400', '0.400');
    assert.deepEqual(stateOf(d, reducing), ['EXPIRED', '0']);
    const order = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '1',
      price: '97000',
      reduceOnly: 'true',
    };
    assert.equal(d.code('POST /fapi/v1/order', order), -4118);
    d.trade('buy', '96000', '9.000');
    assert.equal(d.position(), undefined);
  });

  test('hedge mode: long 1 and short 0.4 -> two positions; closing orders only close, reduceOnly is no parameter', () => {
    const d = desk();
    assert.deepEqual(d.ok('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' }), {
      code: 200,
      msg: 'success',
    });
    assert.deepEqual(d.ok('GET /fapi/v1/positionSide/dual'), { dualSidePosition: true });
    d.market('BUY', '1.000', { positionSide: 'LONG' });
    d.market('SELL', '0.400', { positionSide: 'SHORT' });
    assert.deepEqual(
      [d.position(1, 'LONG')!['positionAmt'], d.position(1, 'SHORT')!['positionAmt']],
      ['1.000', '-0.400'],
    );
    const close = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1', positionSide: 'SHORT' };
    assert.equal(d.code('POST /fapi/v1/order', { ...close, reduceOnly: 'true' }), -1106);
    assert.equal(d.code('POST /fapi/v1/order', { ...close, positionSide: 'BOTH' }), -4061);
    assert.deepEqual(pick(d.market('BUY', '1.000', { positionSide: 'SHORT' }), 'status', 'executedQty'), [
      'EXPIRED',
      '0.400',
    ]);
    assert.equal(d.code('POST /fapi/v1/order', close), -2022);
    assert.deepEqual(pick(d.position(1, 'LONG'), 'positionAmt', 'entryPrice'), ['1.000', '95010']);
    assert.equal(d.position(1, 'SHORT'), undefined);
  });

  test('hedge mode: set again, with an order, with a position -> -4059, -4067, -4068', () => {
    const d = desk();
    const set = (dual: string) => d.code('POST /fapi/v1/positionSide/dual', { dualSidePosition: dual });
    assert.equal(set('false'), -4059);
    d.limit('BUY', '94000', '1.000');
    assert.equal(set('true'), -4067);
    d.ok('DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' });
    d.market('BUY', '1.000');
    assert.equal(set('true'), -4068);
  });

  test('margin type: set again, with an order, with a position, in multi-assets mode -> -4046, -4047, -4048, -4168', () => {
    const d = desk();
    const set = (marginType: string) => d.code('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType });
    assert.equal(set('CROSSED'), -4046);
    d.limit('BUY', '94000', '1.000');
    assert.equal(set('ISOLATED'), -4047);
    d.ok('DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' });
    d.market('BUY', '1.000');
    assert.equal(set('ISOLATED'), -4048);
    d.market('SELL', '1.000');
    d.ok('POST /fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'true' });
    assert.deepEqual(d.eventsOf('ACCOUNT_CONFIG_UPDATE').at(-1)!['ai'], { j: true });
    assert.equal(set('ISOLATED'), -4168);
    assert.equal(d.code('POST /fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'true' }), -4171);
    d.ok('POST /fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'false' });
    d.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    assert.equal(d.code('POST /fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'true' }), -4167);
  });

  test('position margin: cross, flat, more than there is, more than is spare -> refused; moved -> told and listed', () => {
    const d = desk();
    const move = { symbol: 'BTCUSDT', amount: '100', type: 1 };
    assert.equal(d.code('POST /fapi/v1/positionMargin', move), -4049);
    d.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    assert.equal(d.code('POST /fapi/v1/positionMargin', move), -4054);
    d.market('BUY', '1.000');
    assert.equal(d.code('POST /fapi/v1/positionMargin', { ...move, amount: '0' }), -4055);
    assert.equal(d.code('POST /fapi/v1/positionMargin', { ...move, amount: '100000' }), -4050);
    assert.deepEqual(d.ok('POST /fapi/v1/positionMargin', move), {
      amount: 100,
      code: 200,
      msg: 'Successfully modify position margin.',
      type: 1,
    });
    assert.equal(d.position()!['isolatedWallet'], '4850.5');
    assert.equal((d.eventsOf('ACCOUNT_UPDATE').at(-1)!['a'] as Row)['m'], 'MARGIN_TRANSFER');
    assert.equal(d.code('POST /fapi/v1/positionMargin', { ...move, type: 2, amount: '101' }), -4051);
    d.ok('POST /fapi/v1/positionMargin', { ...move, type: 2, amount: '50' });
    const history = d.rows('GET /fapi/v1/positionMargin/history', { symbol: 'BTCUSDT' });
    assert.deepEqual(
      history.map((h) => [h['type'], h['amount'], h['positionSide']]),
      [
        [1, '100', 'BOTH'],
        [2, '50', 'BOTH'],
      ],
    );
  });
});
