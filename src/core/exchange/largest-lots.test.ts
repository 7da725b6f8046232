import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../vocabulary/random.ts';
import { largestLots } from './largest-lots.ts';

test('largest lots: everything fits, or nothing -> the most, or 0', () => {
  assert.equal(
    largestLots(7, () => true),
    7,
  );
  assert.equal(
    largestLots(7, () => false),
    0,
  );
  assert.equal(
    largestLots(0, () => true),
    0,
  );
});

test('largest lots: any bound below any most -> that bound, in few steps', () => {
  const random = new Random(3);
  for (let i = 0; i < 500; i++) {
    const most = 1 + Math.floor(random.uniform() * 1e12);
    const bound = Math.floor(random.uniform() * most);
    let steps = 0;
    const found = largestLots(most, (lots) => {
      steps++;
      return lots <= bound;
    });
    assert.equal(found, bound);
    assert(steps <= 42, `${steps} steps`);
  }
});
