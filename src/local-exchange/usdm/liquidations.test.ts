import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, type Row, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';
import { DEFAULT_LISTING } from './listing.ts';

/** Without fees; 1,000 USDT in the insurance fund; house ready at the price. */
function desk(wallet: string): UsdmDesk {
  const d = new UsdmDesk({ fees: { maker: '0', taker: '0' }, insurance: '1000' });
  d.deposit(wallet, 1);
  d.deposit('1000000', 2);
  d.mark('95000');
  d.quote([['94999.9', '50']], [['95000', '50']]);
  return d;
}

const insurance = (d: UsdmDesk): string => {
  const assets = d.ok('GET /fapi/v1/insuranceBalance')['assets'] as { marginBalance: string }[];
  return assets[0]!.marginBalance;
};
const wallet = (d: UsdmDesk, account = 1): unknown => d.rows('GET /fapi/v2/balance', {}, account)[0]!['balance'];

describe('usdm liquidation', () => {
  test('liquidation: cross long 0.1 from 95,000 with 1,000 -> lives at 85,341.4, is closed at 85,341.3, fee 1.25 % to the fund', () => {
    const d = desk('1000');
    d.market('BUY', '0.100');
    d.quote([['85341.3', '50']], [['95000', '50']]);
    d.mark('85341.4');
    assert.equal(d.position()!['positionAmt'], '0.100');
    d.mark('85341.3');
    assert.equal(d.position(), undefined);
    // Closed at 85,341.3 on the book: 1,000 − 965.87 = 34.13 are left, less than the fee of 106.68, which takes it all.
    assert.equal(wallet(d), '0');
    assert.equal(insurance(d), '1034.13');
    const [order] = d.rows('GET /fapi/v1/forceOrders', { symbol: 'BTCUSDT' });
    assert.deepEqual(pick(order, 'clientOrderId', 'status', 'avgPrice', 'timeInForce', 'price'), [
      'autoclose-1',
      'FILLED',
      '85341.3',
      'IOC',
      '85000',
    ]);
    assert.deepEqual(pick(d.orderEvents().at(-1), 'x', 'o', 'ot', 'X', 'rp'), [
      'CALCULATED',
      'LIQUIDATION',
      'LIQUIDATION',
      'FILLED',
      '-965.87',
    ]);
    const types = d.rows('GET /fapi/v1/income').map((r) => [r['incomeType'], r['income']]);
    assert.deepEqual(types, [
      ['TRANSFER', '1000'],
      ['REALIZED_PNL', '-965.87'],
      ['INSURANCE_CLEAR', '-34.13'],
    ]);
  });

  test('liquidation: open orders -> cancelled first, with er 5', () => {
    const d = desk('1000');
    d.market('BUY', '0.100');
    const resting = d.limit('BUY', '90300', '0.002');
    d.quote([['85000', '50']], []);
    d.mark('85000');
    const order = d.ok('GET /fapi/v1/order', { symbol: 'BTCUSDT', orderId: Number(resting['orderId']) });
    assert.equal(order['status'], 'CANCELED');
    const events = d.orderEvents().map((e) => [e['x'], e['er']]);
    assert.deepEqual(events.slice(-3), [
      ['CANCELED', '5'],
      ['NEW', '0'],
      ['CALCULATED', '0'],
    ]);
  });

  test('liquidation: no bids above bankruptcy -> the fund takes over at 85,000 and loses what the mark is below', () => {
    const d = desk('1000');
    d.market('BUY', '0.100');
    d.quote([['80000', '50']], []);
    d.mark('84000');
    assert.equal(d.position(), undefined);
    assert.equal(wallet(d), '0');
    // Taken over at 85,000, passed on at 84,000: 0.1 × 1,000.
    assert.equal(insurance(d), '900');
    assert.equal(d.ok('GET /fapi/v1/openInterest', { symbol: 'BTCUSDT' })['openInterest'], '0.000');
  });

  test('liquidation: half of it on the book above bankruptcy -> that first, the rest to the fund', () => {
    const d = desk('1000');
    d.market('BUY', '0.100');
    d.quote(
      [
        ['85300', '0.04'],
        ['80000', '50'],
      ],
      [],
    );
    d.mark('85300');
    assert.equal(d.position(), undefined);
    const trades = d.rows('GET /fapi/v1/userTrades', { symbol: 'BTCUSDT' }).slice(1);
    assert.deepEqual(
      trades.map((t) => [t['price'], t['qty']]),
      [
        ['85300', '0.040'],
        ['85000', '0.060'],
      ],
    );
    // 0.04 × 300 = 12 were left of the first part and are its fee; the rest was taken at 85,000, at a mark of 85,300: 18 gained.
    assert.equal(wallet(d), '0');
    assert.equal(insurance(d), '1030');
  });

  test('liquidation: isolated short -> loses its margin only; the other symbol and the cash stay', () => {
    const d = desk('10000');
    d.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    d.market('SELL', '0.100');
    d.product.house.mark!('ETHUSDT', '3000', '3000');
    d.quote([['2999', '50']], [['3000', '50']], 'ETHUSDT');
    d.ok('POST /fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '1' });
    d.quote([], [['110000', '50']]);
    d.mark('105000');
    assert.equal(d.position(), undefined);
    assert.equal(d.position(1, 'BOTH', 'ETHUSDT')!['positionAmt'], '1.000');
    // 9,499.99 / 20 = 474.9995 rounded up was set aside, and is lost.
    assert.equal(wallet(d), '9525.0005');
  });

  test('liquidation: cross with two positions, a small fee -> the larger loss first, the other lives on what is left', () => {
    const instruments = DEFAULT_LISTING.map((contract) => ({ ...contract, liquidationFee: '0.001' }));
    const d = new UsdmDesk({ fees: { maker: '0', taker: '0' }, instruments });
    d.deposit('2000', 1);
    d.mark('95000');
    d.quote([], [['95000', '50']]);
    d.product.house.mark!('ETHUSDT', '3000', '3000');
    d.quote([], [['3000', '50']], 'ETHUSDT');
    d.market('BUY', '0.400');
    d.ok('POST /fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' });
    d.quote([['90300', '50']], []);
    d.mark('90300');
    assert.equal(d.position(), undefined);
    assert.equal(d.position(1, 'BOTH', 'ETHUSDT')!['positionAmt'], '0.100');
    // 2,000 − 0.4 × 4,700 − 0.1 % of 36,120.
    assert.equal(wallet(d), '83.88');
  });

  test('funding: 5 % of an isolated long at mark 96,000, more than its margin of 4,750 -> the fund pays 50, the position goes', () => {
    const instruments = DEFAULT_LISTING.map((contract) => ({ ...contract, fundingRate: '0.05' }));
    const d = new UsdmDesk({ fees: { maker: '0', taker: '0' }, instruments, insurance: '1000' });
    d.deposit('10000', 1);
    d.ok('POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    d.mark('95000');
    d.quote([], [['95000', '50']]);
    d.market('BUY', '1.000');
    d.quote([['94000', '50']], []);
    d.mark('96000');
    d.step(8 * 3_600_000);
    const rows = d.rows('GET /fapi/v1/income').map((r) => [r['incomeType'], r['income']]);
    assert.deepEqual(rows, [
      ['TRANSFER', '10000'],
      ['FUNDING_FEE', '-4800'],
      ['INSURANCE_CLEAR', '50'],
    ]);
    // 1,000 of profit stand behind it, 430 must: it lives until 95,427.14.
    assert.deepEqual(pick(d.position(), 'isolatedWallet', 'isolatedMargin'), ['0', '1000']);
    d.mark('95427.1');
    assert.equal(d.position(), undefined);
    // Taken over at 95,000, passed on at 95,427.1: the 50 came back.
    assert.equal(insurance(d), '1377.1');
    assert.equal(wallet(d), '5250');
  });

  test('margin call: maintenance above 80 % of the balance -> told once, again after a recovery', () => {
    const d = desk('1000');
    d.market('BUY', '0.100');
    const calls = () => d.eventsOf('MARGIN_CALL').length;
    d.mark('85500');
    assert.equal(calls(), 0);
    d.mark('85425');
    d.mark('85424');
    assert.equal(calls(), 1);
    d.mark('95000');
    d.mark('85425');
    assert.equal(calls(), 2);
    const [call] = d.eventsOf('MARGIN_CALL');
    assert.deepEqual(
      (call!['p'] as Row[]).map((p) => pick(p, 's', 'pa', 'mt', 'mp')),
      [['BTCUSDT', '0.100', 'CROSSED', '85425.00000000']],
    );
  });

  test('forceOrder stream: two closings within a second -> the larger one', () => {
    const d = desk('1000');
    d.deposit('2000', 2);
    d.listen('btcusdt@forceOrder');
    d.listen('!forceOrder@arr');
    d.market('BUY', '0.100', {}, 1);
    d.quote([['85000', '50']], []);
    d.mark('85000');
    d.step(1000);
    const [event] = d.heard('btcusdt@forceOrder');
    assert.deepEqual(pick(event!['o'] as Row, 's', 'S', 'q', 'p', 'ap', 'X', 'z'), [
      'BTCUSDT',
      'SELL',
      '0.100',
      '85000',
      '85000',
      'FILLED',
      '0.100',
    ]);
    assert.equal(d.heard('!forceOrder@arr').length, 1);
  });
});
