import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';

/** A desk with 10,000 USDT, mark 95,000 and one lot-rich level each side. */
function desk(): UsdmDesk {
  const d = new UsdmDesk();
  d.deposit('10000', 1);
  d.deposit('10000', 2);
  d.mark('95000');
  d.quote([['94990', '5']], [['95010', '5']]);
  return d;
}

describe('usdm orders', () => {
  test('order: LIMIT that rests -> the documented answer, field by field', () => {
    const d = desk();
    const answer = d.ok('POST /fapi/v1/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.010',
      price: '94000',
      newClientOrderId: 'my-1',
    });
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
    const [balance] = d.rows('GET /fapi/v2/balance');
    assert.equal(balance!['balance'], '9999.52495');
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
  });
});
