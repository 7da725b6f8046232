import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OrderPlacement } from '../../ports/exchange-gateway.ts';
import { spotPlacement } from './spot-gateway-orders.ts';
import { usdmPlacement } from './usdm-gateway-orders.ts';

const LIMIT: OrderPlacement = {
  clientOrderId: 'abc0o1a0',
  symbol: 'BTCUSDT',
  side: 'buy',
  type: 'limit',
  tif: 'gtc',
  quantity: '0.5',
  limit: '95000',
};
const { limit: _, ...MARKET } = { ...LIMIT, type: 'market' } as const;

function parametersOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

function spot(order: OrderPlacement): Record<string, string> | string {
  const found = spotPlacement(order);
  if (typeof found !== 'string') return found.code;
  const { symbol, side, quantity, newClientOrderId, newOrderRespType, ...rest } = parametersOf(found);
  assert.deepEqual([symbol, quantity, newClientOrderId], [order.symbol, order.quantity, order.clientOrderId]);
  assert.equal(side, order.side.toUpperCase());
  assert.equal(newOrderRespType, 'RESULT');
  return rest;
}

function usdm(order: OrderPlacement): Record<string, string> | string {
  const found = usdmPlacement(order);
  if (!('parameters' in found)) return found.code;
  const { symbol, side, quantity, newClientOrderId, clientAlgoId, newOrderRespType, workingType, algoType, ...rest } =
    parametersOf(found.parameters);
  assert.deepEqual([symbol, quantity, side], [order.symbol, order.quantity, order.side.toUpperCase()]);
  assert.deepEqual(
    [newClientOrderId, newOrderRespType, clientAlgoId, workingType, algoType],
    found.isAlgo
      ? [undefined, undefined, order.clientOrderId, 'CONTRACT_PRICE', 'CONDITIONAL']
      : [order.clientOrderId, 'RESULT', undefined, undefined, undefined],
  );
  return { ...rest, endpoint: found.isAlgo ? 'algoOrder' : 'order' };
}

