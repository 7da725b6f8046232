import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contract } from './contract.ts';
import { DEFAULT_LISTING } from './listing.ts';

test('contract: a tick times a step is worth a tenth of a quantum -> sums of them keep their worth in quote', () => {
  const contract = new Contract(
    { ...DEFAULT_LISTING[0]!, tickSize: '0.00001', stepSize: '0.0001', pricePrecision: 5, quantityPrecision: 4 },
    0,
  );
  // 1,000 lots of 0.0001 at 2.5: 250,000 ticks.
  assert.equal(contract.tickLotsText(250_000 * 1_000), '0.25');
  assert.equal(contract.tickLotsText(3 * 14), '0.00000004');
});
