import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { eventBusContract, eventsOf, Listener, newTopic } from '../../../test/contracts/event-bus.ts';
import { RedisServer, redisCluster, redisMissing } from '../../../test/servers/redis.ts';
import { openRedisEventBus } from './event-bus.ts';

const skip = redisMissing;
let cluster: ReturnType<typeof redisCluster> | null = null;

eventBusContract('Redis', {
  skip,
  create: async () => {
    const server = await RedisServer.open();
    return { open: () => openRedisEventBus({ url: server.url }), dispose: () => server.close() };
  },
});

eventBusContract('Redis cluster of three', {
  skip,
  create: async () => {
    cluster ??= redisCluster();
    const { url } = await cluster;
    return { open: () => openRedisEventBus({ url }), dispose: async () => undefined };
  },
});
after(async () => (await cluster)?.close());

describe('event bus in Redis that fails', { skip }, () => {
  const closing: { close(): Promise<void> }[] = [];
  after(async () => {
    for (const each of closing.reverse()) await each.close();
  });

  test('killed and started again -> publishing is refused meanwhile, and subscribers go on where they were', {
    timeout: 30_000,
  }, async () => {
    const server = await RedisServer.open('--appendonly', 'yes', '--appendfsync', 'always');
    closing.push(server);
    const [bus, other] = [await openRedisEventBus({ url: server.url }), await openRedisEventBus({ url: server.url })];
    closing.push(bus, other);
    const topic = newTopic();
    const listener = new Listener('all');
    const subscription = await other.subscribe({ from: 'now' }, listener);
    await bus.publish(eventsOf(topic, 0, 5));
    await listener.count(5);
    await server.kill();
    await assert.rejects(bus.publish(eventsOf(topic, 5, 5)), { code: 'unavailable' });
    await assert.rejects(bus.ping(), /expected a Redis server at redis:\/\/127.0.0.1/);
    await server.start();
    for (let from = 5; ; ) {
      try {
        await bus.publish(eventsOf(topic, from, 5));
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await listener.count(10);
    assert.deepEqual(
      listener.heard.map(({ seq }) => seq),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(subscription.counts.lost, 0);
  });

  test('FLUSHALL in mid-run -> later events come, and a subscriber of after that hears of the topic', {
    timeout: 30_000,
  }, async () => {
    const server = await RedisServer.open();
    const redis = new Redis(server.url);
    closing.push(server, { close: async () => redis.disconnect() });
    const bus = await openRedisEventBus({ url: server.url });
    closing.push(bus);
    const topic = newTopic();
    const [early, late] = [new Listener('early'), new Listener('late')];
    await bus.subscribe({ from: 'now' }, early);
    await bus.publish(eventsOf(topic, 0, 3));
    await early.count(3);
    await redis.flushall();
    await bus.subscribe({ from: 'now' }, late);
    await bus.publish(eventsOf(topic, 3, 2));
    await Promise.all([early.count(5), late.count(2)]);
    assert.deepEqual(
      early.heard.map(({ seq }) => seq),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(early.lostEvents, []);
  });

  test('from publishing to the handler in another connection -> milliseconds', { timeout: 30_000 }, async (t) => {
    const server = await RedisServer.open();
    closing.push(server);
    const [bus, other] = [await openRedisEventBus({ url: server.url }), await openRedisEventBus({ url: server.url })];
    closing.push(bus, other);
    const topic = newTopic();
    const listener = new Listener('timed');
    await other.subscribe({ from: 'now' }, listener);
    const tookMs: number[] = [];
    for (let k = 0; k < 200; k++) {
      const startMs = performance.now();
      await Promise.all([bus.publish(eventsOf(topic, k, 1)), listener.count(k + 1)]);
      tookMs.push(performance.now() - startMs);
    }
    tookMs.sort((a, b) => a - b);
    t.diagnostic(`median ${tookMs[100]!.toFixed(2)} ms, 99 % ${tookMs[198]!.toFixed(2)} ms`);
    assert.ok(tookMs[100]! < 100);
  });

  test('nobody there -> opening works, asking is refused, and the password is not told', {
    timeout: 30_000,
  }, async () => {
    const bus = await openRedisEventBus({ url: 'redis://user:pa55@127.0.0.1:1/0' });
    for (let k = 0; k < 3; k++)
      await assert.rejects(
        bus.publish(eventsOf(newTopic(), 0, 1)),
        (error) =>
          error instanceof Error && /at redis:\/\/127\.0\.0\.1:1\/0/.test(error.message) && !/pa55/.test(String(error)),
      );
    await assert.rejects(bus.subscribe({ from: 'now' }, new Listener('x')), { code: 'unavailable' });
    await bus.close();
  });
});
