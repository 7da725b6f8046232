import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Approved, ORDER_ROLES, ORDER_TYPES, OrderDraft, STATUS, TIMES_IN_FORCE } from './order.ts';
import { OrderTable } from './order-table.ts';

const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);

/** A number that most orders do not have. */
const rare = (least: number, blank = 0) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(blank) },
    { weight: 1, arbitrary: fc.integer({ min: least, max: 999 }) },
  );

const fields = fc.record({
  strategy: fc.integer({ min: 0, max: 3 }),
  instrument: fc.integer({ min: 0, max: 3 }),
  side: fc.constantFrom(1, -1),
  type: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: ORDER_TYPES.length - 1 })),
  tif: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: TIMES_IN_FORCE.length - 1 })),
  flags: fc.integer({ min: 0, max: 511 }),
  role: fc.integer({ min: 0, max: ORDER_ROLES.length - 1 }),
  lots: fc.integer({ min: 1, max: 999 }),
  budget: rare(1),
  limitTicks: rare(1),
  triggerTicks: rare(1),
  trailTicks: rare(1),
  trailFraction: fc.oneof(fc.constant(0), fc.constant(0.01)),
  expireAtMs: rare(1),
  intent: fc.integer({ min: 0, max: 99 }),
  parent: rare(0, -1),
  group: rare(0, -1),
});

/** What the venue, or whoever holds an order, may change of it. */
const changed = ['lots', 'tif', 'budget', 'limitTicks', 'triggerTicks', 'filledLots', 'filledValue', 'status'] as const;

describe('order table', () => {
  test(`rows used before, by orders of every kind that were changed, restored or grown -> each new order is its draft (seed ${seed})`, () => {
    const lives = fc.array(
      fc.record({
        drafts: fc.array(fields, { maxLength: 12 }),
        change: fc.constantFrom(...changed),
        anew: fc.boolean(),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(lives, (all) => {
        let table = new OrderTable(2);
        for (const { drafts, change, anew } of all) {
          for (const [k, own] of drafts.entries()) {
            const draft = Object.assign(new OrderDraft(), own) as Approved<OrderDraft>;
            const row = table.add(draft, 1000 + k, 2000 + k, k % 3 === 0);
            const { stopTicks: _stop, targetTicks: _target, ...kept } = draft;
            const expected = {
              ...{ ...kept, status: k % 3 === 0 ? STATUS.held : STATUS.submitted, filledLots: 0, filledValue: 0 },
              ...{ placedLimitTicks: own.limitTicks, placedTriggerTicks: own.triggerTicks },
              ...{ createdAtMs: 1000 + k, placedSeq: 2000 + k },
            };
            const found = Object.entries(table.column).map(([name, column]) => [name, column[row]]);
            assert.deepEqual(Object.fromEntries(found), expected);
            table.column[change][row] = 3;
          }
          if (anew) {
            const other = new OrderTable(1);
            other.restore(table.snapshot());
            assert.deepEqual(other.snapshot(), table.snapshot());
            table = other;
          } else table.clear();
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
