import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FloatRing } from './float-ring.ts';

test('float ring: any pushes and clears -> the newest rows of a plain list, from both ends and copied', () => {
  const action = fc.oneof(
    { weight: 20, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(action),
      fc.integer({ min: 0, max: 12 }),
      (capacity, actions, room) => {
        const ring = new FloatRing(capacity, 2);
        let list: number[] = [];
        let pushed = 0;
        for (const value of actions) {
          if (value === 'clear') {
            ring.clear();
            list = [];
            continue;
          }
          const row = ring.push();
          ring.columns[0]![row] = value;
          ring.columns[1]![row] = pushed++;
          list.push(value);
          const held = list.slice(-capacity);
          assert.deepEqual([ring.count, ring.pushed], [held.length, pushed]);
          for (let k = 0; k < held.length; k++) {
            assert.equal(ring.columns[0]![ring.newest(k)], held[held.length - 1 - k]);
            assert.equal(ring.columns[0]![ring.oldest(k)], held[k]);
            assert.equal(ring.columns[1]![ring.oldest(k)], pushed - held.length + k);
          }
        }
        const held = list.slice(-capacity);
        assert.deepEqual([ring.newest(held.length), ring.oldest(held.length), ring.newest(-1)], [-1, -1, -1]);
        const into = new Float64Array(room).fill(-7);
        const copied = ring.copy(0, into);
        const newest = room === 0 ? [] : held.slice(-room);
        assert.equal(copied, newest.length);
        assert.deepEqual([...into], [...newest, ...Array.from({ length: room - copied }, () => -7)]);
      },
    ),
    { numRuns: 300 },
  );
});

test('float ring: capacity that is none -> RangeError', () => {
  for (const capacity of [0, -1, 1.5, Number.NaN]) assert.throws(() => new FloatRing(capacity, 1), /capacity above 0/);
});
