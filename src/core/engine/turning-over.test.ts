import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../research/play.ts';
import { bars } from '../strategy/data.ts';
import { type Desk, defineStrategy } from '../strategy/define-strategy.ts';

type Deeds = Readonly<Record<number, (c: Desk) => void>>;

/** Fills of deeds at bars of a flat market at 100, on margin, as text. */
function fillsOf(deeds: Deeds, leverage = 1): string[] {
  const strategy = defineStrategy({
    id: 'turns',
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    onBar: (c) => deeds[c.data.main.index]?.(c),
  });
  const { fills } = play(strategy, {
    bars: [100, 100, 100, 100, 100, 100],
    account: 'margin',
    fee: 0.001,
    leverage,
    limits: { leverageRatio: leverage },
  });
  return fills.map((f) => `${f.role} ${f.side} ${f.qty}`);
}

describe('a position that is turned over', () => {
  for (const [from, to, sides] of [
    [-0.9, 0.9, ['sell', 'buy']],
    [0.9, -0.9, ['buy', 'sell']],
  ] as const)
    test(`target ${from}, then ${to} -> one order that holds the other share, less the fees of the way`, () => {
      const fills = fillsOf({ 1: (c) => c.target(from, 'x'), 3: (c) => c.target(to, 'y') });
      // 9,000 of equity, its fee of 9, and 0.9 of the 9,991 that are left, on top of what is closed.
      assert.deepEqual(fills, [`entry ${sides[0]} 90`, `entry ${sides[1]} 179.919`]);
    });

  for (const [side, back] of [
    ['buy', 'sell'],
    ['sell', 'buy'],
  ] as const)
    test(`${side}, then close and ${back} at once -> closed, and opened the other way`, () => {
      const size = { pctEquity: 0.9 };
      const fills = fillsOf(
        {
          1: (c) => c[side]({ size, why: 'x' }),
          3: (c) => {
            c.position.close('turned');
            c[back]({ size, why: 'y' });
          },
        },
        2,
      );
      assert.deepEqual(fills, [`entry ${side} 180`, `exit ${back} 180`, `entry ${back} 179.676`]);
    });

  test('all of the equity, closed and opened the other way -> clipped so that both fees fit', () => {
    const size = { pctEquity: 1 };
    const fills = fillsOf({
      1: (c) => c.buy({ size, why: 'x' }),
      3: (c) => {
        c.position.close('turned');
        c.sell({ size, why: 'y' });
      },
    });
    assert.deepEqual(fills, ['entry buy 99.900099', 'exit sell 99.900099', 'entry sell 99.700499']);
  });
});
