import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { divideExact } from '../vocabulary/integer.ts';
import {
  feeInBaseQuanta,
  feeInThirdQuanta,
  feeQuanta,
  feeSchedule,
  feeTier,
  makerTakerFees,
  RATE_PER_BPS,
  TradedValue,
  worstFeeQuanta,
} from './fees.ts';
import { RATE_SCALE, rateDown, rateUp, toRate } from './rate.ts';

const DAY_MS = 86_400_000;

describe('rate', () => {
  test('rate: any value and rate -> the bigint result, up and down', () => {
    const values = fc.oneof(
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: 0, max: 90_000_000 }).map((k) => k * RATE_SCALE),
      fc.integer({ min: 1, max: 90_000_000 }).map((k) => k * RATE_SCALE - 1),
    );
    const rates = fc.oneof(
      fc.integer({ min: -RATE_SCALE, max: RATE_SCALE }),
      fc.constantFrom(1, -1, 89_999_999, 90_000_000, 90_000_001, RATE_SCALE, -RATE_SCALE),
    );
    fc.assert(
      fc.property(values, rates, (value, rate) => {
        const product = BigInt(value) * BigInt(rate);
        assert.equal(rateUp(value, rate), Number(divideExact(product, 100_000_000n, 'ceil')));
        assert.equal(rateDown(value, rate), Number(divideExact(product, 100_000_000n, 'floor')));
      }),
      { numRuns: 3000 },
    );
  });

  test('rate: fractions as configured -> integers', () => {
    assert.deepEqual([0.001, 0.00045, -0.0001, 1, 0.00000001].map(toRate), [100_000, 45_000, -10_000, RATE_SCALE, 1]);
    assert.throws(() => toRate(Number.NaN));
  });
});

describe('fees', () => {
  // value 100.00000001 of an asset of 8 decimals, taker 0.1 % = 0.10000000001 → rounded up to the quantum 0.10000001.
  // maker rebate 0.02 % = 0.020000000002 → towards zero 0.02.
  const twoRates = makerTakerFees(toRate(-0.0002), toRate(0.001));
  const value = 10_000_000_001;

  test('fees: taker rounded up, rebate towards zero -> never against the venue', () => {
    assert.equal(feeQuanta(twoRates, 0, false, value, 5, true, 0), 10_000_001);
    assert.equal(feeQuanta(twoRates, 0, true, value, 5, true, 0), -2_000_000);
  });

  test('fees: per lot, per order -> both with the first fill, per lot alone after', () => {
    // A stock broker: 0.005 a share, 1.00 an order (2 decimals more for the quantum): 200 shares 1.00 + 1.00.
    const broker = feeSchedule({
      tiers: [{ fromTradedQuanta: 0, makerRate: 0, takerRate: 0 }],
      perOrderQuanta: 10_000,
      perLotMakerQuanta: 50,
      perLotTakerQuanta: 50,
    });
    assert.equal(feeQuanta(broker, 0, false, 123, 200, true, 0), 20_000);
    assert.equal(feeQuanta(broker, 0, false, 123, 200, false, 20_000), 10_000);
    assert.equal(worstFeeQuanta(broker, 0, 123, 200), 20_000);
  });

  test('fees: minimum of an order over its fills -> topped up once', () => {
    // 0.1 % with at least 500 an order: a fill of 300,000 (300) is charged 500; the order has met its minimum, so the next
    // fill of 400,000 pays its own 400.
    const schedule = feeSchedule({
      tiers: [{ fromTradedQuanta: 0, makerRate: 100_000, takerRate: 100_000 }],
      minimumQuanta: 500,
    });
    const first = feeQuanta(schedule, 0, false, 300_000, 1, true, 0);
    assert.equal(first, 500);
    assert.equal(feeQuanta(schedule, 0, false, 400_000, 1, false, first), 400);
    assert.equal(feeQuanta(schedule, 0, false, 900_000, 1, true, 0), 900);
  });

  test('fees: tiers by traded value -> the highest reached', () => {
    const tiers = feeSchedule({
      tiers: [
        { fromTradedQuanta: 0, makerRate: 100_000, takerRate: 100_000 },
        { fromTradedQuanta: 1_000, makerRate: 90_000, takerRate: 100_000 },
        { fromTradedQuanta: 5_000, makerRate: 80_000, takerRate: 100_000 },
      ],
    });
    assert.deepEqual(
      [0, 999, 1_000, 4_999, 5_000, 1e15].map((traded) => feeTier(tiers, traded)),
      [0, 0, 1, 1, 2, 2],
    );
    assert.equal(feeQuanta(tiers, 2, true, 1_000_000, 1, true, 0), 800);
  });

  test('fees: tiers that do not ascend from 0 -> stop', () => {
    const tier = { makerRate: 0, takerRate: 0 };
    assert.throws(() => feeSchedule({ tiers: [] }));
    assert.throws(() => feeSchedule({ tiers: [{ ...tier, fromTradedQuanta: 1 }] }));
    assert.throws(() =>
      feeSchedule({
        tiers: [
          { ...tier, fromTradedQuanta: 0 },
          { ...tier, fromTradedQuanta: 0 },
        ],
      }),
    );
  });

  test('fees: in base and in a third asset -> converted and rounded up', () => {
    // 0.1 % of 1.00000001 base = 0.00100000001 → 0.00100001. Third: 1 quote = 0.0025 BNB × 0.75 discount = 0.001875.
    assert.equal(feeInBaseQuanta(twoRates, 0, false, 100_000_001), 100_001);
    const bnb = feeSchedule({ ...twoRates, payIn: 'third', thirdPerSettleRate: toRate(0.001875) });
    assert.equal(feeInThirdQuanta(bnb, 10_000_001), 18_751);
    assert.equal(feeInThirdQuanta(bnb, -10_000_001), -18_750);
  });

  test('fees: basis points -> rates', () => {
    assert.equal(10 * RATE_PER_BPS, toRate(0.001));
  });
});

describe('traded value', () => {
  test('traded value: trades of today and of 30 and 31 days ago -> only the 30 whole days before today', () => {
    const traded = new TradedValue();
    traded.record(0, 1);
    traded.record(1 * DAY_MS + 5, 20);
    traded.record(30 * DAY_MS, 300);
    traded.record(31 * DAY_MS + 1, 4_000);
    assert.equal(traded.before(31 * DAY_MS + 2), 320);
    assert.equal(traded.before(32 * DAY_MS), 4_300);
    const copy = new TradedValue();
    copy.restore(JSON.parse(JSON.stringify(traded.snapshot())));
    assert.equal(copy.before(32 * DAY_MS), 4_300);
    assert.equal(traded.before(500 * DAY_MS), 0);
  });

  test('traded value: random days -> the sum over a plain list', () => {
    const trade = fc.record({ day: fc.integer({ min: 0, max: 3 }), value: fc.integer({ min: 1, max: 1e9 }) });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 80, size: 'max' }), (trades) => {
        const traded = new TradedValue();
        const list: { day: number; value: number }[] = [];
        let today = 100;
        for (const { day, value } of trades) {
          today += day;
          traded.record(today * DAY_MS + 1, value);
          list.push({ day: today, value });
          const expected = list.filter((t) => t.day < today && t.day >= today - 30).reduce((s, t) => s + t.value, 0);
          assert.equal(traded.before(today * DAY_MS + 2), expected);
        }
      }),
    );
  });
});
