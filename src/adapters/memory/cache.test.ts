import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheContract } from '../../../test/contracts/cache.ts';
import { memoryCache } from './cache.ts';

cacheContract('memory', {
  create: async () => {
    const cache = memoryCache();
    return { cache, other: null, dispose: () => cache.close() };
  },
});

test('cache in memory: more than it may hold -> what was used last is kept, and nothing too large', async () => {
  const cache = memoryCache({ mostCharacters: 10_000 });
  const text = 'x'.repeat(700);
  for (let k = 0; k < 100; k++) {
    await cache.set('query', { [`k${k}`]: text });
    assert.equal(await cache.get('query', 'k0'), text, 'used again and again');
  }
  const kept = await cache.getAll(
    'query',
    Array.from({ length: 100 }, (_, k) => `k${k}`),
  );
  assert.ok(kept.filter((each) => each !== undefined).length <= 10);
  await cache.set('query', { large: 'x'.repeat(20_000) });
  assert.equal(await cache.get('query', 'large'), undefined);
});
