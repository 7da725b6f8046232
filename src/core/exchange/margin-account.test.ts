import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Instrument, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { MarginAccount } from './margin-account.ts';
import { entryPrice } from './margin-position.ts';
import { VENUE_REFUSALS } from './venue-refusal.ts';

const definition: InstrumentDefinition = {
  id: 'TEST:BTCUSDT',
  kind: 'linear-perpetual',
  base: 'BTC',
  quote: 'USDT',
  tick: '1',
  lot: '0.001',
  marginTiers: [
    { notionalFloor: 0, maintenanceRate: 0.005, maxLeverage: 100 },
    { notionalFloor: 100_000, maintenanceRate: 0.01, maxLeverage: 50, maintenanceAmount: 500 },
  ],
};
/** Amounts in cents. */
const btc = new Instrument(definition, 0, 2);
const eth = new Instrument({ ...definition, id: 'TEST:ETHUSDT', base: 'ETH' }, 1, 2);
/** Contracts of 100 USD, amounts in satoshi. */
const coin = new Instrument(
  {
    ...definition,
    id: 'TEST:BTCUSD',
    kind: 'inverse-perpetual',
    lot: '1',
    contractSize: '100',
    marginTiers: [
      { notionalFloor: 0, maintenanceRate: 0.004, maxLeverage: 100 },
      { notionalFloor: 5, maintenanceRate: 0.01, maxLeverage: 50, maintenanceAmount: 0.03 },
    ],
  },
  2,
  8,
);
const CENTS = 100;
const COIN = 1e8;

const said = (code: number): string => VENUE_REFUSALS[code]!;

