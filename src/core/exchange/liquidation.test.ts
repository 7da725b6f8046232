import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Instrument, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { bankruptcyPrice, type Leg, leg, liquidationPrice, tieredLiquidationPrice } from './liquidation.ts';
import { maintenanceMargin, marginSchedule } from './margin.ts';

const legOf = (size: number, entryPrice: number, maintenanceRate: number, maintenanceAmount = 0): Leg => ({
  size,
  entryPrice,
  maintenanceRate,
  maintenanceAmount,
});

function near(actual: number | null, expected: number, tolerance = 1e-12): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance * expected, `${actual} is not ${expected}`);
}

describe('liquidation: scenarios worked by hand', () => {
  // name, size, entry, margin rate, balance, fee rate, inverse → liquidation, bankruptcy
  const table: readonly (readonly [
    string,
    number,
    number,
    number,
    number,
    number,
    boolean,
    number | null,
    number | null,
  ])[] = [
    // Long 1 BTC at 50,000, 10×: margin 5,000. P = (50,000 − 5,000) / (1 − 0.005) = 45,226.13…; bankrupt at 45,000.
    ['long 10x', 1, 50_000, 0.005, 5_000, 0, false, 45_000 / 0.995, 45_000],
    // Short: P = (50,000 + 5,000) / (1 + 0.005) = 54,726.37…; bankrupt at 55,000.
    ['short 10x', -1, 50_000, 0.005, 5_000, 0, false, 55_000 / 1.005, 55_000],
    // With a closing fee of 0.05 %: P = 45,000 / (1 − 0.005 − 0.0005); bankrupt where 5,000 pays loss and fee: 45,000 / 0.9995.
    ['long 10x with fee', 1, 50_000, 0.005, 5_000, 0.0005, false, 45_000 / 0.9945, 45_000 / 0.9995],
    // Long 1×: the margin is the whole value; no price below zero liquidates.
    ['long 1x', 1, 50_000, 0.005, 50_000, 0, false, null, null],
    // Inverse long, 50,000 contracts of 1 USD at 50,000 = 1 BTC, 10×: margin 0.1 BTC.
    // P = 50,000 × 1.005 / (0.1 + 1) = 45,681.81…; bankrupt at 50,000 / 1.1 = 45,454.54…
    ['inverse long 10x', 50_000, 50_000, 0.005, 0.1, 0, true, 50_250 / 1.1, 50_000 / 1.1],
    // Inverse short: P = 50,000 × 0.995 / (1 − 0.1) = 55,277.77…; bankrupt at 50,000 / 0.9 = 55,555.55…
    ['inverse short 10x', -50_000, 50_000, 0.005, 0.1, 0, true, 49_750 / 0.9, 50_000 / 0.9],
    // Inverse short 1×: a coin behind a coin's worth of short dollars; its loss never exceeds the coin.
    ['inverse short 1x', -50_000, 50_000, 0.005, 1, 0, true, null, null],
  ];
  for (const [name, size, entry, rate, balance, fee, inverse, liquidation, bankruptcy] of table) {
    test(`liquidation: ${name} -> ${liquidation?.toFixed(2)}, bankrupt at ${bankruptcy?.toFixed(2)}`, () => {
      const legs = [legOf(size, entry, rate)];
      const found = liquidationPrice(legs, balance, inverse, fee);
      if (liquidation === null) assert.equal(found, null);
      else near(found, liquidation);
      const bankrupt = bankruptcyPrice(legs, balance, inverse, fee);
      if (bankruptcy === null) assert.equal(bankrupt, null);
      else near(bankrupt, bankruptcy);
    });
  }

  test('liquidation: hedge of long 2 at 100 and short 1 at 120, balance 50, 10 % -> (200 − 120 − 50) / (2 − 1 − 0.3)', () => {
    // Σqᵢ(P − Eᵢ) = 2(P − 100) − (P − 120) = P − 80; 50 + P − 80 = 0.1 × 3P → 0.7 P = 30 → P = 42.857…
    near(liquidationPrice([legOf(2, 100, 0.1), legOf(-1, 120, 0.1)], 50, false, 0), 30 / 0.7);
  });
});

