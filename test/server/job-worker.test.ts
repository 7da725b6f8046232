import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Failure } from '../../src/api/failures.ts';
import { JobWorker } from '../../src/api/handlers/job-worker.ts';
import type { IsolatedCall, World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { type Job, type JobQueue, type JobState, LEASE_MS } from '../../src/ports/job-queue.ts';
import type { Log } from '../../src/ports/logs.ts';
import { memoryClock } from '../fixtures/job-clock.ts';
import { openSqliteJobs } from '../fixtures/stored-jobs.ts';
import { newHome } from './new-home.ts';

/** An operation that is being carried out; in the place of a thread. */
interface Begun {
  readonly input: Readonly<Record<string, unknown>>;
  readonly call: IsolatedCall;
  readonly end: PromiseWithResolvers<unknown>;
}

describe('worker of jobs', () => {
  let home: ReturnType<typeof newHome>;
  let world: World;
  let queue: JobQueue;
  let clock: ReturnType<typeof memoryClock>;
  let begun: Begun[];
  const workers: JobWorker[] = [];
  const said: string[] = [];
  const log: Log = { write: (_level, what) => void said.push(what), of: () => log };

  beforeEach(async () => {
    home = newHome();
    begun = [];
    said.length = 0;
    clock = memoryClock(Date.parse('2026-03-02T06:30:00Z'));
    const composed = compose(readConfig({ home: home.home }, {}, home.home));
    queue = await openSqliteJobs(`${home.home}/home.sqlite`, clock);
    world = {
      ...composed,
      clock,
      isolate: (_id, input, call) => {
        const end = Promise.withResolvers<unknown>();
        begun.push({ input, call, end });
        // As a run that is asked to stop: it answers what there is.
        call.stop.addEventListener('abort', () => end.resolve({ run: 'partial' }), { once: true });
        return end.promise;
      },
    };
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(0)));
    await queue.close();
    await world.close();
    home.remove();
  });

  const start = (atOnce = 1): JobWorker => {
    const worker = new JobWorker(world, queue, atOnce, log);
    workers.push(worker);
    return worker;
  };
  const add = (id: string) =>
    queue.add({
      ...{ id, operation: 'report', input: { run: id }, actor: 'ann@desk', schedule: null, priority: 5, attempts: 3 },
    });
  async function until<T>(look: () => T | Promise<T>, fits: (found: T) => boolean, what: string): Promise<T> {
    for (let k = 0; k < 4_000; k++) {
      const found = await look();
      if (fits(found)) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`never: ${what}`);
  }
  const inState = (id: string, state: JobState): Promise<Job> =>
    until(
      async () => (await queue.get(id))!,
      (job) => job.state === state,
      `${id} ${state}`,
    );
  const runs = (count: number): Promise<unknown> =>
    until(
      () => begun.length,
      (n) => n >= count,
      `${count} begun`,
    );

  test('more jobs than it may do at once -> so many run, the others wait their turn', async () => {
    for (const id of ['a', 'b', 'c']) await add(id);
    start(2);
    await runs(2);
    assert.deepEqual((await queue.counts()).waiting, 1);
    begun[0]!.end.resolve({ run: 'a' });
    await runs(3);
    assert.deepEqual(
      begun.map(({ input }) => input['run']),
      ['a', 'b', 'c'],
    );
    for (const { end } of begun) end.resolve({});
    await inState('c', 'done');
  });

  test('progress -> kept with rate; in whose name is said', async () => {
    await add('a');
    start();
    await runs(1);
    assert.equal(begun[0]!.call.actor, 'ann@desk');
    begun[0]!.call.progress('bars', 0, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    begun[0]!.call.progress('bars', 400, 1_000);
    const { progress } = await until(
      async () => (await queue.get('a'))!,
      (job) => job.progress?.done === 400,
      'progress',
    );
    assert.deepEqual([progress!.phase, progress!.total], ['bars', 1_000]);
    assert.ok(progress!.ratePerS! > 0 && progress!.ratePerS! < 400 / 0.02);
    begun[0]!.end.resolve({});
    await inState('a', 'done');
  });

  test('cancelled -> its thread is asked to stop, and what there was is kept', async () => {
    await add('a');
    start();
    await runs(1);
    await queue.cancel('a');
    const { result } = await inState('a', 'cancelled');
    assert.deepEqual(result, { data: { run: 'partial' }, warnings: [] });
  });

  test('the server ends -> what comes to its end in time is done; the rest waits, its try uncounted, for the next server', async () => {
    await add('quick');
    await add('slow');
    await add('later');
    const first = start(2);
    await runs(2);
    const closing = first.close(60_000);
    begun[0]!.end.resolve({ run: 'quick' });
    await inState('quick', 'done');
    begun[1]!.end.resolve({ run: 'slow' });
    await closing;
    assert.deepEqual([(await queue.get('slow'))!.state, (await queue.get('later'))!.state], ['done', 'waiting']);
    const second = start();
    await runs(3);
    await second.close(0);
    const back = (await queue.get('later'))!;
    assert.deepEqual([back.state, back.attempt], ['waiting', 0]);
    start();
    await runs(4);
    begun[3]!.end.resolve({});
    assert.equal((await inState('later', 'done')).attempt, 1);
  });

  test('a failure that may pass -> tried again later, and later still; one that stays -> given up', async () => {
    await add('a');
    start();
    const gone = new Failure('venue-unavailable', 'no answer');
    for (const [k, waitMs] of [5_000, 10_000].entries()) {
      await runs(k + 1);
      begun[k]!.end.reject(gone);
      const job = await until(
        async () => (await queue.get('a'))!,
        ({ state, failure }) => state === 'waiting' && failure !== null,
        'waits again',
      );
      assert.deepEqual([job.failure!.code, job.dueAtMs - clock.nowMs()], ['venue-unavailable', waitMs]);
      clock.pass(waitMs);
    }
    await runs(3);
    begun[2]!.end.reject(new Failure('run-unknown', 'there is no run a'));
    const { attempt, failure } = await inState('a', 'failed');
    assert.deepEqual([attempt, failure!.code, failure!.message], [3, 'run-unknown', 'there is no run a']);
  });

  test('its lease is another’s -> it stops, and its answer is not heard', async () => {
    await add('a');
    start();
    await runs(1);
    clock.pass(LEASE_MS + 1);
    const held = await until(
      () => queue.take('other'),
      (found) => found !== null,
      'taken by another',
    );
    await until(() => begun[0]!.call.stop.aborted, Boolean, 'stopped');
    await until(() => said.includes('job-lost'), Boolean, 'said');
    assert.equal((await queue.get('a'))!.worker, 'other');
    assert.equal(await held!.finish({ kind: 'done', result: { data: { run: 'other' }, warnings: [] } }), true);
    assert.equal((await queue.get('a'))!.state, 'done');
  });

  test('no thread is free -> the job waits on, its try uncounted', async () => {
    await add('a');
    start();
    await runs(1);
    begun[0]!.end.reject(new Failure('server-busy', 'too many already'));
    await runs(2);
    assert.equal((await queue.get('a'))!.attempt, 1);
    begun[1]!.end.resolve({});
    await inState('a', 'done');
  });

  test('a queue that does not answer -> the worker says so, and goes on when it does', async () => {
    let isAway = true;
    const take = queue.take.bind(queue);
    queue = { ...queue, take: (worker) => (isAway ? Promise.reject(new Error('gone')) : take(worker)) };
    const worker = start();
    await until(
      () =>
        worker.probe().then(
          () => false,
          () => true,
        ),
      Boolean,
      'in trouble',
    );
    isAway = false;
    await add('a');
    await runs(1);
    await worker.probe();
    begun[0]!.end.resolve({});
    await inState('a', 'done');
    assert.deepEqual(said.filter((what) => what === 'jobs-in-trouble').length, 1);
  });
});