describe('margin account: scenarios worked by hand', () => {
  test('margin account: cross long 1 BTC at 50,000, 10x, wallet 8,000, mark 49,000 -> every figure of the sheet', () => {
    const account = new MarginAccount();
    account.deposit(8_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'cross', leverage: 10 });
    // Margin of the order 50,000 / 10 = 5,000, fee 0.05 % = 25: 8,000 is enough.
    assert.equal(said(account.reserve(i, 1, 1_000, 50_000 * CENTS, 25 * CENTS)), 'accepted');
    assert.equal(account.availableQuanta(), 3_000 * CENTS);
    account.unreserve(i, 1, 1_000, 50_000 * CENTS);
    account.fill(i, 1, 1_000, 50_000, 25 * CENTS);
    account.mark(i, 49_000);
    // Cash 7,975, loss 1,000: equity 6,975. Initial margin at mark 4,900: available 2,075. Maintenance 0.5 % × 49,000 = 245.
    assert.equal(account.equityQuanta(), 6_975 * CENTS);
    assert.equal(account.availableQuanta(), 2_075 * CENTS);
    assert.equal(account.maintenanceQuanta(i), 245 * CENTS);
    assert.equal(account.marginRatio(i), 245 / 6_975);
    // P = (50,000 − 7,975) / 0.995 = 42,236.18…: the wallet's 7,975 stands behind it.
    assert.equal(account.liquidationPrice(i)!.toFixed(6), (42_025 / 0.995).toFixed(6));
    assert.equal(account.mustLiquidate(i), false);
    account.mark(i, 42_236);
    assert.equal(account.mustLiquidate(i), true);
  });

  test('margin account: isolated long 1 BTC at 50,000, 10x, sold at 40,000 -> loses its 5,000, the fund pays 5,000 and the fee', () => {
    const account = new MarginAccount();
    account.deposit(8_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'isolated', leverage: 10 });
    account.fill(i, 1, 1_000, 50_000, 25 * CENTS);
    assert.deepEqual([account.cashQuanta, account.positions[i]!.marginQuanta], [2_975 * CENTS, 5_000 * CENTS]);
    // P = (50,000 − 5,000) / 0.995.
    assert.equal(account.liquidationPrice(i)!.toFixed(6), (45_000 / 0.995).toFixed(6));
    assert.equal(account.fill(i, -1, 1_000, 40_000, 20 * CENTS), -10_000 * CENTS);
    assert.deepEqual([account.cashQuanta, account.insuranceQuanta], [2_975 * CENTS, 5_020 * CENTS]);
  });

  test('margin account: isolated short 1 BTC at 50,000, 10x, half covered at 48,000 -> half the margin and 1,000 return', () => {
    const account = new MarginAccount();
    account.deposit(6_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'isolated', leverage: 10 });
    account.fill(i, -1, 1_000, 50_000, 0);
    assert.equal(account.fill(i, 1, 500, 48_000, 0), 1_000 * CENTS);
    assert.deepEqual([account.cashQuanta, account.positions[i]!.marginQuanta], [4_500 * CENTS, 2_500 * CENTS]);
    assert.equal(entryPrice(account.positions[i]!), 50_000);
  });

  test('margin account: inverse long 100 contracts of 100 USD at 20,000, 5x isolated, closed at 25,000 -> 0.1 BTC', () => {
    const account = new MarginAccount();
    account.deposit(1 * COIN);
    const i = account.addPosition(coin, { mode: 'isolated', leverage: 5 });
    account.fill(i, 1, 100, 20_000, 0);
    // Value 10,000 / 20,000 = 0.5 BTC, margin 0.1. P = 10,000 × 1.004 / (0.1 + 0.5) = 16,733.33…
    assert.equal(account.positions[i]!.marginQuanta, 0.1 * COIN);
    assert.equal(account.liquidationPrice(i)!.toFixed(6), (10_040 / 0.6).toFixed(6));
    // 10,000 × (1/20,000 − 1/25,000) = 0.1.
    assert.equal(account.fill(i, -1, 100, 25_000, 0), 0.1 * COIN);
    assert.equal(account.cashQuanta, 110_000_000);
  });

  test('margin account: position turned from long 1 at 100 to short 2 at 110 -> realises 10, enters at 110', () => {
    const account = new MarginAccount();
    account.deposit(1_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'cross', leverage: 2 });
    account.fill(i, 1, 1_000, 100, 0);
    assert.equal(account.fill(i, -1, 3_000, 110, 3), 10 * CENTS);
    assert.deepEqual([account.positions[i]!.lots, entryPrice(account.positions[i]!)], [-2_000, 110]);
    assert.equal(account.cashQuanta, 1_010 * CENTS - 3);
  });

  test('margin account: hedge, long 2 and short 1 at 10,000, cross, wallet 1,000 -> liquidated as one', () => {
    const account = new MarginAccount();
    account.deposit(1_000 * CENTS);
    const long = account.addPosition(btc, { mode: 'cross', leverage: 50, leg: 1 });
    const short = account.addPosition(btc, { mode: 'cross', leverage: 50, leg: -1 });
    account.fill(long, 1, 2_000, 10_000, 0);
    account.fill(short, -1, 1_000, 10_000, 0);
    // 1,000 + (P − 10,000) = 0.5 % × 3 P → P = 9,000 / 0.985 = 9,137.05…, the same for both legs.
    for (const i of [long, short]) assert.equal(account.liquidationPrice(i)!.toFixed(6), (9_000 / 0.985).toFixed(6));
    assert.throws(() => account.fill(long, -1, 3_000, 10_000, 0), /hedge leg/);
  });

  test('margin account: funding of 0.01 % on cross long 1 BTC at mark 50,000 -> pays 5; isolated short -> receives into its margin', () => {
    const account = new MarginAccount();
    account.deposit(20_000 * CENTS);
    const long = account.addPosition(btc, { mode: 'cross', leverage: 10, leg: 1 });
    const short = account.addPosition(btc, { mode: 'isolated', leverage: 10, leg: -1 });
    account.fill(long, 1, 1_000, 50_000, 0);
    account.fill(short, -1, 1_000, 50_000, 0);
    assert.equal(account.fund(long, 50_000, 0.0001), -5 * CENTS);
    assert.equal(account.fund(short, 50_000, 0.0001), 5 * CENTS);
    assert.deepEqual([account.cashQuanta, account.positions[short]!.marginQuanta], [14_995 * CENTS, 5_005 * CENTS]);
  });

  test('margin account: isolated long 1 BTC at 50,000, 10x, liquidated -> the fee takes what is left, never more', () => {
    const at = (ticks: number): readonly number[] => {
      const account = new MarginAccount();
      account.deposit(5_000 * CENTS);
      const i = account.addPosition(btc, { mode: 'isolated', leverage: 10 });
      account.fill(i, 1, 1_000, 50_000, 0);
      assert.equal(account.bankruptcyPrice(i), 45_000);
      const fee = account.liquidate(i, ticks, 1_250_000);
      return [fee, account.cashQuanta, account.insuranceQuanta].map((quanta) => quanta / CENTS);
    };
    // Fee 1.25 %. At 46,000: 1,000 left, fee 575, 425 return. At 45,226: 226 left, all of it fee. At 45,000 nothing is left.
    // At 44,000 the fund pays the 1,000 that is missing.
    assert.deepEqual(at(46_000), [575, 425, 0]);
    assert.deepEqual(at(45_226), [226, 0, 0]);
    assert.deepEqual(at(45_000), [0, 0, 0]);
    assert.deepEqual(at(44_000), [0, 0, 1_000]);
  });

  // freqtrade's trade profit tables: 30 units, 2.0 → 2.1, fee 0.25 % of each value, any leverage.
  test('margin account: 30 at 2.0 to 2.1 with 0.25 % -> long 62.8425 − 60.15 = 2.6925, short 59.85 − 63.1575 = −3.3075', () => {
    const ada = new Instrument({ ...definition, id: 'TEST:ADAUSDT', tick: '0.1', lot: '1', marginTiers: [] });
    for (const [side, expected] of [
      [1, 2.6925],
      [-1, -3.3075],
    ] as const) {
      for (const leverage of [1, 3, 5]) {
        const account = new MarginAccount();
        account.deposit(100 * COIN);
        const i = account.addPosition(ada, { mode: 'isolated', leverage });
        account.fill(i, side, 30, 20, 0.15 * COIN);
        account.fill(i, -side, 30, 21, 0.1575 * COIN);
        assert.equal(account.cashQuanta - 100 * COIN, expected * COIN);
      }
    }
  });
});

