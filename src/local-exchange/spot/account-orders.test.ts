import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const ANN = 1;

describe('spot orders that are remembered', () => {
  test('spot orders: more than are kept -> the oldest closed ones are forgotten, open ones never', () => {
    const s = new SpotScene({ keptOrders: 10 });
    s.deposit(ANN, 'USDT', '100000');
    const open = s.limit('BUY', '1', '90', ANN, { newClientOrderId: 'open' });
    for (let i = 0; i < 40; i++) {
      const { orderId } = s.limit('BUY', '1', '80', ANN, { newClientOrderId: `id-${i}` });
      s.ok('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: Number(orderId) });
    }
    const kept = s.list('GET /api/v3/allOrders', { symbol: 'BTCUSDT' }).map((o) => Number(o['orderId']));
    assert.deepEqual([kept[0], kept.at(-1), kept.length >= 10 && kept.length <= 21], [1, 41, true], kept.join());
    assert.equal(s.query(open['orderId']!)['status'], 'NEW');
    assert.match(s.refused('GET /api/v3/order', { symbol: 'BTCUSDT', orderId: 2 }), /^-2013 /);
    assert.match(s.refused('GET /api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'id-0' }), /^-2013 /);
  });
});
