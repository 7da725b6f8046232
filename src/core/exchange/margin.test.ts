import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Instrument, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { initialMargin, maintenanceMargin, marginRatio, marginSchedule, marginTier, maxLeverage } from './margin.ts';

// Two tiers as venues publish them: the amount of the second is 50,000 × (1 % − 0.5 %) = 250, so that both agree at its floor.
const definition: InstrumentDefinition = {
  id: 'TEST:BTCUSDT',
  kind: 'linear-perpetual',
  base: 'BTC',
  quote: 'USDT',
  tick: '0.1',
  lot: '0.001',
  marginTiers: [
    { notionalFloor: 0, maintenanceRate: 0.005, maxLeverage: 100 },
    { notionalFloor: 50_000, maintenanceRate: 0.01, maxLeverage: 50, maintenanceAmount: 250 },
  ],
};

describe('margin', () => {
  const instrument = new Instrument(definition, 0, 2);
  const schedule = marginSchedule(instrument);

  // notional, maintenance: 40,000 × 0.5 % = 200; 50,000 × 1 % − 250 = 250; 80,000 × 1 % − 250 = 550.
  for (const [notional, maintenance, leverage] of [
    [0, 0, 100],
    [40_000, 200, 100],
    [50_000, 250, 50],
    [80_000, 550, 50],
  ] as const) {
    test(`margin: notional ${notional} -> maintenance ${maintenance}, leverage to ${leverage}`, () => {
      assert.equal(maintenanceMargin(schedule, notional * 100), maintenance * 100);
      assert.equal(maxLeverage(schedule, notional * 100), leverage);
    });
  }

  test('margin: initial margin of 100.01 at 3x and at 2.5x -> 33.34 and 40.01, rounded up', () => {
    assert.equal(initialMargin(10_001, 3), 3_334);
    assert.equal(initialMargin(10_001, 2.5), 4_001);
  });

  test('margin: ratio at, above and without balance -> 1, below 1, infinite', () => {
    assert.deepEqual(
      [marginRatio(50, 50), marginRatio(50, 200), marginRatio(50, 0), marginRatio(0, 10)],
      [1, 0.25, Infinity, 0],
    );
  });

  test('margin: no tiers -> the default tier; tiers that do not start at 0 or ascend -> stop', () => {
    const bare = marginSchedule(new Instrument({ ...definition, marginTiers: [] }, 0, 2));
    assert.equal(maintenanceMargin(bare, 100_000), 1_000);
    assert.equal(maxLeverage(bare, 1), 20);
    const [first, second] = definition.marginTiers!;
    assert.throws(() => marginSchedule(new Instrument({ ...definition, marginTiers: [second!] }, 0, 2)));
    assert.throws(() => marginSchedule(new Instrument({ ...definition, marginTiers: [first!, first!] }, 0, 2)));
  });

  test('margin: any notional -> maintenance grows with it, also over a floor, and initial margin covers it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (notional) => {
        const here = maintenanceMargin(schedule, notional);
        const next = maintenanceMargin(schedule, notional + 1);
        assert.ok(next - here === 0 || next - here === 1);
        assert.ok(initialMargin(notional, maxLeverage(schedule, notional)) >= here);
        assert.equal(marginTier(schedule, notional), notional >= 5_000_000 ? 1 : 0);
      }),
    );
  });
});