describe('margin account: what it refuses', () => {
  test('margin account: order margin and fee against what is available -> the last cent decides', () => {
    const account = new MarginAccount();
    account.deposit(5_025 * CENTS - 1);
    const i = account.addPosition(btc, { mode: 'cross', leverage: 10 });
    assert.equal(said(account.reserve(i, 1, 1_000, 50_000 * CENTS, 25 * CENTS)), 'insufficient-margin');
    assert.equal(account.positions[i]!.buyLots, 0);
    account.deposit(1);
    assert.equal(said(account.reserve(i, 1, 1_000, 50_000 * CENTS, 25 * CENTS)), 'accepted');
  });

  test('margin account: buys and sells resting on one position -> the larger side is claimed, a reducing order is free', () => {
    const account = new MarginAccount();
    account.deposit(1_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'cross', leverage: 1 });
    account.fill(i, 1, 1_000, 1_000, 0);
    account.mark(i, 1_000);
    assert.equal(account.availableQuanta(), 0);
    assert.equal(said(account.reserve(i, 1, 1, 1 * CENTS, 0)), 'insufficient-margin');
    // Selling 1 closes, selling a second would open a short of 1: both claim no more than the long does.
    assert.equal(said(account.reserve(i, -1, 2_000, 2_000 * CENTS, 0)), 'accepted');
    assert.equal(said(account.reserve(i, -1, 1, 1 * CENTS, 0)), 'insufficient-margin');
  });

  test('margin account: isolated position open -> only what orders add to it is claimed', () => {
    const account = new MarginAccount();
    account.deposit(1_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'isolated', leverage: 2 });
    account.fill(i, 1, 1_000, 1_000, 0);
    assert.equal(account.availableQuanta(), 500 * CENTS);
    assert.equal(said(account.reserve(i, 1, 1_000, 1_000 * CENTS, 0)), 'accepted');
    assert.equal(account.availableQuanta(), 0);
    assert.equal(said(account.reserve(i, -1, 2_000, 2_000 * CENTS, 0)), 'accepted');
    assert.equal(said(account.reserve(i, 1, 1, 1 * CENTS, 0)), 'insufficient-margin');
  });

  test('margin account: leverage above what the notional allows -> refused, for orders and for a change', () => {
    const account = new MarginAccount();
    account.deposit(1_000_000 * CENTS);
    const i = account.addPosition(btc, { mode: 'cross', leverage: 75 });
    assert.equal(said(account.reserve(i, 1, 2_000, 100_000 * CENTS, 0)), 'leverage-above-tier');
    assert.equal(said(account.setLeverage(i, 50)), 'accepted');
    assert.equal(said(account.reserve(i, 1, 2_000, 100_000 * CENTS, 0)), 'accepted');
    assert.equal(said(account.setLeverage(i, 51)), 'leverage-above-tier');
  });

  test('margin account: less leverage than the money allows, or an open isolated position -> refused', () => {
    const account = new MarginAccount();
    account.deposit(6_000 * CENTS);
    const cross = account.addPosition(btc, { mode: 'cross', leverage: 10 });
    account.fill(cross, 1, 1_000, 50_000, 0);
    assert.equal(said(account.setLeverage(cross, 5)), 'insufficient-margin');
    const isolated = account.addPosition(eth, { mode: 'isolated', leverage: 10 });
    account.fill(isolated, 1, 1_000, 100, 0);
    assert.equal(said(account.setLeverage(isolated, 5)), 'isolated-position-open');
    const { marginQuanta } = account.positions[isolated]!;
    assert.equal(said(account.setLeverage(isolated, 20)), 'accepted');
    assert.equal(account.positions[isolated]!.marginQuanta, marginQuanta, 'what was set aside stays');
    assert.throws(() => account.setMode(isolated, 'cross'), /open position/);
  });

  test('margin account: withdrawal and margin moves -> only what is spare', () => {
    const account = new MarginAccount();
    account.deposit(100 * CENTS);
    const i = account.addPosition(btc, { mode: 'isolated', leverage: 10 });
    account.fill(i, 1, 1_000, 100, 0);
    assert.equal(said(account.deposit(-91 * CENTS)), 'insufficient-balance');
    assert.equal(said(account.moveMargin(i, 91 * CENTS)), 'insufficient-margin');
    assert.equal(said(account.moveMargin(i, 20 * CENTS)), 'accepted');
    assert.equal(said(account.moveMargin(i, -21 * CENTS)), 'insufficient-margin');
    assert.equal(said(account.moveMargin(i, -20 * CENTS)), 'accepted');
    assert.equal(account.cashQuanta, 90 * CENTS);
  });

  test('margin account: instruments of two settle assets -> stop', () => {
    const account = new MarginAccount();
    account.addPosition(btc, { mode: 'cross', leverage: 1 });
    assert.throws(() => account.addPosition(coin, { mode: 'cross', leverage: 1 }), /settle/);
  });
});

