import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { baseTimeframe } from './stream-timeframe.ts';

describe('base timeframe', () => {
  test('wanted timeframes -> the coarsest that all of them are made of', () => {
    assert.equal(baseTimeframe(['1h']), '1h');
    assert.equal(baseTimeframe(['1h', '5m', '1d']), '5m');
    assert.equal(baseTimeframe(['3m', '5m']), '1m');
    assert.equal(baseTimeframe(['1w', '1mo']), '1m');
    assert.equal(baseTimeframe(['1d', '1mo']), '1d');
    assert.equal(baseTimeframe(['90s', '1m']), '1s');
  });

  test('what the venue does not offer -> made of what it does; null where nothing will do', () => {
    assert.equal(baseTimeframe(['7m'], ['1m', '5m']), '1m');
    assert.equal(baseTimeframe(['1h', '10m'], ['1m', '1h']), '1m');
    assert.equal(baseTimeframe(['30s'], ['1m', '5m']), null);
    assert.throws(() => baseTimeframe(['never' as '1m']), RangeError);
  });
});
