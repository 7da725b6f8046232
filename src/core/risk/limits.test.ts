import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileLimits, describeLimits, type LimitsDefinition, limitsSchema } from './limits.ts';
import { order, risk, verdict, view } from './scene.test.ts';

test('limits: no definition -> every limit on except those of lots, quote, types, pauses, cool-down and a required stop', () => {
  const off = describeLimits(limitsSchema.parse({})).filter((line) => line.status === 'off');
  assert.deepEqual(
    off.map((line) => line.name),
    [
      'orderValueQuote',
      'orderSizeLots',
      'positionLots',
      'drawdownPauseDays',
      'coolDownLosses',
      'coolDownMs',
      'requireStop',
      'orderTypes',
    ],
  );
});

test('limits: any one set to null -> accepted, and reported as off with its window', () => {
  const nullable = Object.entries(limitsSchema.shape)
    .filter(([, schema]) => schema.safeParse(null).success)
    .map(([name]) => name);
  assert.equal(nullable.length, 24);
  for (const name of nullable) {
    const line = describeLimits(limitsSchema.parse({ [name]: null })).find((l) => l.name === name);
    assert.deepEqual(line, { name, value: null, status: 'off' });
  }
  const rate = describeLimits(limitsSchema.parse({ messageOrders: null }));
  assert.equal(rate.find((line) => line.name === 'messageWindowMs')?.status, 'off');
});

test('limits: nonsense -> a ZodError that names the field', () => {
  const wrong: [unknown, RegExp][] = [
    [{ orderValuePct: 0 }, /orderValuePct/],
    [{ drawdownPct: 101 }, /drawdownPct/],
    [{ messageOrders: 1.5 }, /messageOrders/],
    [{ maxLoss: 5 }, /maxLoss/],
  ];
  for (const [definition, message] of wrong)
    assert.throws(() => compileLimits(definition as LimitsDefinition), message);
});

test('limits: every limit off -> state, warm-up, filters, shorts, reduce-only and valuation still refuse', () => {
  const none = Object.fromEntries(
    Object.entries(limitsSchema.shape)
      .filter(([, schema]) => schema.safeParse(null).success)
      .map(([name]) => [name, null]),
  );
  const gate = risk(none);
  assert.equal(verdict(gate, order('market', { lots: 90_000 }), view()), 'approved');
  assert.equal(verdict(gate, order(), view({ state: 2 })), 'trading-halted');
  assert.equal(verdict(gate, order(), view({ settled: false })), 'warming-up');
  assert.equal(verdict(gate, order('market', { lots: 1 }), view()), 'size-below-minimum');
  assert.equal(verdict(gate, order('market', { side: -1 }), view()), 'short-not-allowed');
  assert.equal(verdict(gate, order(), view({ price: Number.NaN })), 'no-reference-price');
  for (let i = 0; i < 500; i++) gate.placed(order(), view().nowMs);
  assert.equal(verdict(gate, order(), view()), 'approved');
});
