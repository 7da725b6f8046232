import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeldJob, JobDraft, JobQueue } from '../../src/ports/job-queue.ts';

export interface JobQueueSubject {
  readonly queue: JobQueue;
  /** The same jobs, as another program has them. */
  readonly other: () => Promise<JobQueue>;
  readonly nowMs: () => number;
  /** Lets so much time pass, as the queue knows it. */
  readonly pass: (ms: number) => Promise<void>;
  /** A worker of this subject that has not kept its lease for so long is taken for dead. */
  readonly leaseMs: number;
  /** Begins the next job in another process and kills that; answers the job's id. */
  readonly dieWithJob: () => Promise<string>;
  dispose(): Promise<void>;
}

const draft = (id: string, more: Partial<JobDraft> = {}): JobDraft => ({
  ...{ id, operation: 'backtest', input: { strategy: 'sma-cross', data: ['synthetic'] }, actor: 'ann@desk' },
  ...{ schedule: null, priority: 5, attempts: 3, ...more },
});
const FAILURE = { code: 'venue-unavailable', message: 'no answer', hint: 'Try again later.' };

/** What every {@link JobQueue} must do. */
export function jobQueueContract(
  name: string,
  options: { readonly skip?: string | false; readonly create: () => Promise<JobQueueSubject> },
): void {
  describe(`job queue (${name})`, { skip: options.skip ?? false }, () => {
    const check = (title: string, body: (subject: JobQueueSubject) => Promise<void>): void => {
      test(title, async () => {
        const subject = await options.create();
        try {
          await body(subject);
        } finally {
          await subject.dispose();
        }
      });
    };
    /** What there is to take, which there must be. */
    const taken = async (queue: JobQueue, worker = 'one'): Promise<HeldJob> => {
      for (let k = 0; k < 400; k++) {
        const held = await queue.take(worker);
        if (held !== null) return held;
        await queue.awaitWork(50, new AbortController().signal);
      }
      throw new Error('nothing came to be taken');
    };

    check(
      'a job -> taken as it was added, done with its answer, and seen by every program',
      async ({ queue, other, nowMs }) => {
        const beforeMs = nowMs();
        const { job, isNew } = await queue.add(draft('a', { schedule: 'nightly', priority: 7 }));
        assert.deepEqual(
          [isNew, job.state, job.attempt, job.startedAtMs, job.endedAtMs, job.worker, job.result, job.failure],
          [true, 'waiting', 0, null, null, null, null, null],
        );
        assert.ok(job.createdAtMs >= beforeMs && job.dueAtMs === job.createdAtMs);
        const second = await other();
        const held = await taken(second, 'machine:1');
        const { state, attempt, worker, ...same } = held.job;
        assert.deepEqual([state, attempt, worker], ['running', 1, 'machine:1']);
        assert.deepEqual(
          [same.id, same.operation, same.input, same.actor, same.schedule, same.priority, same.attempts],
          ['a', 'backtest', draft('a').input, 'ann@desk', 'nightly', 7, 3],
        );
        const progress = { phase: 'bars', done: 10, total: 40, ratePerS: 2.5 };
        assert.equal(await held.keep(progress), 'held');
        assert.equal(await held.keep(null), 'held', 'what was known stays');
        assert.deepEqual((await queue.get('a'))!.progress, progress);
        assert.equal(await held.finish({ kind: 'done', result: { run: 'bt_1', nothing: null } }), true);
        const done = (await queue.get('a'))!;
        assert.deepEqual([done.state, done.result, done.failure], ['done', { run: 'bt_1', nothing: null }, null]);
        assert.ok(done.endedAtMs! >= done.startedAtMs! && done.startedAtMs! >= done.createdAtMs);
        assert.equal(await held.finish({ kind: 'done', result: 1 }), false, 'it has ended');
        assert.equal(await queue.take('one'), null);
        assert.equal(await queue.get('nobody'), null);
        await second.close();
      },
    );

    check(
      'one id -> one job, however often and by whomever it is added, also when it has ended',
      async ({ queue, other }) => {
        const second = await other();
        const added = await Promise.all([0, 1, 2, 3].map((k) => (k % 2 ? queue : second).add(draft('once'))));
        assert.equal(added.filter(({ isNew }) => isNew).length, 1);
        await (await taken(queue)).finish({ kind: 'done', result: {} });
        const again = await second.add(draft('once'));
        assert.deepEqual([again.isNew, again.job.state], [false, 'done']);
        assert.equal(await queue.take('one'), null);
        await second.close();
      },
    );

    check('order -> the higher priority, then who was first', async ({ queue }) => {
      for (const [id, priority] of [
        ['low', 1],
        ['b', 5],
        ['high', 9],
        ['c', 5],
        ['lowest', 0],
      ] as const)
        await queue.add(draft(id, { priority }));
      const order: string[] = [];
      for (let k = 0; k < 5; k++) order.push((await taken(queue)).job.id);
      assert.deepEqual(order, ['high', 'b', 'c', 'low', 'lowest']);
      assert.equal(await queue.take('one'), null);
    });

    check('lists and counts -> newest first, by state, operation and schedule', async ({ queue }) => {
      await queue.add(draft('a'));
      await queue.add(draft('b', { operation: 'report', schedule: 'nightly' }));
      await (await taken(queue)).finish({ kind: 'done', result: {} });
      await (await taken(queue)).finish({ kind: 'failed', failure: FAILURE, retryAtMs: null });
      await queue.add(draft('c', { schedule: 'nightly' }));
      await queue.add(draft('d'));
      await queue.cancel('d');
      const ids = async (filter: Partial<Parameters<JobQueue['list']>[0]>): Promise<string[]> =>
        (await queue.list({ most: 10, ...filter })).map(({ id }) => id);
      assert.deepEqual(await ids({}), ['d', 'c', 'b', 'a']);
      assert.deepEqual(await ids({ most: 2 }), ['d', 'c']);
      assert.deepEqual(await ids({ state: 'failed' }), ['b']);
      assert.deepEqual(await ids({ state: 'waiting' }), ['c']);
      assert.deepEqual(await ids({ state: 'cancelled' }), ['d']);
      assert.deepEqual(await ids({ operation: 'report' }), ['b']);
      assert.deepEqual(await ids({ schedule: 'nightly' }), ['c', 'b']);
      assert.deepEqual(await queue.counts(), { waiting: 1, running: 0, done: 1, failed: 1, cancelled: 1 });
    });

    check('cancelled while it waits -> never taken, and waits anew with a retry', async ({ queue, other }) => {
      await queue.add(draft('a'));
      const second = await other();
      const cancelled = (await second.cancel('a'))!;
      assert.deepEqual([cancelled.state, cancelled.isCancelAsked], ['cancelled', false]);
      assert.ok(cancelled.endedAtMs !== null);
      assert.equal(await queue.take('one'), null);
      assert.equal((await queue.cancel('a'))!.state, 'cancelled', 'once more changes nothing');
      assert.equal(await queue.cancel('nobody'), null);
      const retried = (await queue.retry('a'))!;
      assert.deepEqual([retried.state, retried.attempt, retried.endedAtMs], ['waiting', 0, null]);
      const held = await taken(second);
      assert.deepEqual([held.job.id, await held.keep(null)], ['a', 'held']);
      await second.close();
    });

    check(
      'tried, given back, cancelled while it waits -> with a retry all of its tries anew',
      async ({ queue, nowMs, pass }) => {
        await queue.add(draft('a', { attempts: 2 }));
        await (await taken(queue)).finish({ kind: 'given-back' });
        await (await taken(queue)).finish({ kind: 'failed', failure: FAILURE, retryAtMs: nowMs() + 300 });
        await queue.cancel('a');
        const retried = (await queue.retry('a'))!;
        assert.deepEqual([retried.state, retried.attempt, retried.failure], ['waiting', 0, null]);
        await pass(400);
        const first = await taken(queue);
        assert.equal(first.job.attempt, 1);
        await first.finish({ kind: 'failed', failure: FAILURE, retryAtMs: nowMs() });
        await pass(100);
        const second = await taken(queue);
        assert.equal(second.job.attempt, 2);
        await second.finish({ kind: 'failed', failure: FAILURE, retryAtMs: nowMs() });
        assert.deepEqual(
          [(await queue.get('a'))!.state, await queue.counts().then(({ failed }) => failed)],
          ['failed', 1],
        );
      },
    );

    check('cancelled while it runs -> who has it is told, and what there was is kept', async ({ queue, other }) => {
      await queue.add(draft('a'));
      const held = await taken(queue);
      const second = await other();
      const asked = (await second.cancel('a'))!;
      assert.deepEqual([asked.state, asked.isCancelAsked, asked.endedAtMs], ['running', true, null]);
      assert.equal(await held.keep(null), 'cancel');
      assert.equal(await held.finish({ kind: 'cancelled', result: { run: 'partial' } }), true);
      const ended = (await second.get('a'))!;
      assert.deepEqual([ended.state, ended.isCancelAsked, ended.result], ['cancelled', false, { run: 'partial' }]);
      assert.equal(await queue.take('one'), null);
      await second.close();
    });

    check(
      'fails in passing -> tried again when it is due, as often as it may; then given up, until a retry',
      async ({ queue, nowMs, pass }) => {
        await queue.add(draft('a', { attempts: 2 }));
        const first = await taken(queue);
        const dueMs = nowMs() + 700;
        assert.equal(await first.finish({ kind: 'failed', failure: FAILURE, retryAtMs: dueMs }), true);
        const waiting = (await queue.get('a'))!;
        assert.deepEqual([waiting.state, waiting.failure, waiting.attempt], ['waiting', FAILURE, 1]);
        assert.equal(waiting.dueAtMs, dueMs);
        if (nowMs() < dueMs - 400) assert.equal(await queue.take('one'), null, 'not before it is due');
        await pass(800);
        const second = await taken(queue);
        assert.equal(second.job.attempt, 2);
        await second.finish({ kind: 'failed', failure: FAILURE, retryAtMs: nowMs() });
        const failed = (await queue.get('a'))!;
        assert.deepEqual([failed.state, failed.failure, failed.attempt], ['failed', FAILURE, 2]);
        await pass(800);
        assert.equal(await queue.take('one'), null);
        const retried = (await queue.retry('a'))!;
        assert.deepEqual([retried.state, retried.failure, retried.attempt], ['waiting', null, 0]);
        const third = await taken(queue);
        assert.equal(third.job.attempt, 1);
        await third.finish({ kind: 'done', result: {} });
        assert.equal((await queue.get('a'))!.state, 'done');
      },
    );

    check('fails for good -> given up at once', async ({ queue }) => {
      await queue.add(draft('a'));
      await (await taken(queue)).finish({ kind: 'failed', failure: FAILURE, retryAtMs: null });
      const { state, attempt } = (await queue.get('a'))!;
      assert.deepEqual([state, attempt], ['failed', 1]);
      assert.equal(await queue.retry('nobody'), null);
    });

    check('given back -> waits as if it had not been taken', async ({ queue, other }) => {
      await queue.add(draft('a', { attempts: 1 }));
      assert.equal(await (await taken(queue)).finish({ kind: 'given-back' }), true);
      const waiting = (await queue.get('a'))!;
      assert.deepEqual([waiting.state, waiting.attempt], ['waiting', 0]);
      const second = await other();
      const held = await taken(second);
      assert.equal(held.job.attempt, 1);
      await second.cancel('a');
      await held.finish({ kind: 'given-back' });
      assert.equal((await queue.get('a'))!.state, 'cancelled', 'it was to end');
      await second.close();
    });

    check(
      'its worker is silent -> another has it after the lease, and the first can do nothing more',
      async ({ queue, other, pass, leaseMs }) => {
        await queue.add(draft('a'));
        const silent = await taken(queue, 'silent');
        const second = await other();
        assert.equal(await second.take('two'), null, 'it is held');
        await pass(leaseMs * 1.5);
        const held = await taken(second, 'two');
        assert.deepEqual([held.job.id, held.job.attempt, held.job.worker], ['a', 2, 'two']);
        assert.equal(await silent.keep(null), 'lost');
        assert.equal(await silent.finish({ kind: 'done', result: 'of the first' }), false);
        assert.equal((await queue.get('a'))!.worker, 'two');
        assert.equal(await held.keep(null), 'held');
        assert.equal(await held.finish({ kind: 'done', result: 'of the second' }), true);
        assert.equal((await queue.get('a'))!.result, 'of the second');
        await second.close();
      },
    );

    check('who keeps its lease -> has its job for as long as it likes', async ({ queue, other, pass, leaseMs }) => {
      await queue.add(draft('a'));
      const held = await taken(queue);
      const second = await other();
      for (let k = 0; k < 6; k++) {
        await pass(leaseMs / 3);
        assert.equal(await held.keep(null), 'held');
        assert.equal(await second.take('two'), null);
      }
      await second.close();
    });

    check(
      'a process that is killed with its job -> begun again after the lease; killed each time -> given up',
      async ({ queue, pass, leaseMs, dieWithJob }) => {
        await queue.add(draft('deadly', { attempts: 2 }));
        for (let k = 0; k < 2; k++) {
          assert.equal(await dieWithJob(), 'deadly');
          assert.equal((await queue.get('deadly'))!.attempt, k + 1);
          await pass(leaseMs * 1.5);
        }
        for (let k = 0; k < 100 && (await queue.get('deadly'))!.state !== 'failed'; k++) {
          assert.equal(await queue.take('one'), null);
          await queue.awaitWork(50, new AbortController().signal);
        }
        const { state, failure } = (await queue.get('deadly'))!;
        assert.deepEqual([state, failure!.code], ['failed', 'job-worker-lost']);
        assert.equal((await queue.retry('deadly'))!.attempt, 0);
        assert.equal((await taken(queue)).job.attempt, 1);
      },
    );

    check('to end, and its worker dies -> cancelled', async ({ queue, pass, leaseMs }) => {
      await queue.add(draft('a'));
      await taken(queue);
      await queue.cancel('a');
      await pass(leaseMs * 1.5);
      for (let k = 0; k < 100 && (await queue.get('a'))!.state !== 'cancelled'; k++) {
        assert.equal(await queue.take('one'), null);
        await queue.awaitWork(50, new AbortController().signal);
      }
      assert.equal((await queue.get('a'))!.state, 'cancelled');
    });

    check('many workers of several programs -> every job is begun once', async ({ queue, other }) => {
      const queues = [queue, await other(), await other()];
      const ids = Array.from({ length: 30 }, (_, k) => `j${k}`);
      for (const [k, id] of ids.entries()) await queues[k % 3]!.add(draft(id));
      const begun: string[] = [];
      await Promise.all(
        queues.flatMap((each, k) =>
          ['x', 'y'].map(async (worker) => {
            for (let held = await each.take(`${worker}${k}`); held !== null; held = await each.take(`${worker}${k}`)) {
              begun.push(held.job.id);
              await held.keep(null);
              await held.finish({ kind: 'done', result: {} });
            }
          }),
        ),
      );
      assert.deepEqual(begun.sort(), ids.sort());
      assert.equal((await queue.counts()).done, 30);
      for (const each of queues.slice(1)) await each.close();
    });

    check(
      'who waits for work -> hears of a job that another program adds; with its signal it waits no more',
      async ({ queue, other }) => {
        const second = await other();
        const stop = new AbortController();
        const waiting = (async () => {
          for (;;) {
            const held = await queue.take('one');
            if (held !== null) return held.job.id;
            await queue.awaitWork(60_000, stop.signal);
          }
        })();
        await second.add(draft('a'));
        assert.equal(await waiting, 'a');
        const idle = queue.awaitWork(60_000, stop.signal);
        stop.abort();
        await idle;
        await second.close();
      },
    );

    check('closed and opened again -> everything is there', async ({ queue, other }) => {
      await queue.add(draft('a'));
      await queue.add(draft('b'));
      await (await taken(queue)).finish({ kind: 'done', result: { n: 1 } });
      await queue.close();
      const second = await other();
      assert.deepEqual(
        (await second.list({ most: 5 })).map(({ id, state, result }) => [id, state, result]),
        [
          ['b', 'waiting', null],
          ['a', 'done', { n: 1 }],
        ],
      );
      await second.close();
    });
  });
}
