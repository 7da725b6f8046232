import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../src/adapters/system/clock.ts';
import { cacheAt } from '../src/cache-choice.ts';
import { requestLimitsAt } from '../src/request-limits-choice.ts';

/** Addresses of a Redis that there cannot be, each with a password. */
const BAD = [
  'redis://ann:hush%zz@127.0.0.1',
  'redis-cluster://ann:hush%zz@127.0.0.1',
  'redis-cluster://ann:hush@127.0.0.1:port',
];

describe('an address of Redis that cannot be read', () => {
  for (const url of BAD) {
    test(`requests counted at ${url} -> told once without it, counted near, and closed`, async () => {
      const said: string[] = [];
      const limits = requestLimitsAt(url, systemClock(), (text) => said.push(text));
      const size = { capacity: 2, perSecond: 0.001 };
      const taken = await Promise.all([1, 2, 3].map(() => limits.take('client:a', size)));
      assert.deepEqual(
        taken.map(({ isAllowed }) => isAllowed),
        [true, true, false],
      );
      await limits.close();
      assert.equal(said.length, 1, said.join());
      assert.match(said[0]!, /^TRADEWRIGHT_REDIS: expected .* found /);
      assert.ok(!said[0]!.includes('hush'));
    });

    test(`a cache at ${url} -> told once without it, kept near, and closed`, async () => {
      const said: string[] = [];
      const cache = cacheAt(url, systemClock(), (text) => said.push(text));
      await cache.set('query', { a: 1 });
      assert.equal(await cache.get('query', 'a'), 1);
      await cache.close();
      assert.equal(said.length, 1, said.join());
      assert.match(said[0]!, /^TRADEWRIGHT_SHARED_CACHE: expected .* found /);
      assert.ok(!said[0]!.includes('hush'));
    });
  }
});