describe('liquidation: published examples', () => {
  // Binance's own example (its FAQ "How to calculate liquidation price of USDⓈ-M futures contracts"), as in freqtrade's tests:
  // wallet 1,535,443.01; BTC long 109.488 at 32,481.98, mark 31,967.27, 2.5 %, amount 16,300;
  // ETH long 3,683.979 at 1,456.84, mark 1,335.18, 10 %, amount 135,365.
  const wallet = 1_535_443.01;
  const btc = { size: 109.488, entry: 32_481.98, mark: 31_967.27, rate: 0.025, amount: 16_300 };
  const eth = { size: 3_683.979, entry: 1_456.84, mark: 1_335.18, rate: 0.1, amount: 135_365 };
  type Example = typeof btc;
  const legOfExample = (p: Example): Leg => legOf(p.size, p.entry, p.rate, p.amount);
  const restOfCross = (p: Example): number => p.size * (p.mark - p.entry) - (p.rate * p.size * p.mark - p.amount);

  for (const [name, position, other, expected] of [
    ['BTC isolated', btc, null, 18_778.73],
    ['ETH isolated', eth, null, 1_114.78],
    ['BTC cross', btc, eth, 26_316.89],
    ['ETH cross', eth, btc, 1_153.26],
  ] as const) {
    test(`liquidation: ${name} -> ${expected}`, () => {
      const balance = wallet + (other ? restOfCross(other) : 0);
      const price = liquidationPrice([legOfExample(position)], balance, false, 0);
      assert.equal(Math.round(price! * 100) / 100, expected);
    });
  }

  // One unit at 10 with 5×, so margin 2; maintenance 1 %, taker fee 0.06 %; Binance also an amount of 0.01. The three rules of
  // freqtrade's exchanges: long and short.
  test('liquidation: Binance rule, 5x at 10 -> (10 ∓ 2 ∓ 0.01) / (1 ∓ 0.01)', () => {
    near(liquidationPrice([legOf(1, 10, 0.01, 0.01)], 2, false, 0), 8.070707070707071);
    near(liquidationPrice([legOf(-1, 10, 0.01, 0.01)], 2, false, 0), 11.89108910891089);
  });

  test('liquidation: OKX and Gate rule with the closing fee -> (10 ∓ 2) / (1 ∓ 0.0106)', () => {
    near(liquidationPrice([legOf(1, 10, 0.01)], 2, false, 0.0006), 8 / 0.9894);
    near(liquidationPrice([legOf(-1, 10, 0.01)], 2, false, 0.0006), 12 / 1.0106);
  });

  test('liquidation: Bybit rule, maintenance of the entry value -> the bankruptcy price of what maintenance leaves', () => {
    // 2 − 1 % × 10 = 1.9: long 10 − 1.9 = 8.1, short 11.9.
    near(bankruptcyPrice([legOf(1, 10, 0.01)], 2 - 0.01 * 10, false, 0), 8.1);
    near(bankruptcyPrice([legOf(-1, 10, 0.01)], 2 - 0.01 * 10, false, 0), 11.9);
  });
});

const tiers = [
  { notionalFloor: 0, maintenanceRate: 0.005, maxLeverage: 100 },
  { notionalFloor: 50_000, maintenanceRate: 0.01, maxLeverage: 50, maintenanceAmount: 250 },
  { notionalFloor: 250_000, maintenanceRate: 0.025, maxLeverage: 20, maintenanceAmount: 4_000 },
];
const linear: InstrumentDefinition = {
  id: 'TEST:BTCUSDT',
  kind: 'linear-perpetual',
  base: 'BTC',
  quote: 'USDT',
  tick: '0.1',
  lot: '0.001',
  marginTiers: tiers,
};
const inverse: InstrumentDefinition = {
  ...linear,
  id: 'TEST:BTCUSD',
  kind: 'inverse-perpetual',
  lot: '1',
  contractSize: '100',
  // Notional in coin: 100 and 500 BTC.
  marginTiers: [
    { notionalFloor: 0, maintenanceRate: 0.004, maxLeverage: 100 },
    { notionalFloor: 100, maintenanceRate: 0.01, maxLeverage: 50, maintenanceAmount: 0.6 },
    { notionalFloor: 500, maintenanceRate: 0.05, maxLeverage: 10, maintenanceAmount: 20.6 },
  ],
};

