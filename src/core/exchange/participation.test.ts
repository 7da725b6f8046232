import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Participation } from './participation.ts';
import { toRate } from './rate.ts';

describe('participation', () => {
  test('participation: 10 % of bars of 1,005, 0 and 40 -> an order for 130 fills over three bars as 100, 0, 4', () => {
    const cap = new Participation(toRate(0.1));
    const fills: number[] = [];
    let left = 130;
    for (const volume of [1_005, 0, 40]) {
      cap.begin(volume);
      const filled = cap.take(left);
      left -= filled;
      fills.push(filled);
    }
    assert.deepEqual(fills, [100, 0, 4]);
    assert.equal(left, 26);
  });

  test('participation: no cap -> everything, even of an empty bar', () => {
    const cap = new Participation(null);
    cap.begin(0);
    assert.equal(cap.take(1_000_000), 1_000_000);
    assert.equal(cap.take(1_000_000), 1_000_000);
  });

  test('participation: any orders in a bar -> together never more than the cap, first come first served', () => {
    const lots = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), fc.nat(10_000), fc.array(lots), (rate, volume, orders) => {
        const cap = new Participation(rate);
        cap.begin(volume);
        let total = 0;
        let shortened = false;
        for (const order of orders) {
          const copy = new Participation(rate);
          copy.restore(cap.snapshot());
          const taken = cap.take(order);
          assert.equal(copy.take(order), taken);
          assert.ok(!shortened || taken === 0);
          shortened ||= taken < order;
          total += taken;
        }
        const all = orders.reduce((a, b) => a + b, 0);
        assert.equal(total, Math.min(all, Number((BigInt(volume) * BigInt(rate)) / 100_000_000n)));
      }),
    );
  });
});
