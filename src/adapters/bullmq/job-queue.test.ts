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
});
