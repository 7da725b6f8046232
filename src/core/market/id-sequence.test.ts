import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdSequence } from './id-sequence.ts';

test('id sequence: ids in step, twice, behind and ahead -> each said; after a gap it goes on from there', () => {
  const sequence = new IdSequence();
  assert.deepEqual(
    [7, 8, 8, 3, 12, 13].map((id) => sequence.next(id)),
    ['first', 'next', 'repeated', 'repeated', 'gap', 'next'],
  );
  assert.deepEqual([sequence.lastId, sequence.missing], [13, 3]);
});
