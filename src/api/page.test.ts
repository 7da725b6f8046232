import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pageOf } from './page.ts';

describe('pages of a list that grows', () => {
  test('followed to the end, while rows come -> each row that was there once, the newest page first', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 50 }), fc.nat(5), (count, limit, grows) => {
        const seen: number[] = [];
        let page = pageOf(count, limit, undefined);
        for (let now = count; ; now += grows) {
          seen.unshift(...Array.from({ length: page.to - page.from }, (_, k) => page.from + k));
          if (page.cursor === null) break;
          page = pageOf(now, limit, page.cursor);
        }
        assert.deepEqual(
          seen,
          Array.from({ length: count }, (_, row) => row),
        );
      }),
    );
  });

  test('limit 0 -> nothing, and the whole list is older; a cursor of no list -> refused', () => {
    assert.deepEqual(pageOf(7, 0, undefined), { from: 7, to: 7, cursor: '7' });
    assert.deepEqual(pageOf(7, 3, 'zz'), { from: 4, to: 7, cursor: '4' });
    for (const cursor of ['A', '-1', '', 'zzzzzzzzzzzzz', '1.5'])
      assert.throws(() => pageOf(7, 3, cursor), { code: 'input-invalid' }, cursor);
  });
});
