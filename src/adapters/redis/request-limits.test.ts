import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RedisServer, redisMissing } from '../../../test/servers/redis.ts';
import { MemoryRequestLimits } from '../memory/request-limits.ts';
import { systemClock } from '../system/clock.ts';
import { openRedisRequestLimits } from './request-limits.ts';

const SIZE = { capacity: 200, perSecond: 0.001 };

describe('limits of requests in Redis', { skip: redisMissing }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await RedisServer.open();
  });
  after(() => redis.close());

  const open = async (said: string[] = []) => {
    const clock = systemClock();
    const near = new MemoryRequestLimits(clock);
    return openRedisRequestLimits({ url: redis.url, clock, near, tell: (text) => void said.push(text) });
  };

  test('two servers -> one bucket of 200 together, refilled by the time of Redis', async () => {
    const servers = [await open(), await open()];
    const taken = await Promise.all(Array.from({ length: 230 }, (_, k) => servers[k % 2]!.take('client:a', SIZE)));
    assert.equal(taken.filter(({ isAllowed }) => isAllowed).length, 200);
    const { isAllowed, remaining, retryAfterMs } = await servers[0]!.take('client:a', SIZE);
    assert.deepEqual([isAllowed, remaining], [false, 0]);
    assert.ok(retryAfterMs > 0 && retryAfterMs <= 1_000_000, `${retryAfterMs}`);
    assert.equal((await servers[1]!.take('client:b', SIZE)).remaining, 199);
    const quick = { capacity: 1, perSecond: 50 };
    await servers[0]!.take('quick', quick);
    let waits = 0;
    while (!(await servers[1]!.take('quick', quick)).isAllowed && waits++ < 1_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(waits < 1_000, 'filled again');
    for (const each of servers) await each.close();
  });

  test('Redis dies -> each counts for itself, told once; it is there again -> together again', async () => {
    const said: string[] = [];
    const limits = await open(said);
    for (let k = 0; k < 5; k++) await limits.take('client:c', SIZE);
    await redis.kill();
    const alone = await Promise.all(Array.from({ length: 230 }, () => limits.take('client:c', SIZE)));
    assert.equal(alone.filter(({ isAllowed }) => isAllowed).length, 200, 'a bucket of its own');
    assert.match(said.join(), /each server counts its requests alone/);
    assert.equal(said.length, 1);
    await redis.start();
    for (let k = 0; said.length < 2 && k < 600; k++) {
      await limits.take('client:d', SIZE);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(said[1] ?? '', /counted together again/);
    await limits.close();
  });
});
