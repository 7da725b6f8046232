import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriedInput } from './carried-input.ts';

test('words of a list whose values hold commas -> parted by semicolons; of any other by commas', () => {
  const read = carriedInput('backtest', {
    strategy: 'sma-cross',
    with: 'dca,share=0.3; rsi2-reversion,as=dips',
    data: 'X:A, X:B',
    param: 'fast=5,dca.every=30',
  });
  assert.deepEqual(read, {
    strategy: 'sma-cross',
    with: ['dca,share=0.3', 'rsi2-reversion,as=dips'],
    data: ['X:A', 'X:B'],
    param: { fast: '5', 'dca.every': '30' },
  });
});
