import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bars } from '../src/core/strategy/data.ts';
import { defineStrategy } from '../src/core/strategy/define-strategy.ts';
import { play } from '../src/testing.ts';

const asking = (ask: () => unknown) =>
  defineStrategy({
    id: 'asking',
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    onBar: () => void ask(),
  });

describe('play of tradewright/testing', () => {
  for (const [name, ask, said] of [
    ['the clock', () => Date.now(), /Date\.now\(\)/],
    ['chance', () => Math.random(), /Math\.random\(\)/],
    ['the network', () => fetch('http://127.0.0.1:1/'), /fetch\(\)/],
  ] as const)
    test(`a strategy asks for ${name} -> refused as in every run; the test itself has it again`, () => {
      assert.throws(() => play(asking(ask), { bars: [100, 101] }), said);
      assert.ok(Date.now() > 0 && Math.random() < 1);
    });

  test('dates that are arithmetic -> work', () => {
    const { fills } = play(
      asking(() => new Date(0).getUTCDay()),
      { bars: [100, 101] },
    );
    assert.deepEqual(fills, []);
  });
});
