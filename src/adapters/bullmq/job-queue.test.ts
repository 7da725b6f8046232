import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { jobQueueContract } from '../../../test/contracts/job-queue.ts';
import { dieWithJob } from '../../../test/fixtures/job-death.ts';
import { RedisServer, redisMissing } from '../../../test/servers/redis.ts';
import { type JobQueue, QueueError } from '../../ports/job-queue.ts';
import { systemClock } from '../system/clock.ts';
import { openBullJobQueue } from './job-queue.ts';

const skip = redisMissing;
/** Longer than any pause of a machine under load: tests shorten what is left of it, and do not wait. */
const LEASE = 20_000;
const LOOK = 250;
/** So much time passes by itself. */
const SHORT = 1_000;

describe('jobs in Redis', { skip }, () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.open();
  });
  after(() => server?.close());

  jobQueueContract('BullMQ on Redis', {
    create: async () => {
      const redis = new Redis(server.url);
      await redis.flushall();
      const clock = systemClock();
      const opened: JobQueue[] = [];
      const open = async (): Promise<JobQueue> => {
        const queue = await openBullJobQueue({ url: server.url, clock, leaseMs: LEASE, lookMs: LOOK });
        opened.push(queue);
        return queue;
      };
      const queue = await open();
      return {
        ...{ queue, other: open, nowMs: () => clock.nowMs(), leaseMs: LEASE },
        async pass(ms) {
          if (ms < SHORT) return new Promise((resolve) => setTimeout(resolve, ms));
          for (const key of await redis.keys('*:lock'))
            await redis.pexpire(key, Math.max(1, Math.ceil((await redis.pttl(key)) - ms)));
        },
        dieWithJob: () =>
          dieWithJob(
            new URL('./job-queue.ts', import.meta.url),
            'openBullJobQueue',
            [{ url: server.url, clock: 'clock', leaseMs: LEASE, lookMs: LOOK }],
            'real',
          ),
        async dispose() {
          await Promise.all(opened.map((each) => each.close()));
          redis.disconnect();
        },
      };
    },
  });

  test('jobs of long ago, and wishes for an end that came too late -> nothing of them is left', async () => {
    const redis = new Redis(server.url);
    await redis.flushall();
    let nowMs = Date.now() - 61 * 86_400_000;
    const clock = { ...systemClock(), nowMs: () => nowMs };
    const queue = await openBullJobQueue({ url: server.url, clock });
    const draft = { operation: 'report', input: {}, actor: 'ann', schedule: null, priority: 5, attempts: 1 };
    await queue.add({ id: 'old', ...draft });
    await (await queue.take('one'))!.finish({ kind: 'done', result: {} });
    nowMs = Date.now();
    await queue.add({ id: 'new', ...draft });
    assert.deepEqual(await redis.zrange('{tradewright}:jobs:order', '0', '-1'), ['new']);
    // As by somebody who asked at the moment of its end, and of one that is not kept any more.
    await redis.sadd('{tradewright}:jobs:cancel-asked', 'old', 'forgotten');
    assert.deepEqual(await queue.counts(), { waiting: 1, running: 0, done: 1, failed: 0, cancelled: 0 });
    assert.deepEqual(await redis.smembers('{tradewright}:jobs:cancel-asked'), []);
    await queue.close();
    redis.disconnect();
  });

  test('a server that is gone -> unavailable, in time; there again -> the jobs go on', async () => {
    const queue = await openBullJobQueue({ url: server.url, clock: systemClock(), timeoutMs: 500 });
    server.pause();
    await assert.rejects(
      queue.counts(),
      (error: unknown) => error instanceof QueueError && error.code === 'unavailable',
    );
    server.goOn();
    for (let k = 0; k < 100; k++) {
      const isThere = await queue.counts().then(
        () => true,
        () => false,
      );
      if (isThere) break;
    }
    await queue.counts();
    await queue.close();
  });

  test('a job that could not be added while the server was gone -> is not there once it is there again', async () => {
    const own = await RedisServer.open();
    const queue = await openBullJobQueue({ url: own.url, clock: systemClock(), timeoutMs: 500 });
    await queue.counts();
    await own.kill();
    const draft = { operation: 'report', input: {}, actor: 'ann', schedule: null, priority: 5, attempts: 1 };
    await assert.rejects(
      queue.add({ id: 'lost', ...draft }),
      (error: unknown) => error instanceof QueueError && error.code === 'unavailable',
    );
    await own.start();
    let counts = null;
    while (counts === null) counts = await queue.counts().catch(() => null);
    await queue.add({ id: 'later', ...draft });
    assert.deepEqual(
      (await queue.list({ most: 9 })).map(({ id }) => id),
      ['later'],
    );
    assert.deepEqual(await queue.counts(), { waiting: 1, running: 0, done: 0, failed: 0, cancelled: 0 });
    await queue.close();
    await own.close();
  });

  test('a job whose adding broke off before it was listed -> listed once somebody takes it', async () => {
    const redis = new Redis(server.url);
    await redis.flushall();
    const queue = await openBullJobQueue({ url: server.url, clock: systemClock() });
    const draft = { operation: 'report', input: {}, actor: 'ann', schedule: null, priority: 5, attempts: 1 };
    await queue.add({ id: 'broken-off', ...draft });
    await redis.del('{tradewright}:jobs:order');
    assert.equal((await queue.take('one'))?.job.id, 'broken-off');
    assert.deepEqual(
      (await queue.list({ most: 9 })).map(({ id, state }) => [id, state]),
      [['broken-off', 'running']],
    );
    await queue.close();
    redis.disconnect();
  });

  test('a name or password that the server does not take -> refused, with its words and without the password', async () => {
    const own = await RedisServer.open('--requirepass', 'right');
    const queue = await openBullJobQueue({
      ...{ url: own.url.replace('//', '//:wrong@'), clock: systemClock(), timeoutMs: 1_000 },
    });
    await assert.rejects(queue.counts(), (error: unknown) => {
      assert.ok(error instanceof QueueError);
      assert.equal(error.code, 'refused');
      assert.match(error.message, /WRONGPASS|NOAUTH/);
      assert.doesNotMatch(error.message, /wrong@/);
      return true;
    });
    await queue.close();
    await own.close();
  });
});
