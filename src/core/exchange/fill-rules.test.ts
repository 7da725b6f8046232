import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_FILLS, parseFillRules } from './fill-rules.ts';

test('fill rules: words in any order, what is not said is the default', () => {
  assert.deepEqual(parseFillRules(''), DEFAULT_FILLS);
  assert.deepEqual(parseFillRules('through, close'), { market: 'close', path: 'pessimistic', limit: 'through' });
  assert.deepEqual(parseFillRules('ohlc,ohlc'), { ...DEFAULT_FILLS, path: 'ohlc' });
});

test('fill rules: an unknown word, or two that exclude each other -> refused naming them', () => {
  assert.throws(() => parseFillRules('at-once'), /unknown word "at-once"; expected any of next-open, close/);
  assert.throws(() => parseFillRules('close,next-open'), /expected one of close and next-open, found both/);
  assert.throws(() => parseFillRules('pessimistic,touch,optimistic'), /one of pessimistic and optimistic/);
});