const fill = fc.record({
  leg: fc.constantFrom(0, 1),
  side: fc.constantFrom(1, -1),
  lots: fc.integer({ min: 1, max: 400 }),
  ticks: fc.integer({ min: 9_000, max: 11_000 }),
  fee: fc.integer({ min: -2, max: 50 }),
  rate: fc.constantFrom(0, 0, 0, 0.0001, -0.0003),
});

/** Books a fill of a hedge leg, or of a one-way position, on an account; what would turn a leg is left out. */
function trade(
  account: MarginAccount,
  hedge: boolean,
  f: { leg: number; side: number; lots: number; ticks: number; fee: number },
): void {
  const i = hedge ? f.leg : 0;
  const position = account.positions[i]!;
  if (hedge && position.leg !== f.side && Math.abs(position.lots) < f.lots) return;
  account.fill(i, f.side, f.lots, f.ticks, f.fee);
}

describe('margin account: properties', () => {
  for (const instrument of [btc, coin]) {
    for (const mode of ['cross', 'isolated'] as const) {
      for (const hedge of [false, true]) {
        const name = `${instrument.kind}, ${mode}, ${hedge ? 'hedge' : 'one-way'}`;
        test(`margin account: ${name}, any fills and funding between two -> equity, fees and insurance sum to the deposits`, () => {
          fc.assert(
            fc.property(
              fc.array(fill, { maxLength: 60, size: 'max' }),
              fc.integer({ min: 2, max: 20 }),
              (fills, leverage) => {
                const accounts = [new MarginAccount(), new MarginAccount()] as const;
                for (const [k, account] of accounts.entries()) {
                  account.deposit(2_000_000_000);
                  const flip = k === 0 ? 1 : -1;
                  account.addPosition(instrument, { mode, leverage, leg: hedge ? (flip as 1 | -1) : 0 });
                  if (hedge) account.addPosition(instrument, { mode, leverage, leg: (0 - flip) as 1 | -1 });
                }
                let fees = 0;
                for (const f of fills) {
                  const before = accounts[0].snapshot();
                  trade(accounts[0], hedge, f);
                  const happened = JSON.stringify(before) !== JSON.stringify(accounts[0].snapshot());
                  trade(accounts[1], hedge, { ...f, side: -f.side });
                  if (happened) fees += 2 * f.fee;
                  for (const account of accounts) {
                    for (const i of account.positions.keys()) {
                      account.mark(i, f.ticks);
                      account.fund(i, f.ticks, f.rate);
                    }
                  }
                  const total = accounts.reduce((sum, a) => sum + a.equityQuanta() - a.insuranceQuanta, 0);
                  assert.equal(total, 4_000_000_000 - fees);
                  // Mirror images of each other, position by position.
                  for (const [i, p] of accounts[0].positions.entries()) {
                    const q = accounts[1].positions[i]!;
                    assert.equal(p.lots + q.lots, 0);
                    assert.equal(p.entryQuanta + q.entryQuanta, 0);
                    assert.equal(p.unrealisedQuanta + q.unrealisedQuanta, 0);
                  }
                }
              },
            ),
          );
        });
      }
    }
  }

  test('margin account: isolated, any way in and any price out -> the loss is at most the margin and the fees of entry', () => {
    const way = fc.record({
      inverse: fc.boolean(),
      side: fc.constantFrom(1, -1),
      lots: fc.integer({ min: 1, max: 5_000 }),
      leverage: fc.integer({ min: 1, max: 100 }),
      exit: fc.integer({ min: 1, max: 100_000 }),
      partial: fc.integer({ min: 0, max: 5_000 }),
      fee: fc.nat(1_000),
    });
    fc.assert(
      fc.property(way, ({ inverse, side, lots, leverage, exit, partial, fee }) => {
        const account = new MarginAccount();
        account.deposit(100_000_000_000);
        const i = account.addPosition(inverse ? coin : btc, { mode: 'isolated', leverage });
        account.fill(i, side, lots, 10_000, fee);
        const margin = account.positions[i]!.marginQuanta;
        const spare = account.cashQuanta;
        assert.equal(spare + margin, 100_000_000_000 - fee);
        account.mark(i, exit);
        account.fund(i, exit, side * 0.01);
        const first = Math.min(partial, lots);
        if (first > 0) account.fill(i, -side, first, exit, fee);
        if (first < lots) account.fill(i, -side, lots - first, exit, fee);
        assert.ok(account.cashQuanta >= spare, 'cash outside the position is untouched');
        assert.equal(account.positions[i]!.marginQuanta, 0);
        assert.equal(account.equityQuanta(), account.cashQuanta);
      }),
      { numRuns: 500 },
    );
  });

  test('margin account: cross with two instruments and a hedge -> due just past its liquidation price, not just before', () => {
    const open = fc.record({
      btcLong: fc.integer({ min: 1, max: 900 }),
      btcShort: fc.integer({ min: 0, max: 900 }),
      ethLots: fc.integer({ min: -500, max: 500 }),
      wallet: fc.integer({ min: 1_500, max: 6_000 }),
    });
    fc.assert(
      fc.property(open, ({ btcLong, btcShort, ethLots, wallet }) => {
        const account = new MarginAccount();
        account.deposit(wallet * CENTS);
        const long = account.addPosition(btc, { mode: 'cross', leverage: 50, leg: 1 });
        const short = account.addPosition(btc, { mode: 'cross', leverage: 50, leg: -1 });
        const other = account.addPosition(eth, { mode: 'cross', leverage: 50 });
        account.fill(long, 1, btcLong, 50_000, 0);
        if (btcShort > 0) account.fill(short, -1, btcShort, 51_000, 0);
        if (ethLots !== 0) account.fill(other, Math.sign(ethLots), Math.abs(ethLots), 3_000, 0);
        const at = (price: number): boolean => {
          account.mark(long, price);
          account.mark(short, price);
          return account.mustLiquidate(long);
        };
        const price = account.liquidationPrice(long);
        fc.pre(price !== null && price < 90_000);
        // Both sides of the price: a few cents of money apart, which quanta need.
        const net = Math.abs(btcLong - btcShort) + 0.01 * (btcLong + btcShort);
        const step = Math.max(1e-9 * price, 0.2 / (net / 1_000));
        const below = at(price - step);
        const above = at(price + step);
        assert.notEqual(below, above, `one side of ${price} is due`);
      }),
      { numRuns: 500 },
    );
  });

  test('margin account: closed at its bankruptcy price, cross or isolated, linear or inverse -> nothing is left', () => {
    const way = fc.record({
      inverse: fc.boolean(),
      mode: fc.constantFrom('cross' as const, 'isolated' as const),
      side: fc.constantFrom(1, -1),
      lots: fc.integer({ min: 1_000, max: 5_000 }),
      leverage: fc.integer({ min: 2, max: 50 }),
    });
    fc.assert(
      fc.property(way, ({ inverse, mode, side, lots, leverage }) => {
        const instrument = inverse ? coin : btc;
        const account = new MarginAccount();
        const deposit = Math.ceil(Math.abs(instrument.value(10_000, lots)) / leverage);
        account.deposit(deposit);
        const i = account.addPosition(instrument, { mode, leverage });
        account.fill(i, side, lots, 10_000, 0);
        const price = account.bankruptcyPrice(i)!;
        const liquidation = account.liquidationPrice(i)!;
        assert.ok(side * price < side * liquidation, 'bankruptcy lies behind liquidation');
        account.mark(i, price);
        assert.ok(Math.abs(account.equityQuanta()) <= 2, `${account.equityQuanta()} left`);
        account.mark(i, liquidation);
        assert.ok(Math.abs(account.balanceQuanta(i) - account.maintenanceQuanta(i)) <= 2);
      }),
    );
  });

  test('margin account: snapshot, JSON, restore in the middle -> goes on the same', () => {
    fc.assert(
      fc.property(fc.array(fill, { minLength: 2 }), fc.nat(), (fills, cut) => {
        const make = (): MarginAccount => {
          const account = new MarginAccount(30_000);
          account.addPosition(btc, { mode: 'cross', leverage: 3 });
          account.addPosition(eth, { mode: 'isolated', leverage: 3 });
          return account;
        };
        const account = make();
        account.deposit(1_000_000);
        let twin = account;
        for (const [k, f] of fills.entries()) {
          if (k === cut % fills.length) {
            twin = make();
            twin.restore(JSON.parse(JSON.stringify(account.snapshot())));
          }
          account.fill(f.leg, f.side, f.lots, f.ticks, f.fee);
          if (twin !== account) twin.fill(f.leg, f.side, f.lots, f.ticks, f.fee);
          assert.deepEqual(twin.snapshot(), account.snapshot());
          assert.equal(twin.equityQuanta(), account.equityQuanta());
        }
      }),
    );
  });
});
