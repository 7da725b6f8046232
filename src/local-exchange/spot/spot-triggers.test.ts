import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fields, plain, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const ANN = 1;
const BOB = 2;
const ORDER = 'POST /api/v3/order';

/** A deep house around 40,000, last price 40,000, Ann and Bob rich; no fees. */
function scene(): SpotScene {
  const s = new SpotScene({ fees: { makerRate: '0', takerRate: '0' } });
  for (const who of [ANN, BOB]) {
    s.deposit(who, 'USDT', '10000000');
    s.deposit(who, 'BTC', '100');
  }
  s.product.house.quote('BTCUSDT', [{ price: '30000', quantity: '50' }], [{ price: '50000', quantity: '50' }]);
  s.product.house.trade('BTCUSDT', 'buy', '40000', '1');
  return s;
}

/** Moves the last price through these prices. */
function trades(s: SpotScene, ...prices: number[]): void {
  for (const price of prices) s.product.house.trade('BTCUSDT', 'buy', price.toFixed(2), '0.001');
}
const status = (s: SpotScene, order: Row): string => {
  const o = s.query(order['orderId']!);
  return `${o['status']} ${plain(o['executedQty'])}${Number(o['workingTime']) >= 0 ? ' works' : ''}`;
};

describe('spot triggers', () => {
  const kinds: readonly (readonly [type: string, side: string, stop: number, before: number, at: number])[] = [
    ['STOP_LOSS', 'BUY', 41_000, 40_999.99, 41_000],
    ['STOP_LOSS', 'SELL', 39_000, 39_000.01, 39_000],
    ['TAKE_PROFIT', 'SELL', 41_000, 40_999.99, 41_000.01],
    ['TAKE_PROFIT', 'BUY', 39_000, 39_000.01, 38_999],
  ];
  for (const [type, side, stop, before, at] of kinds) {
    test(`spot triggers: ${type} ${side} at ${stop} -> waits at ${before}, a market order at ${at}`, () => {
      const s = scene();
      const order = s.order({ side, type, quantity: '1', stopPrice: stop });
      trades(s, before);
      assert.equal(status(s, order), 'NEW 0');
      trades(s, at);
      assert.equal(status(s, order), 'FILLED 1 works');
      const price = side === 'BUY' ? 50_000 : 30_000;
      const moved = side === 'BUY' ? `${10_000_000 - price}/0` : `${10_000_000 + price}/0`;
      assert.equal(s.balance('USDT'), moved);
      const reports = s.reports(ANN, 0, 'w');
      assert.deepEqual(reports, ['1 NEW NEW w=false', '1 NEW NEW w=true', '1 TRADE FILLED w=false']);
    });
    test(`spot triggers: ${type} ${side} with a stop that is reached -> refused`, () => {
      const s = scene();
      const stopPrice = 40_000;
      const fields = { symbol: 'BTCUSDT', side, type, quantity: '1', stopPrice };
      assert.equal(s.refused(ORDER, fields), '-2010 Order would trigger immediately.');
    });
  }

  test('spot triggers: STOP_LOSS_LIMIT sell -> works at its limit after the trigger, cancel frees it', () => {
    const s = scene();
    const fields = {
      side: 'SELL',
      type: 'STOP_LOSS_LIMIT',
      timeInForce: 'GTC',
      quantity: '1',
      price: '38900',
      stopPrice: '39000',
    };
    const order = s.order(fields);
    assert.deepEqual(s.book('asks'), ['50000 x 50']);
    s.advance(5);
    trades(s, 38_950);
    assert.equal(status(s, order), 'NEW 0 works');
    assert.equal(Number(s.query(order['orderId']!)['workingTime']), s.nowMs);
    assert.deepEqual(s.book('asks'), ['38900 x 1', '50000 x 50']);
    s.ok('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: Number(order['orderId']) });
    assert.equal(s.balance('BTC'), '100/0');
  });

  test('spot triggers: one trade that sets off another -> in one command, in the order of their stops', () => {
    const s = scene();
    s.limit('SELL', '1', '41500', BOB);
    const first = s.order({ side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '41000' });
    const second = s.order({ side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '41400' });
    trades(s, 41_000);
    assert.equal(status(s, first), 'FILLED 1 works', 'at 41,500, which reaches the second');
    assert.equal(status(s, second), 'FILLED 1 works');
    assert.equal(plain(s.query(second['orderId']!)['cummulativeQuoteQty']), '50000');
    assert.deepEqual(s.complaints(), []);
  });

  test('spot triggers: market stop that its account cannot pay -> fills what the funds reach, the rest expires', () => {
    const s = scene();
    s.deposit(3, 'USDT', '41000');
    const order = s.order({ side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '41000' }, 3);
    trades(s, 41_000);
    const o = s.query(order['orderId']!, 3);
    assert.deepEqual([o['status'], plain(o['executedQty']), o['expiryReason']], ['EXPIRED', '0.82', 'REJECTED']);
    assert.equal(s.balance('USDT', 3), '0/0');
    assert.match(s.reports(3, 0, 'r').at(-1)!, /EXPIRED EXPIRED r=INSUFFICIENT_BALANCES/);
    assert.deepEqual(s.complaints(), []);
  });

  test('spot triggers: two at one stop price -> the older first', () => {
    const s = scene();
    s.limit('SELL', '1', '41500', BOB);
    const orders = [1, 2].map(() => s.order({ side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '41000' }));
    trades(s, 41_000);
    assert.deepEqual(
      orders.map((o) => plain(s.query(o['orderId'])['cummulativeQuoteQty'])),
      ['41500', '50000'],
    );
  });

  test('spot triggers: market stop whose funds do not pay for one lot -> expires unfilled', () => {
    const s = scene();
    s.deposit(3, 'USDT', '5.07');
    const order = s.order({ side: 'BUY', type: 'TAKE_PROFIT', quantity: '0.00013', stopPrice: '39000' }, 3);
    s.product.house.quote('BTCUSDT', [], [{ price: '600000', quantity: '1' }]);
    trades(s, 39_000);
    const o = s.query(order['orderId'], 3);
    assert.deepEqual([o['status'], plain(o['executedQty']), o['expiryReason']], ['EXPIRED', '0', 'REJECTED']);
    assert.equal(s.balance('USDT', 3), '5.07/0');
  });

  // The five scenarios of Binance's trailing stop FAQ.
  const trailing: readonly {
    readonly name: string;
    readonly fields: Fields;
    readonly quiet: readonly number[];
    readonly fires: number;
  }[] = [
    {
      name: 'A: STOP_LOSS_LIMIT buy, stop 44,000, 500 bips',
      fields: { type: 'STOP_LOSS_LIMIT', side: 'BUY', stopPrice: 44_000, trailingDelta: 500, price: 45_000 },
      quiet: [39_000, 37_000, 42_000, 44_000, 45_000, 46_000, 44_000, 42_000, 44_099.99],
      fires: 44_100,
    },
    {
      name: 'B: STOP_LOSS_LIMIT sell, stop 39,000, 1000 bips',
      fields: { type: 'STOP_LOSS_LIMIT', side: 'SELL', stopPrice: 39_000, trailingDelta: 1000, price: 38_000 },
      quiet: [41_500, 39_000, 37_000, 41_000, 38_000, 36_900.01],
      fires: 36_900,
    },
    {
      name: 'C: TAKE_PROFIT_LIMIT buy, stop 38,000, 850 bips',
      fields: { type: 'TAKE_PROFIT_LIMIT', side: 'BUY', stopPrice: 38_000, trailingDelta: 850, price: 38_500 },
      quiet: [42_000, 38_000, 37_000, 39_000, 38_000, 40_144.99],
      fires: 40_145,
    },
    {
      name: 'D: TAKE_PROFIT_LIMIT sell, stop 42,000, 750 bips',
      fields: { type: 'TAKE_PROFIT_LIMIT', side: 'SELL', stopPrice: 42_000, trailingDelta: 750, price: 41_000 },
      quiet: [41_500, 39_000, 42_000, 45_000, 44_000, 46_500, 43_012.51],
      fires: 43_012.5,
    },
    {
      name: 'E: STOP_LOSS_LIMIT sell without a stop, 700 bips',
      fields: { type: 'STOP_LOSS_LIMIT', side: 'SELL', trailingDelta: 700, price: 39_000 },
      quiet: [40_000, 42_000, 39_500, 45_500, 42_315.01],
      fires: 42_315,
    },
  ];
  for (const { name, fields, quiet, fires } of trailing) {
    test(`spot triggers: trailing ${name} -> fires at ${fires}, not before`, () => {
      const s = scene();
      const order = s.order({ timeInForce: 'GTC', quantity: '1', ...fields });
      assert.equal(order['trailingTime'], -1);
      trades(s, ...quiet);
      assert.equal(status(s, order), 'NEW 0');
      assert.ok(Number(s.query(order['orderId']!)['trailingTime']) > 0, 'it follows');
      trades(s, fires);
      assert.match(status(s, order), /works$/);
    });
  }
});
