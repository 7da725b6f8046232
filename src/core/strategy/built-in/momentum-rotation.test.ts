import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../../research/play.ts';
import { momentumRotation } from './momentum-rotation.ts';

const params = { lookback: 3, every: 1, top: 1 };
const A = [100, 101, 102, 103, 104, 104, 104, 104, 104];
const B = [100, 100, 100, 100, 100, 110, 120, 130, 130];

describe('momentum-rotation', () => {
  test('another instrument takes the lead -> the old one is sold and the new one bought with its money at the same open', () => {
    const { fills } = play(momentumRotation, { bars: { A, B }, timeframe: '1d', params });
    assert.deepEqual(
      fills.map((f) => [f.bar, f.symbol, f.side, f.price]),
      [
        [4, 'A', 'buy', 103],
        [6, 'A', 'sell', 104],
        [6, 'B', 'buy', 110],
      ],
    );
    assert.equal(fills[0]!.why, 'growth over 3 days: A 3 %, B 0 %');
    assert.equal(fills[1]!.why, 'growth over 3 days: B 10 %, A 1.961 %');
  });

  test('nothing rises -> all in cash', () => {
    const falling = [100, 99, 98, 97, 96, 95, 94];
    const { orders } = play(momentumRotation, { bars: { A: falling, B: falling }, timeframe: '1d', params });
    assert.equal(orders.length, 0);
  });

  test('two of three held -> about half of the equity in each', () => {
    const flat = [100, 100, 100, 100, 100, 100];
    const up = [100, 101, 102, 103, 104, 105];
    const { fills } = play(momentumRotation, {
      bars: { A: up, B: flat, C: up },
      timeframe: '1d',
      params: { ...params, top: 2 },
    });
    assert.deepEqual(
      fills.map((f) => [f.symbol, Math.round(f.qty * f.price)]),
      [
        ['A', 4900],
        ['C', 4900],
      ],
    );
  });
});