describe('placements', () => {
  test('spot: every type -> its words and parameters', () => {
    const sell = { ...MARKET, side: 'sell' } as const;
    assert.deepEqual(spot(MARKET), { type: 'MARKET' });
    assert.deepEqual(spot(LIMIT), { type: 'LIMIT', price: '95000', timeInForce: 'GTC' });
    assert.deepEqual(spot({ ...LIMIT, tif: 'fok' }), { type: 'LIMIT', price: '95000', timeInForce: 'FOK' });
    assert.deepEqual(spot({ ...LIMIT, postOnly: true }), { type: 'LIMIT_MAKER', price: '95000' });
    assert.deepEqual(spot({ ...sell, type: 'stop-market', trigger: '90000' }), {
      type: 'STOP_LOSS',
      stopPrice: '90000',
    });
    assert.deepEqual(spot({ ...sell, type: 'stop-limit', trigger: '90000', limit: '89900' }), {
      type: 'STOP_LOSS_LIMIT',
      stopPrice: '90000',
      price: '89900',
      timeInForce: 'GTC',
    });
    assert.deepEqual(spot({ ...sell, type: 'take-profit-market', trigger: '99000' }), {
      type: 'TAKE_PROFIT',
      stopPrice: '99000',
    });
    assert.deepEqual(spot({ ...sell, type: 'take-profit-limit', trigger: '99000', limit: '99100', tif: 'ioc' }), {
      type: 'TAKE_PROFIT_LIMIT',
      stopPrice: '99000',
      price: '99100',
      timeInForce: 'IOC',
    });
    assert.deepEqual(spot({ ...sell, type: 'trailing-stop', trail: '0.015' }), {
      type: 'STOP_LOSS',
      trailingDelta: '150',
    });
    assert.deepEqual(spot({ ...sell, type: 'trailing-stop', trail: '0.0500' }), {
      type: 'STOP_LOSS',
      trailingDelta: '500',
    });
  });

  test('USD-M: every type -> its endpoint, words and parameters', () => {
    const sell = { ...MARKET, side: 'sell', reduceOnly: true } as const;
    assert.deepEqual(usdm(MARKET), { type: 'MARKET', endpoint: 'order' });
    assert.deepEqual(usdm(LIMIT), { type: 'LIMIT', price: '95000', timeInForce: 'GTC', endpoint: 'order' });
    assert.deepEqual(usdm({ ...LIMIT, postOnly: true }), {
      type: 'LIMIT',
      price: '95000',
      timeInForce: 'GTX',
      endpoint: 'order',
    });
    assert.deepEqual(usdm({ ...LIMIT, tif: 'gtd', expireAtMs: 1_795_200_900_000.5 }), {
      type: 'LIMIT',
      price: '95000',
      timeInForce: 'GTD',
      goodTillDate: '1795200900000',
      endpoint: 'order',
    });
    const algo = { reduceOnly: 'true', endpoint: 'algoOrder' };
    assert.deepEqual(usdm({ ...sell, type: 'stop-market', trigger: '90000' }), {
      type: 'STOP_MARKET',
      triggerPrice: '90000',
      ...algo,
    });
    assert.deepEqual(usdm({ ...sell, type: 'stop-limit', trigger: '90000', limit: '89900' }), {
      type: 'STOP',
      triggerPrice: '90000',
      price: '89900',
      timeInForce: 'GTC',
      ...algo,
    });
    assert.deepEqual(usdm({ ...sell, type: 'take-profit-market', trigger: '99000' }), {
      type: 'TAKE_PROFIT_MARKET',
      triggerPrice: '99000',
      ...algo,
    });
    assert.deepEqual(usdm({ ...sell, type: 'take-profit-limit', trigger: '99000', limit: '99100' }), {
      type: 'TAKE_PROFIT',
      triggerPrice: '99000',
      price: '99100',
      timeInForce: 'GTC',
      ...algo,
    });
    assert.deepEqual(usdm({ ...sell, type: 'trailing-stop', trail: '0.015', trigger: '99000' }), {
      type: 'TRAILING_STOP_MARKET',
      callbackRate: '1.5',
      activatePrice: '99000',
      ...algo,
    });
  });

  test('USD-M: a stop that is good till a date -> sent with it', () => {
    const stop = {
      ...MARKET,
      type: 'stop-market',
      trigger: '99000',
      tif: 'gtd',
      expireAtMs: 1_795_200_900_000,
    } as const;
    assert.deepEqual(usdm(stop), {
      type: 'STOP_MARKET',
      triggerPrice: '99000',
      timeInForce: 'GTD',
      goodTillDate: '1795200900000',
      endpoint: 'algoOrder',
    });
  });

  test('USD-M in hedge mode: the position side -> instead of reduce only', () => {
    assert.deepEqual(usdm({ ...MARKET, side: 'sell', reduceOnly: true, positionSide: 'long' }), {
      type: 'MARKET',
      positionSide: 'LONG',
      endpoint: 'order',
    });
  });

  test('what makes no sense -> refused with a code, nothing mended', () => {
    const cases: readonly (readonly [Partial<OrderPlacement>, string])[] = [
      [{ clientOrderId: '' }, 'request-invalid'],
      [{ clientOrderId: 'a'.repeat(33) }, 'request-invalid'],
      [{ clientOrderId: 'with-dash' }, 'request-invalid'],
      [{ clientOrderId: 'a&quantity=9' }, 'request-invalid'],
      [{ quantity: '0' }, 'request-invalid'],
      [{ quantity: '0.000' }, 'request-invalid'],
      [{ quantity: '-1' }, 'request-invalid'],
      [{ quantity: '1e-7' }, 'request-invalid'],
      [{ quantity: 'NaN' }, 'request-invalid'],
      [{ quantity: '1&side=SELL' }, 'request-invalid'],
      [{ limit: '' }, 'request-invalid'],
      [{ type: 'market' }, 'request-invalid'],
      [{ trigger: '90000' }, 'request-invalid'],
      [{ type: 'stop-limit' }, 'request-invalid'],
      [{ postOnly: true, tif: 'ioc' }, 'request-invalid'],
      [{ tif: 'gtd' }, 'request-invalid'],
      [{ tif: 'gtd', expireAtMs: Number.NaN }, 'request-invalid'],
    ];
    for (const [change, code] of cases) {
      assert.equal(spot({ ...LIMIT, ...change }), code, JSON.stringify(change));
      assert.equal(usdm({ ...LIMIT, ...change }), code, JSON.stringify(change));
    }
  });

  test('what spot does not have -> unsupported; a trail between basis points -> filter-violated', () => {
    assert.equal(spot({ ...LIMIT, reduceOnly: true }), 'unsupported');
    assert.equal(spot({ ...LIMIT, tif: 'gtd', expireAtMs: 1 }), 'unsupported');
    assert.equal(spot({ ...MARKET, type: 'trailing-stop', trail: '0.01', trigger: '99000' }), 'unsupported');
    assert.equal(spot({ ...MARKET, type: 'trailing-stop', trail: '0.00015' }), 'filter-violated');
    assert.deepEqual(spot({ ...MARKET, type: 'trailing-stop', trail: '1' }), {
      type: 'STOP_LOSS',
      trailingDelta: '10000',
    });
  });

  test('a symbol with letters of another script -> percent-encoded', () => {
    const text = spotPlacement({ ...LIMIT, symbol: '１２３' });
    assert.ok(typeof text === 'string' && text.startsWith('symbol=%EF%BC%91%EF%BC%92%EF%BC%93&'));
  });
});
