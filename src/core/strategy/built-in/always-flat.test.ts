import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { alwaysFlat } from './always-flat.ts';

describe('always-flat', () => {
  test('any market -> no order, equity to the cent what it was', () => {
    const { orders, equity } = play(alwaysFlat, { bars: 'crash', fee: 0.001 });
    assert.equal(orders.length, 0);
    assert.ok(equity.length > 5_000 && equity.every((e) => e === 10_000));
  });
});
