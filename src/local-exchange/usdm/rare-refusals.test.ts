import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';
import { DEFAULT_LISTING } from './listing.ts';

const MARKET = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.010' };
const LIMIT = { ...MARKET, type: 'LIMIT', timeInForce: 'GTC', price: '94000' };
const ORDER = 'POST /fapi/v1/order';

/** What the contracts that are listed without asking, or a usual order, never run into. */
describe('usdm rare refusals', () => {
  test('MARKET before there is a mark price -> -2020', () => {
    const d = new UsdmDesk();
    d.deposit('10000');
    assert.equal(d.code(ORDER, MARKET), -2020);
  });

  test('a contract with a coarse step and a least quantity -> below it -4004, between steps -4023', () => {
    const instruments = DEFAULT_LISTING.map((c) => ({ ...c, stepSize: '0.002', minQuantity: '0.010' }));
    const d = new UsdmDesk({ instruments });
    d.deposit('10000');
    d.mark('95000');
    assert.equal(d.code(ORDER, { ...LIMIT, quantity: '0.008' }), -4004);
    assert.equal(d.code(ORDER, { ...LIMIT, quantity: '0.011' }), -4023);
    assert.equal(d.ok(ORDER, { ...LIMIT, quantity: '0.012' })['status'], 'NEW');
  });

  test('an order that was modified 10,000 times -> -5026, and it rests as it was', () => {
    const d = new UsdmDesk();
    d.deposit('10000');
    d.mark('95000');
    const { orderId } = d.ok(ORDER, LIMIT);
    const changed = (price: string) => ({
      symbol: 'BTCUSDT',
      side: 'BUY',
      orderId: Number(orderId),
      quantity: '0.010',
      price,
    });
    for (let i = 0; i < 10_000; i++) d.ok('PUT /fapi/v1/order', changed(i % 2 === 0 ? '94001' : '94000'));
    assert.equal(d.code('PUT /fapi/v1/order', changed('94001')), -5026);
    assert.equal(d.rows('GET /fapi/v1/openOrders')[0]!['price'], '94000');
  });
});
