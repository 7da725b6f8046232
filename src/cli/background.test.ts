import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapLimitMb } from './background.ts';

test('memory of a thread: half of what the machine has, or the container where that has less', () => {
  const GIB = 2 ** 30;
  assert.equal(heapLimitMb(64 * GIB, 2 * GIB), 1_024);
  assert.equal(heapLimitMb(64 * GIB, 0), 32 * 1_024);
  assert.equal(heapLimitMb(64 * GIB, undefined), 32 * 1_024);
  // What Linux says where nothing is set.
  assert.equal(heapLimitMb(8 * GIB, 2 ** 64), 4 * 1_024);
});
