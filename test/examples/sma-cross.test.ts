import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { play } from '../../src/testing.ts';
import smaCross from './sma-cross.ts';

describe('the example of the first page', () => {
  test('length: strategy with tunable averages and a stop, imports included -> at most 15 lines', () => {
    const lines = readFileSync(join(import.meta.dirname, 'sma-cross.ts'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.ok(lines.length <= 15, `${lines.length} lines`);
    assert.ok(lines.every((line) => line.length <= 120));
  });

  test('daily bars: a rise, then a fall of 10 % in a day -> bought after the crossing, out at the stop 5 % below', () => {
    const closes = [...Array.from({ length: 25 }, (_, i) => 130 - i), 110, 115, 120, 121, 121, 108];
    const { trades, fills } = play(smaCross, { bars: closes, timeframe: '1d', params: { fast: 5, slow: 10 } });
    assert.equal(trades.length, 1);
    assert.deepEqual([fills[0]!.bar, fills[0]!.price, fills[0]!.why], [28, 120, 'fast above slow']);
    assert.deepEqual([fills[1]!.bar, fills[1]!.price, fills[1]!.role], [30, 114, 'stop']);
  });
});