describe('liquidation: properties', () => {
  const size = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  const price = fc.double({ min: 0.01, max: 100_000, noNaN: true });
  const fraction = fc.double({ min: 0, max: 0.2, noNaN: true });

  test('liquidation: any hedge, linear or inverse -> at that price balance and profit are exactly what is required', () => {
    fc.assert(
      fc.property(
        size,
        size,
        price,
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fraction,
        fraction,
        fc.boolean(),
        (long, short, entry, ratio, rate, share, isInverse) => {
          const legs = [legOf(long, entry, rate, 0.001), legOf(-short, entry * ratio, rate / 2)];
          const value = (p: number, q: number): number => (isInverse ? q / p : q * p);
          const balance = share * value(entry, long);
          const found = liquidationPrice(legs, balance, isInverse, 0.0004);
          fc.pre(found !== null);
          let have = balance;
          let required = 0;
          let scale = balance;
          for (const l of legs) {
            const profit = value(found, l.size) - value(l.entryPrice, l.size);
            have += isInverse ? -profit : profit;
            required += (l.maintenanceRate + 0.0004) * Math.abs(value(found, l.size)) - l.maintenanceAmount;
            scale += Math.abs(value(found, l.size)) + Math.abs(value(l.entryPrice, l.size));
          }
          assert.ok(Math.abs(have - required) <= 1e-9 * scale, `${have} is not ${required}`);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('liquidation: no fee, more balance -> farther away, and bankruptcy farther than liquidation', () => {
    fc.assert(
      fc.property(size, price, fc.constantFrom(1, -1), fc.boolean(), (q, entry, side, isInverse) => {
        const value = isInverse ? q / entry : q * entry;
        const legs = [legOf(side * q, entry, 0.01)];
        const at = (share: number): number => liquidationPrice(legs, share * value, isInverse, 0)!;
        assert.ok(side * at(0.2) < side * at(0.1));
        assert.ok(side * bankruptcyPrice(legs, 0.1 * value, isInverse, 0)! < side * at(0.1));
        assert.ok(side * at(0.1) < side * entry);
      }),
    );
  });

  test('liquidation: mirrored positions, linear and inverse of the same contract -> mirrored prices', () => {
    // An inverse long is a linear short of dollars priced in coin: its price is the reciprocal of the other's.
    fc.assert(
      fc.property(size, price, fc.constantFrom(1, -1), fraction, (c, entry, side, rate) => {
        const balance = 0.1 * (c / entry);
        const asInverse = liquidationPrice([legOf(side * c, entry, rate)], balance, true, 0);
        const asLinear = liquidationPrice([legOf(-side * c, 1 / entry, rate)], balance, false, 0);
        if (asInverse === null || asLinear === null) assert.equal(asInverse, asLinear);
        else near(asInverse, 1 / asLinear, 1e-9);
      }),
    );
  });

  for (const definition of [linear, inverse]) {
    const instrument = new Instrument(definition);
    const schedule = marginSchedule(instrument);
    test(`liquidation: ${definition.kind} of any size over three tiers -> maintenance at the price is what is left there`, () => {
      const lots = fc.integer({ min: 1, max: definition === linear ? 40_000 : 400_000 });
      fc.assert(
        fc.property(lots, fc.constantFrom(1, -1), fc.integer({ min: 3, max: 50 }), (n, side, leverage) => {
          const signed = side * n;
          const entry = 20_000;
          const value = instrument.valueAt(entry, n);
          const balance = value / leverage;
          const found = tieredLiquidationPrice(instrument, schedule, signed, entry, balance, 0);
          assert.ok(found !== null);
          const change = instrument.valueAt(found, signed) - instrument.valueAt(entry, signed);
          const left = balance + (instrument.inverse ? -change : change);
          const notional = instrument.quanta(instrument.valueAt(found, n), 'half-even');
          const required = instrument.money(maintenanceMargin(schedule, notional));
          assert.ok(Math.abs(left - required) <= 1e-9 * value + 2e-8, `${left} is not ${required}`);
        }),
        { numRuns: 500 },
      );
    });
  }

  test('liquidation: a leg of lots -> size in base or in quote value of contracts', () => {
    const linearLeg = leg(new Instrument(linear), -1_500, 20_000, marginSchedule(new Instrument(linear)), 1);
    assert.deepEqual(linearLeg, { size: -1.5, entryPrice: 20_000, maintenanceRate: 0.01, maintenanceAmount: 250 });
    assert.equal(leg(new Instrument(inverse), 30, 20_000, marginSchedule(new Instrument(inverse)), 0).size, 3_000);
  });
});
