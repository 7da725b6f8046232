import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { columnToText, textToColumn } from './column-text.ts';

describe('columns as text', () => {
  test('any doubles -> base64 of their little-endian bytes, as Node writes it, and back to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        const text = columnToText(values);
        assert.equal(text, Buffer.from(Float64Array.from(values).buffer).toString('base64'));
        assert.deepEqual([...textToColumn(text)], values);
      }),
    );
  });

  test('damaged text -> RangeError', () => {
    for (const text of ['AAA', 'AAAA', 'AAAAAAAAAA!=', 'AAAAAAAAé=='])
      assert.throws(() => textToColumn(text), RangeError, text);
  });
});
