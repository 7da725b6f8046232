import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fields, plain, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';
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

describe('spot cancelReplace', () => {
  const replacement = { ...limit, price: '48000' };
  const gone = 99;
  const replaces: readonly (readonly [
    name: string,
    mode: string,
    cancel: 'open' | 'gone',
    fields: Fields,
    status: number,
    code: number | undefined,
    results: string,
  ])[] = [
    ['both fine', 'STOP_ON_FAILURE', 'open', replacement, 200, undefined, 'SUCCESS SUCCESS'],
    ['nothing to cancel, stop', 'STOP_ON_FAILURE', 'gone', replacement, 400, -2022, 'FAILURE NOT_ATTEMPTED'],
    ['nothing to cancel, go on', 'ALLOW_FAILURE', 'gone', replacement, 409, -2021, 'FAILURE SUCCESS'],
    [
      'new order refused, stop',
      'STOP_ON_FAILURE',
      'open',
      { ...replacement, side: 'SELL', price: '70000', quantity: '100', newClientOrderId: 'taken' },
      409,
      -2021,
      'SUCCESS FAILURE',
    ],
    [
      'new order refused, go on',
      'ALLOW_FAILURE',
      'open',
      { ...replacement, newClientOrderId: 'taken' },
      409,
      -2021,
      'SUCCESS FAILURE',
    ],
    [
      'nothing goes',
      'ALLOW_FAILURE',
      'gone',
      { ...replacement, newClientOrderId: 'taken' },
      400,
      -2022,
      'FAILURE FAILURE',
    ],
  ];
  for (const [name, mode, cancel, fields, status, code, results] of replaces) {
    test(`spot cancelReplace: ${name} -> ${status}, ${results}`, () => {
      const s = scene();
      s.ok('POST /api/v3/order', { ...limit, newClientOrderId: 'taken' });
      const old = s.ok('POST /api/v3/order', { ...limit, quantity: '2' });
      const { status: answered, body } = s.call('POST /api/v3/order/cancelReplace', {
        ...fields,
        cancelReplaceMode: mode,
        cancelOrderId: cancel === 'open' ? Number(old['orderId']) : gone,
      });
      const row = body as Row;
      const data = (code === undefined ? row : row['data']) as Row;
      assert.deepEqual([answered, row['code']], [status, code]);
      assert.equal(`${data['cancelResult']} ${data['newOrderResult']}`, results);
      if (results.endsWith('NOT_ATTEMPTED')) assert.equal(data['newOrderResponse'], null);
      assert.equal(s.query(old['orderId']!)['status'], cancel === 'open' ? 'CANCELED' : 'NEW');
      assert.deepEqual(s.complaints(), []);
    });
  }

  test('spot cancelReplace: a new order that fails a filter -> nothing is canceled', () => {
    const s = scene();
    const old = s.ok('POST /api/v3/order', limit);
    const fields = {
      ...replacement,
      quantity: '0.0001',
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelOrderId: Number(old['orderId']),
    };
    assert.equal(s.refused('POST /api/v3/order/cancelReplace', fields), '-1013 Filter failure: NOTIONAL');
    assert.equal(s.query(old['orderId']!)['status'], 'NEW');
  });

  test('spot cancelReplace: funds that only the cancel frees -> the new order gets them', () => {
    const s = scene();
    s.deposit(2, 'USDT', '49000');
    const old = s.ok('POST /api/v3/order', limit, 2);
    s.ok(
      'POST /api/v3/order/cancelReplace',
      { ...replacement, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: Number(old['orderId']) },
      2,
    );
    assert.equal(s.balance('USDT', 2), '1000/48000');
    assert.equal(plain(s.list('GET /api/v3/openOrders', {}, 2)[0]!['price']), '48000');
  });
});
