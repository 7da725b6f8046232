import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { cacheContract } from '../../../test/contracts/cache.ts';
import { RedisServer, redisCluster, redisMissing } from '../../../test/servers/redis.ts';
import { CACHE_KINDS, type Cache } from '../../ports/cache.ts';
import { memoryCache } from '../memory/cache.ts';
import { systemClock } from '../system/clock.ts';
import { openRedisCache } from './cache.ts';

const skip = redisMissing;

function open(url: string, tell: (text: string) => void = () => undefined): Promise<Cache> {
  const near = memoryCache({ keptMs: (kind) => CACHE_KINDS[kind].nearMs });
  return openRedisCache({ url, clock: systemClock(), near, tell });
}

cacheContract('Redis', {
  skip,
  create: async () => {
    const server = await RedisServer.open();
    const cache = await open(server.url);
    return {
      ...{ cache, other: () => open(server.url) },
      async dispose() {
        await cache.close();
        await server.close();
      },
    };
  },
});

cacheContract('Redis cluster of three', {
  skip,
  create: async () => {
    const cluster = await redisCluster();
    const { url } = cluster;
    const cache = await open(url);
    return {
      ...{ cache, other: () => open(url) },
      async dispose() {
        await cache.close();
        await cluster.close();
      },
    };
  },
});

describe('cache in Redis', { skip }, () => {
  const closing: { close(): Promise<void> }[] = [];
  after(async () => {
    for (const each of closing.reverse()) await each.close();
  });

  async function scene() {
    const server = await RedisServer.open();
    const redis = new Redis(server.url);
    redis.on('error', () => undefined);
    const said: string[] = [];
    const [cache, other] = [await open(server.url, (text) => void said.push(text)), await open(server.url)];
    closing.push(server, { close: async () => redis.disconnect() }, cache, other);
    return { server, redis, cache, other, said };
  }

  test('what one program keeps -> another finds, for as long as its kind says', async () => {
    const { redis, cache, other } = await scene();
    for (const kind of ['quote', 'book', 'bar', 'query'] as const) {
      await cache.set(kind, { k: kind });
      assert.equal(await other.get(kind, 'k'), kind);
      const leftMs = await redis.pttl(`tradewright:cache:${kind}:k`);
      assert.ok(
        leftMs > CACHE_KINDS[kind].sharedMs - 1_000 && leftMs <= CACHE_KINDS[kind].sharedMs,
        `${kind} ${leftMs}`,
      );
    }
    assert.deepEqual(
      Object.values(CACHE_KINDS).map(({ sharedMs }) => sharedMs),
      [60_000, 1_000, 60_000, 300_000],
    );
  });

  test('FLUSHALL in mid-run -> as if nothing had been kept, and it goes on', async () => {
    const { redis, cache, other, said } = await scene();
    await cache.set('query', { a: 1 });
    await redis.flushall();
    assert.equal(await other.get('query', 'a'), undefined);
    assert.equal(await cache.get('query', 'a'), 1, 'near');
    await cache.set('query', { b: 2 });
    assert.equal(await other.get('query', 'b'), 2);
    assert.deepEqual(said, []);
  });

  test('what others wrote under our keys -> as if there were nothing', async () => {
    const { redis, other } = await scene();
    for (const text of ['not json', '{"a":1}', '[1]', '["x",1]']) {
      await redis.set('tradewright:cache:quote:odd', text);
      assert.equal(await other.get('quote', 'odd'), undefined);
    }
  });

  test('killed -> one line, no rejection, no waiting; started again -> used again', { timeout: 30_000 }, async () => {
    const { server, cache, said } = await scene();
    await cache.set('query', { a: 1 });
    await server.kill();
    for (let k = 0; k < 20; k++) {
      await cache.set('query', { [`k${k}`]: k });
      assert.equal(await cache.get('query', `k${k}`), k, 'near');
      assert.equal(await cache.get('query', `missing${k}`), undefined);
    }
    assert.equal(said.length, 1);
    assert.match(said[0]!, /redis:\/\/127\.0\.0\.1:\d+: the shared cache does not answer .*goes on without it/);
    const startMs = performance.now();
    for (let k = 0; k < 1_000; k++) await cache.get('query', `missing${k}`);
    assert.ok(performance.now() - startMs < 500, 'nobody waits for it');
    await server.start();
    while (said.length < 2) {
      await cache.get('query', 'anything');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(said[1]!, /there again/);
    const late = await open(server.url);
    closing.push(late);
    await cache.set('query', { again: true });
    assert.equal(await late.get('query', 'again'), true);
  });

  test('a server that hangs -> is given up within tenths of a second', { timeout: 30_000 }, async () => {
    const { server, cache, said } = await scene();
    await cache.set('query', { a: 1 });
    server.pause();
    const startMs = performance.now();
    for (let k = 0; k < 50; k++) await cache.get('query', `missing${k}`);
    const tookMs = performance.now() - startMs;
    server.goOn();
    assert.ok(tookMs < 1_500, `${tookMs}`);
    assert.equal(said.length, 1);
  });
});
