import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, START_MS, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';

const HOUR_MS = 3_600_000;
/** Without fees, so that every figure is the formula's. */
const NO_FEES = { fees: { maker: '0', taker: '0' }, insurance: '1000' };

function desk(wallet: string, price = '95000', options: object = NO_FEES): UsdmDesk {
  const d = new UsdmDesk(options);
  d.deposit(wallet, 1);
  d.deposit('1000000', 2);
  d.mark(price);
  d.quote([[price, '50']], []);
  d.quote([[`${Number(price) - 0.1}`, '50']], [[price, '50']]);
  return d;
}

/** Buys or sells at exactly this price against the house. */
function fillAt(
  d: UsdmDesk,
  side: 'BUY' | 'SELL',
  price: string,
  quantity: string,
  more: Record<string, string> = {},
  account = 1,
): void {
  const level = [[price, '100']] as const;
  d.quote(side === 'SELL' ? level : [], side === 'BUY' ? level : []);
  d.limit(side, price, quantity, { timeInForce: 'IOC', ...more }, account);
}

function riskOf(d: UsdmDesk, side = 'BOTH', account = 1): Record<string, number> {
  const row = d.position(account, side);
  assert.ok(row);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

describe('usdm margin', () => {
  // The protocol's own checks: MMR 0.004 and cum 0 at 0.1 BTC; (1000 ∓ 9500) / (0.0004 ∓ 0.1).
  for (const [side, expected] of [
    ['BUY', (1000 - 9500) / (0.0004 - 0.1)],
    ['SELL', (1000 + 9500) / (0.0004 + 0.1)],
  ] as const) {
    test(`liquidation price: cross ${side} 0.1 at 95,000 with a wallet of 1,000 -> ${expected.toFixed(2)}`, () => {
      const d = desk('1000');
      fillAt(d, side, '95000', '0.100');
      assert.equal(riskOf(d)['liquidationPrice']!.toFixed(2), expected.toFixed(2));
    });

    test(`liquidation price: isolated ${side} 0.1 at 95,000 with 1,000 of margin -> ${expected.toFixed(2)}`, () => {
      const d = desk('10000');
      d.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
      fillAt(d, side, '95000', '0.100');
      // 9,500 / 20 = 475 were set aside; 525 more make 1,000.
      assert.equal(d.position()!['isolatedWallet'], '475');
      d.ok('POST /fapi/v1/positionMargin', { symbol: 'BTCUSDT', amount: '525', type: 1 });
      assert.equal(d.position()!['isolatedWallet'], '1000');
      assert.equal(riskOf(d)['liquidationPrice']!.toFixed(2), expected.toFixed(2));
    });
  }

  test('liquidation price: long 20 BTC at 95,000, wallet 200,000 -> the bracket of the notional at that price', () => {
    const d = desk('200000');
    fillAt(d, 'BUY', '95000', '20.000');
    // At about 85,554 the notional is 1,711,000: 600,000 to 3,000,000, MMR 0.0065, cum 950.
    const expected = (200_000 + 950 - 20 * 95_000) / (20 * 0.0065 - 20);
    assert.equal(riskOf(d)['liquidationPrice']!.toFixed(4), expected.toFixed(4));
  });

  test('liquidation price: hedge, long 1 and short 0.4 at 95,000 and 96,000, wallet 10,000 -> both legs in one formula', () => {
    const d = desk('10000');
    d.ok('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    fillAt(d, 'BUY', '95000', '1.000', { positionSide: 'LONG' });
    fillAt(d, 'SELL', '96000', '0.400', { positionSide: 'SHORT' });
    // At about 77,900 the legs are worth 77,900 (0.005, cum 50) and 31,160 (0.004, cum 0).
    const expected = (10_000 + 50 - 95_000 + 0.4 * 96_000) / (1 * 0.005 + 0.4 * 0.004 - 1 + 0.4);
    assert.equal(riskOf(d, 'LONG')['liquidationPrice']!.toFixed(4), expected.toFixed(4));
    assert.equal(riskOf(d, 'SHORT')['liquidationPrice']!.toFixed(4), expected.toFixed(4));
  });

  test('liquidation price: hedge, long 0.6 and short 0.1, wallet 15,000 -> the brackets of the legs there, not of the mark', () => {
    const d = desk('15000');
    d.ok('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    fillAt(d, 'BUY', '95000', '0.600', { positionSide: 'LONG' });
    fillAt(d, 'SELL', '96000', '0.100', { positionSide: 'SHORT' });
    // At the mark the long is worth 57,000 (0.005, cum 50), at about 64,960 only 38,976 (0.004, cum 0).
    const expected = (15_000 - 0.6 * 95_000 + 0.1 * 96_000) / (0.7 * 0.004 - 0.5);
    assert.equal(riskOf(d, 'LONG')['liquidationPrice']!.toFixed(4), expected.toFixed(4));
  });

  test('margins: long 1 BTC at 95,000, 20x, mark 96,000 -> initial 4,800, maintenance 430, unrealised 1,000', () => {
    const d = desk('10000');
    fillAt(d, 'BUY', '95000', '1.000');
    d.mark('96000');
    const account = d.ok('GET /fapi/v3/account');
    assert.deepEqual(
      pick(
        account,
        'totalInitialMargin',
        'totalMaintMargin',
        'totalUnrealizedProfit',
        'totalMarginBalance',
        'availableBalance',
      ),
      // 96,000 × 0.005 − 50 = 430; 10,000 + 1,000 − 4,800.
      ['4800', '430', '1000', '11000', '6200'],
    );
  });

  test('entry price: bought 1 at 95,000 and 1 at 96,000, sold 1 at 97,000, sold 2 at 97,000 -> 95,500, kept, then short at 97,000', () => {
    const d = desk('100000');
    fillAt(d, 'BUY', '95000', '1.000');
    fillAt(d, 'BUY', '96000', '1.000');
    assert.equal(d.position()!['entryPrice'], '95500');
    fillAt(d, 'SELL', '97000', '1.000');
    assert.deepEqual(pick(d.position(), 'positionAmt', 'entryPrice'), ['1.000', '95500']);
    fillAt(d, 'SELL', '97000', '2.000');
    assert.deepEqual(pick(d.position(), 'positionAmt', 'entryPrice'), ['-1.000', '97000']);
    // (97,000 − 95,500) twice.
    assert.equal(d.rows('GET /fapi/v2/balance')[0]!['balance'], '103000');
    const pnl = d.rows('GET /fapi/v1/income', { incomeType: 'REALIZED_PNL' }).map((r) => r['income']);
    assert.deepEqual(pnl, ['1500', '1500']);
  });

  // Price, quantity, leverage: exactly the money, and a cent less.
  for (const [quantity, leverage, needed] of [
    ['1.000', 20, 4750],
    ['1.000', 1, 95000],
    ['0.500', 100, 475],
  ] as const) {
    test(`order margin: buy ${quantity} at 95,000 with ${leverage}x -> accepted with ${needed}, refused with a cent less`, () => {
      for (const [wallet, expected] of [
        [`${needed}`, 200],
        [`${needed - 0.01}`, 400],
      ] as const) {
        const d = desk(wallet);
        d.ok('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage });
        d.quote([], []);
        const answer = d.call('POST /fapi/v1/order', {
          symbol: 'BTCUSDT',
          side: 'BUY',
          type: 'LIMIT',
          timeInForce: 'GTC',
          quantity,
          price: '95000',
        });
        assert.equal(answer.status, expected);
        if (expected === 400) assert.deepEqual(answer.body, { code: -2019, msg: 'Margin is insufficient.' });
      }
    });
  }

  test('order margin: a buy 1,000 above the mark -> its opening loss must be there, too', () => {
    // 96,000 / 20 = 4,800, and 1,000 of loss.
    for (const [wallet, status] of [
      ['5800', 200],
      ['5799.99', 400],
    ] as const) {
      const d = desk(wallet);
      d.quote([], []);
      const order = {
        symbol: 'BTCUSDT',
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '1',
        price: '96000',
      };
      assert.equal(d.call('POST /fapi/v1/order', order).status, status);
    }
  });

  test('order margin: buys and sells resting -> the larger side counts; both legs count in hedge mode', () => {
    const d = desk('10000');
    d.quote([], []);
    d.limit('BUY', '94000', '1.000');
    d.limit('SELL', '96000', '1.000');
    assert.equal(d.ok('GET /fapi/v3/account')['totalOpenOrderInitialMargin'], '4800');
    d.ok('DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' });
    d.ok('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    d.limit('BUY', '94000', '1.000', { positionSide: 'LONG' });
    d.limit('SELL', '96000', '1.000', { positionSide: 'SHORT' });
    assert.equal(d.ok('GET /fapi/v3/account')['totalOpenOrderInitialMargin'], '9500');
  });

  test('leverage: brackets -> orders beyond what a leverage allows are refused, and leverage beyond what a position allows', () => {
    const d = desk('1000000');
    d.ok('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 125 });
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '94000' };
    // 0.532 × 94,000 = 50,008 is in the second bracket: 100x.
    assert.equal(d.code('POST /fapi/v1/order', { ...order, quantity: '0.532' }), -2027);
    assert.equal(d.ok('POST /fapi/v1/order', { ...order, quantity: '0.531' })['status'], 'NEW');
    d.ok('DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' });
    assert.equal(d.ok('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 50 })['maxNotionalValue'], '12000000');
    fillAt(d, 'BUY', '95000', '7.000');
    assert.equal(d.code('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 100 }), -2027);
    assert.equal(d.code('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 126 }), -4028);
    assert.equal(d.ok('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 75 })['leverage'], 75);
    assert.deepEqual(d.eventsOf('ACCOUNT_CONFIG_UPDATE').at(-1)!['ac'], { s: 'BTCUSDT', l: 75 });
  });

  test('leverage: isolated position -> raised, never lowered; cross lowered below the money -> refused', () => {
    const d = desk('5000');
    fillAt(d, 'BUY', '95000', '1.000');
    assert.equal(d.code('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 10 }), -2028);
    assert.equal(d.rows('GET /fapi/v1/symbolConfig', { symbol: 'BTCUSDT' })[0]!['leverage'], 20);
    const e = desk('10000');
    e.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    fillAt(e, 'BUY', '95000', '1.000');
    assert.equal(e.code('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 10 }), -4161);
    e.ok('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 50 });
    assert.equal(e.position()!['isolatedWallet'], '4750', 'what was set aside stays');
    assert.equal(e.position()!['positionInitialMargin'], '1900');
  });

  test('funding: 0.01 % at 08:00 on long 1 and short 0.5 at mark 96,000 -> pays 9.6, receives 4.8; the next at 16:00', () => {
    const d = desk('100000', '95000', { ...NO_FEES });
    fillAt(d, 'BUY', '95000', '1.000', {}, 1);
    fillAt(d, 'SELL', '95000', '0.500', {}, 2);
    d.mark('96000');
    const eight = Math.floor(START_MS / (8 * HOUR_MS) + 1) * 8 * HOUR_MS;
    assert.equal(d.ok('GET /fapi/v1/premiumIndex', { symbol: 'BTCUSDT' })['nextFundingTime'], eight);
    d.stepTo(eight - 1);
    assert.deepEqual(d.rows('GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' }), []);
    d.stepTo(eight);
    const [paid] = d.rows('GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' }, 1);
    const [received] = d.rows('GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' }, 2);
    assert.deepEqual(pick(paid, 'income', 'symbol', 'time'), ['-9.6', 'BTCUSDT', eight]);
    assert.equal(received!['income'], '4.8');
    const update = d.eventsOf('ACCOUNT_UPDATE').at(-1)!['a'] as {
      m: string;
      B: { wb: string; bc: string }[];
      P: unknown[];
    };
    assert.deepEqual([update.m, update.B[0]!.wb, update.B[0]!.bc, update.P], ['FUNDING_FEE', '99990.4', '-9.6', []]);
    const [row] = d.rows('GET /fapi/v1/fundingRate', { symbol: 'BTCUSDT' });
    assert.deepEqual(pick(row, 'fundingRate', 'fundingTime', 'markPrice'), ['0.00010000', eight, '96000.00000000']);
    d.step(8 * HOUR_MS);
    assert.equal(d.rows('GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' }).length, 2);
  });

  test('funding: isolated -> out of its margin, told with the position', () => {
    const d = desk('10000');
    d.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    fillAt(d, 'BUY', '95000', '1.000');
    d.step(8 * HOUR_MS);
    assert.equal(d.position()!['isolatedWallet'], '4740.5');
    const update = d.eventsOf('ACCOUNT_UPDATE').at(-1)!['a'] as {
      B: { cw: string }[];
      P: { iw: string; mt: string }[];
    };
    assert.deepEqual([update.B[0]!.cw, update.P[0]!.iw, update.P[0]!.mt], ['5250', '4740.5', 'isolated']);
  });

  test('funding: mark 0.2 % above the index for the whole interval -> premium less 0.05 %; far above -> the cap of 0.3 %', () => {
    const d = new UsdmDesk(NO_FEES);
    const eight = Math.floor(START_MS / (8 * HOUR_MS) + 1) * 8 * HOUR_MS;
    d.product.house.mark!('BTCUSDT', '95190', '95000');
    d.stepTo(eight);
    const rates = (): unknown[] =>
      d.rows('GET /fapi/v1/fundingRate', { symbol: 'BTCUSDT' }).map((r) => r['fundingRate']);
    assert.deepEqual(rates(), ['0.00150000']);
    d.product.house.mark!('BTCUSDT', '97000', '95000');
    d.step(8 * HOUR_MS);
    assert.deepEqual(rates(), ['0.00150000', '0.00300000']);
  });
});
