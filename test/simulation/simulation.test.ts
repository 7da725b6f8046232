import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { everyDeath, runDeaths } from './crash-matrix.ts';
import { RareEvents } from './rare-events.ts';
import { SELDOM } from './seldom.ts';
import { World } from './world.ts';

/** So many that everything of {@link SELDOM} happens, and no more than a run of all tests can bear. */
const WORLDS = 250;
const TWICE = [1, 2, 3, 4, 5, 6, 7, 8];
/** Every so many crossings a death is tried. */
const STRIDE = 61;

describe('simulation', () => {
  test(`${WORLDS} worlds -> no invariant is violated, and what seldom happens has happened`, async () => {
    const rare = new RareEvents();
    const violated: string[] = [];
    for (let seed = 1; seed <= WORLDS; seed++) {
      const result = await new World(seed).run();
      rare.add(result.rare);
      if (result.violations.length > 0)
        violated.push(`${result.violations[0]!}; again: npm run simulate -- --seed ${seed} --story`);
    }
    assert.deepEqual(violated, []);
    assert.deepEqual(
      SELDOM.filter((name) => (rare.counts.get(name) ?? 0) === 0),
      [],
    );
  });

  test('an order that the venue ended by itself, which nobody heard, while lookups know nothing of it yet -> that it never was is as good', async () => {
    for (const seed of [70_387, 80_394]) assert.deepEqual((await new World(seed).run()).violations, [], `seed ${seed}`);
  });

  test('the same seed twice -> the same of everything', async () => {
    for (const seed of TWICE) {
      const first = await new World(seed).run();
      const second = await new World(seed).run();
      assert.equal(first.hash, second.hash, `seed ${seed}`);
    }
  });

  for (const product of ['spot', 'usdm'] as const)
    test(`${product}: a process dies at a crossing, or its successor within its recovery -> no invariant is violated`, async () => {
      for (const deaths of await everyDeath(3, product, STRIDE)) {
        const { violations, lives } = await runDeaths(deaths);
        assert.deepEqual(violations, [], JSON.stringify(deaths));
        assert.ok(lives >= 2, JSON.stringify(deaths));
      }
    });
});
