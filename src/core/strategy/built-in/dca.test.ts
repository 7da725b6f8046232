import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { dca } from './dca.ts';

const flat = (bars: number): number[] => Array.from({ length: bars }, () => 100);

describe('dca', () => {
  test('flat price: a tenth every 7 days -> the same amount at the same distance', () => {
    const { fills } = play(dca, { bars: flat(20), timeframe: '1d', params: { every: 7, part: 0.1, average: 3 } });
    assert.deepEqual(
      fills.map((f) => [f.bar, f.qty, f.role]),
      [
        [3, 10, 'entry'],
        [10, 10, 'entry'],
        [17, 10, 'entry'],
      ],
    );
  });

  test('price 20 % below its average -> twice the amount, and the reason says so', () => {
    const bars = [...flat(6), 80, 80];
    const { fills } = play(dca, {
      bars,
      timeframe: '1d',
      params: { every: 1, part: 0.1, average: 5, band: 0.05, dip: 2 },
    });
    const last = fills.at(-1)!;
    assert.deepEqual([last.bar, last.price, last.qty], [7, 80, 25]);
    assert.equal(last.why, 'every 1 days 2000: price 80 is -16.67 % from SMA 5 at 96, 2 times the amount');
  });

  test('money spent -> stops asking', () => {
    const { fills, refusals, equity } = play(dca, {
      bars: flat(40),
      timeframe: '1d',
      fee: 0.001,
      params: { every: 1, part: 0.3, average: 2 },
    });
    assert.equal(fills.length, 3);
    assert.deepEqual(refusals, []);
    assert.ok(Math.abs(equity.at(-1)! - (10_000 - 9)) < 1e-6);
  });
});
