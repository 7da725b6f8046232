import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseExactJson } from './exact-json.ts';

describe('exact JSON', () => {
  test('a whole number beyond 2^53 -> its text; others -> numbers', () => {
    const text =
      '{"orderId":8389765591234567890,"list":[9007199254740993,9007199254740991,-1],"price":0.1234567890123456}';
    assert.deepEqual(parseExactJson(text), {
      orderId: '8389765591234567890',
      list: ['9007199254740993', 9007199254740991, -1],
      price: 0.1234567890123456,
    });
  });

  test('long digits inside a string -> untouched', () => {
    const text = JSON.stringify({ msg: 'IP banned until:1795200060000000000,', id: '9007199254740993' });
    assert.deepEqual(parseExactJson(text), JSON.parse(text));
  });

  test('no JSON -> SyntaxError', () => {
    assert.throws(() => parseExactJson('<html>'), SyntaxError);
  });
});
