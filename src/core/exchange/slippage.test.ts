import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RATE_PER_BPS } from './fees.ts';
import { NO_SLIPPAGE, SLIPPAGE_KINDS, type SlippageModel, slippageTicks, slippedTicks } from './slippage.ts';

const model = (kind: SlippageModel['kind'], amount: number, clampToRange = false): SlippageModel => ({
  kind,
  amount,
  clampToRange,
});

describe('slippage', () => {
  const table: readonly (readonly [string, SlippageModel, number, number, number, number])[] = [
    // aimed at 10,000 ticks: [name, model, lots, bar lots, buy, sell]
    ['none', NO_SLIPPAGE, 5, 100, 10_000, 10_000],
    ['3 ticks', model('ticks', 3), 5, 100, 10_003, 9_997],
    // 5 bp of 10,000 = 5 ticks; 5.5 bp = 5.5 → 6 ticks.
    ['5 bp', model('basis-points', 5 * RATE_PER_BPS), 5, 100, 10_005, 9_995],
    ['5.5 bp', model('basis-points', 5.5 * RATE_PER_BPS), 5, 100, 10_006, 9_994],
    // 100 bp at full volume = 100 ticks × √(25/100) = 50.
    ['square root, a quarter of the bar', model('square-root', 100 * RATE_PER_BPS), 25, 100, 10_050, 9_950],
    // 100 ticks × 25/100 = 25.
    ['linear, a quarter of the bar', model('linear', 100 * RATE_PER_BPS), 25, 100, 10_025, 9_975],
    // 100 × 7/100 is 7.000000000000001 in doubles, and 7 ticks.
    ['linear, seven hundredths', model('linear', 100 * RATE_PER_BPS), 7, 100, 10_007, 9_993],
    // No volume counts as one lot: 100 ticks × √(4/1) = 200, × 4 = 400.
    ['square root, empty bar', model('square-root', 100 * RATE_PER_BPS), 4, 0, 10_200, 9_800],
    ['linear, empty bar', model('linear', 100 * RATE_PER_BPS), 4, 0, 10_400, 9_600],
  ];
  for (const [name, slippage, lots, barLots, buy, sell] of table) {
    test(`slippage: ${name} -> ${buy} and ${sell}`, () => {
      assert.equal(slippedTicks(slippage, 1, 10_000, lots, barLots, 0, 0), buy);
      assert.equal(slippedTicks(slippage, -1, 10_000, lots, barLots, 0, 0), sell);
    });
  }

  test('slippage: clamped to the bar -> its high and low, never better than aimed at', () => {
    const clamped = model('ticks', 50, true);
    assert.equal(slippedTicks(clamped, 1, 10_000, 1, 1, 9_990, 10_020), 10_020);
    assert.equal(slippedTicks(clamped, -1, 10_000, 1, 1, 9_990, 10_020), 9_990);
    assert.equal(slippedTicks(clamped, 1, 10_030, 1, 1, 9_990, 10_020), 10_030);
    assert.equal(slippedTicks(clamped, -1, 9_980, 1, 1, 9_990, 10_020), 9_980);
  });

  test('slippage: a sell that would slip below the first tick -> the first tick', () => {
    assert.equal(slippedTicks(model('ticks', 5), -1, 3, 1, 1, 0, 0), 1);
  });

  test('slippage: any model and size -> adverse, whole ticks, alike for both sides, more for more', () => {
    const models = fc.record({
      kind: fc.constantFrom(...SLIPPAGE_KINDS),
      amount: fc.integer({ min: 0, max: 1_000_000 }),
      clampToRange: fc.constant(false),
    });
    const positive = fc.integer({ min: 1, max: 1e9 });
    fc.assert(
      fc.property(models, positive, positive, positive, (slippage, ticks, lots, barLots) => {
        const slip = slippageTicks(slippage, ticks, lots, barLots);
        assert.ok(Number.isInteger(slip) && slip >= 0);
        assert.equal(slippedTicks(slippage, 1, ticks, lots, barLots, 0, 0), ticks + slip);
        assert.equal(slippedTicks(slippage, -1, ticks, lots, barLots, 0, 0), Math.max(1, ticks - slip));
        assert.ok(slippageTicks(slippage, ticks, lots + 1, barLots) >= slip);
        assert.ok(slippageTicks(slippage, ticks, lots, barLots + 1) <= slip);
      }),
    );
  });
});
