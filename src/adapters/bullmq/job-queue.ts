import { randomUUID } from 'node:crypto';
import type { Job as BullJob, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Clock } from '../../ports/clock.ts';
import {
  type HeldJob,
  type Job,
  type JobDraft,
  type JobFilter,
  type JobOutcome,
  type JobQueue,
  type JobState,
  KEPT_MS,
  LEASE_MS,
  QueueError,
  WORKER_LOST,
} from '../../ports/job-queue.ts';
import { Extras, ended, type Given, jobOf, stateOf } from './job-record.ts';

const NAME = 'jobs';
/** In braces, so that a cluster would keep all of it in one place. */
const PREFIX = '{tradewright}';
/** A server that has not answered for so long does not answer. */
const TIMEOUT_MS = 5_000;
const FAREWELL_MS = 2_000;
/** Jobs of other programs are seen this often. */
const LOOK_MS = 500;
/** A list with a filter looks at so many jobs at most. */
const MOST_LOOKED_AT = 5_000;
const PORTION = 50;
/** For so long after it was added a job is listed: it may take as long as it is kept afterwards. */
const LISTED_MS = 2 * KEPT_MS;
/** How often a job may be taken back is ours to decide. */
const EVER = 1_000_000;

export interface BullQueueOptions {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  readonly clock: Clock;
  readonly leaseMs?: number;
  /** Between two looks for workers that have died. */
  readonly lookMs?: number;
  readonly timeoutMs?: number;
}

/** Jobs in Redis, for programs on any number of machines. Calls reject with {@link QueueError}. */
export async function openBullJobQueue(options: BullQueueOptions): Promise<JobQueue> {
  const { url, clock, leaseMs = LEASE_MS, lookMs = Math.ceil(leaseMs / 2), timeoutMs = TIMEOUT_MS } = options;
  const place = url.replace(/\/\/[^@/]*@/, '//');
  const [bull, { Redis: Client }] = await Promise.all([load(place), import('ioredis')]);
  const redis = new Client(url, {
    ...{ maxRetriesPerRequest: null, commandTimeout: timeoutMs },
    // What was told to have failed would be done when the server is there again: a job that nobody asks for any more.
    ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false },
  });
  const settings = { connection: redis, prefix: PREFIX };
  const queue: Queue<Given> = new bull.Queue<Given>(NAME, settings);
  const worker: Worker<Given> = new bull.Worker<Given>(NAME, null, {
    ...{ ...settings, autorun: false, lockDuration: leaseMs, stalledInterval: lookMs },
    ...{ maxStalledCount: EVER, skipLockRenewal: true },
  });
  queue.on('error', () => undefined);
  worker.on('error', () => undefined);
  return new BullJobQueue({ place, redis, queue, worker, bull, clock, leaseMs, timeoutMs });
}

async function load(place: string): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (error) {
    const message = `${place}: expected the package bullmq, which is not installed; run npm install bullmq`;
    throw new QueueError('refused', message, { cause: error });
  }
}

interface Parts {
  readonly place: string;
  readonly redis: Redis;
  readonly queue: Queue<Given>;
  readonly worker: Worker<Given>;
  readonly bull: typeof import('bullmq');
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly timeoutMs: number;
}

class BullJobQueue implements JobQueue {
  readonly place: string;
  readonly #parts: Parts;
  readonly #extras: Extras;
  /** Ids by when they were added. */
  readonly #order = `${PREFIX}:${NAME}:order`;
  #isTaking = false;
  /** Why there is no connection; null where nothing was told of it. */
  #fault: Error | null = null;
  #ready: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.place = parts.place;
    this.#parts = parts;
    this.#extras = new Extras(parts.redis, (id) => parts.queue.toKey(id), `${PREFIX}:${NAME}`);
    // Told by the calls that fail; without a listener it would be printed.
    parts.redis.on('error', (error: Error) => {
      this.#fault = error;
    });
    parts.redis.on('ready', () => {
      this.#fault = null;
    });
  }

  add(draft: JobDraft): ReturnType<JobQueue['add']> {
    return this.#told(async () => {
      const { queue, redis, clock } = this.#parts;
      const { id, priority, operation, ...rest } = draft;
      const age = Math.ceil(KEPT_MS / 1000);
      const nowMs = clock.nowMs();
      // Before there is a job, so that none is there which no list has, wherever this ends.
      await this.#enlist(id, nowMs);
      const addedBy = randomUUID();
      // Of a name that there is, nothing is changed.
      await queue.add(operation, { ...rest, operation, priority, addedBy } as Given, {
        ...{ jobId: id, priority: 10 - priority, attempts: EVER, stackTraceLimit: 0, timestamp: nowMs },
        ...{ removeOnComplete: { age }, removeOnFail: { age } },
      });
      // Who listed the jobs meanwhile found none of this name, and took the name away.
      await this.#enlist(id, nowMs);
      const isNew = (await queue.getJob(id))?.data.addedBy === addedBy;
      await redis.zremrangebyscore(this.#order, '-inf', `(${(nowMs - LISTED_MS) * 1_000}`);
      return { job: (await this.#find(id))!, isNew };
    });
  }

  /** Puts it into the list of all, where it is not. */
  async #enlist(id: string, atMs: number): Promise<void> {
    const { redis } = this.#parts;
    // Those of one millisecond by their number.
    const score = Math.floor(atMs) * 1_000 + ((await redis.incr(`${this.#order}:count`)) % 1_000);
    await redis.zadd(this.#order, 'NX', score, id);
  }

  get(id: string): Promise<Job | null> {
    return this.#told(() => this.#find(id));
  }

  list({ state, operation, schedule, most }: JobFilter): Promise<readonly Job[]> {
    return this.#told(async () => {
      const { redis } = this.#parts;
      const found: Job[] = [];
      for (let from = 0; from < MOST_LOOKED_AT && found.length < most; from += PORTION) {
        const ids = await redis.zrevrange(this.#order, from, from + PORTION - 1);
        const jobs = await Promise.all(ids.map((id) => this.#find(id)));
        for (const [k, job] of jobs.entries()) {
          // Kept long enough.
          if (job === null) await redis.zrem(this.#order, ids[k]!);
          else if (
            (state === undefined || job.state === state) &&
            (operation === undefined || job.operation === operation) &&
            (schedule === undefined || job.schedule === schedule)
          )
            found.push(job);
        }
        if (ids.length < PORTION) break;
      }
      return found.slice(0, most);
    });
  }

  counts(): Promise<Readonly<Record<JobState, number>>> {
    return this.#told(async () => {
      const { queue, clock } = this.#parts;
      const counts = await queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'completed', 'failed');
      const of = (name: string): number => counts[name] ?? 0;
      const asked = await this.#extras.asked();
      const states = await Promise.all(asked.map((id) => queue.getJobState(id)));
      const isOver = (k: number): boolean => ['completed', 'failed', 'unknown'].includes(states[k]!);
      await this.#extras.over(asked.filter((_, k) => isOver(k)));
      const stillWaiting = states.filter((state, k) => !isOver(k) && stateOf(state) === 'waiting').length;
      const cancelled = await this.#extras.cancelledSince(clock.nowMs() - KEPT_MS);
      return {
        waiting: of('wait') + of('prioritized') + of('delayed') - stillWaiting,
        ...{ running: of('active'), done: of('completed') },
        failed: Math.max(0, of('failed') - cancelled),
        cancelled: cancelled + stillWaiting,
      };
    });
  }

  take(name: string): Promise<HeldJob | null> {
    return this.#told(async () => {
      const { worker } = this.#parts;
      if (!this.#isTaking) {
        this.#isTaking = true;
        await worker.startStalledCheckTimer();
      }
      for (;;) {
        const token = randomUUID();
        const job = await worker.getNextJob(token, { block: false });
        if (job === undefined || job === null) return null;
        const extras = await this.#extras.of(job.id!);
        const attempt = job.attemptsStarted - extras.given;
        if (extras.cancelAtMs !== null) await this.#finish(job, token, { kind: 'cancelled', result: null });
        else if (attempt > job.data.attempts)
          await this.#finish(job, token, { kind: 'failed', failure: WORKER_LOST, retryAtMs: null });
        else {
          await this.#extras.begun(job.id!, name);
          await this.#enlist(job.id!, job.timestamp);
          await job.updateProgress(0);
          return this.#held((await this.#find(job.id!))!, job, token);
        }
      }
    });
  }

  async awaitWork(longestMs: number, stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    const heard = Promise.withResolvers<void>();
    const end = (): void => heard.resolve();
    const timer = this.#parts.clock.after(Math.min(longestMs, LOOK_MS), end);
    stop.addEventListener('abort', end, { once: true });
    await heard.promise;
    stop.removeEventListener('abort', end);
    timer.cancel();
  }

  cancel(id: string): Promise<Job | null> {
    return this.#told(async () => {
      const job = await this.#find(id);
      if (job === null || job.endedAtMs !== null) return job;
      // Whoever takes it ends it; until then it counts as cancelled.
      await this.#extras.ask(id, this.#parts.clock.nowMs());
      return this.#find(id);
    });
  }

  retry(id: string): Promise<Job | null> {
    return this.#told(async () => {
      const { queue, bull } = this.#parts;
      const job = await bull.Job.fromId<Given>(queue, id);
      if (job === undefined || job === null) return null;
      const state = stateOf(await job.getState());
      if (state === 'failed') {
        await this.#extras.clear(id);
        await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      } else if (state === 'waiting' && (await this.#extras.of(id)).cancelAtMs !== null)
        await this.#extras.clear(id, job.attemptsStarted);
      return this.#find(id);
    });
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      const { worker, queue, redis, clock } = this.#parts;
      const late = Promise.withResolvers<void>();
      const timer = clock.after(FAREWELL_MS, () => late.resolve());
      const closed = Promise.all([worker.close(true), queue.close()]).catch(() => undefined);
      // A server that is away answers no farewell.
      await Promise.race([closed, late.promise]);
      timer.cancel();
      redis.disconnect();
    })();
    return this.#closing;
  }

  #held(job: Job, held: BullJob<Given>, token: string): HeldJob {
    return {
      job,
      keep: (progress) =>
        this.#told(async () => {
          if (Number(await held.extendLock(token, this.#parts.leaseMs)) !== 1) return 'lost';
          if (progress !== null) await held.updateProgress({ ...progress });
          return (await this.#extras.of(job.id)).cancelAtMs === null ? 'held' : 'cancel';
        }),
      finish: (outcome) => this.#told(() => this.#finish(held, token, outcome)),
    };
  }

  /** Answers false where the lease was lost. */
  async #finish(held: BullJob<Given>, token: string, outcome: JobOutcome): Promise<boolean> {
    const { clock, bull } = this.#parts;
    const id = held.id!;
    const nowMs = clock.nowMs();
    const { given, cancelAtMs } = await this.#extras.of(id);
    const isAgain =
      outcome.kind === 'given-back' ||
      (outcome.kind === 'failed' && outcome.retryAtMs !== null && held.attemptsStarted - given < held.data.attempts);
    const end: JobOutcome = isAgain && cancelAtMs !== null ? { kind: 'cancelled', result: null } : outcome;
    try {
      if (end.kind === 'done') await held.moveToCompleted(end.result, token, false);
      else if (end.kind === 'cancelled') {
        await held.moveToFailed(new bull.UnrecoverableError(ended(end)), token, false);
        await this.#extras.cancelled(id, nowMs);
      } else if (end.kind === 'given-back') {
        // Counted beforehand: whoever takes it next does not count this try.
        await this.#extras.givenBack(id);
        try {
          await held.moveToWait(token);
        } catch (error) {
          await this.#extras.givenBack(id, -1);
          throw error;
        }
      } else if (isAgain) {
        await held.moveToDelayed(end.retryAtMs!, token);
        await this.#extras.failed(id, end.failure, end.retryAtMs!);
      } else await held.moveToFailed(new bull.UnrecoverableError(ended(end)), token, false);
      if (!isAgain) await this.#extras.heeded(id);
      return true;
    } catch (error) {
      // Its lock, or the job itself, is another's or gone.
      if (error instanceof Error && /\block\b|not in the active state|Missing key/i.test(error.message)) return false;
      throw error;
    }
  }

  async #find(id: string): Promise<Job | null> {
    const { queue, bull } = this.#parts;
    const job = await bull.Job.fromId<Given>(queue, id);
    if (job === undefined || job === null) return null;
    const [state, extras] = await Promise.all([job.getState(), this.#extras.of(id)]);
    return jobOf(job, stateOf(state), extras);
  }

  /** Settles when there is a connection. */
  #connected(): Promise<void> {
    const { redis } = this.#parts;
    if (redis.status === 'ready') return Promise.resolve();
    this.#ready ??= new Promise<void>((resolve) => void redis.once('ready', () => resolve())).finally(() => {
      this.#ready = null;
    });
    return this.#ready;
  }

  /** Runs `work`; what it rejects with comes out as {@link QueueError}. Begins nothing after it has rejected. */
  async #told<T>(work: () => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = this.#parts.clock.after(this.#parts.timeoutMs, () =>
      late.reject(this.#fault ?? new Error('no answer')),
    );
    try {
      await Promise.race([this.#connected(), late.promise]);
      return await Promise.race([work(), late.promise]);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const isRefused = /WRONGPASS|NOAUTH|NOPERM/.test(text);
      throw new QueueError(isRefused ? 'refused' : 'unavailable', `${this.place}: ${text}`, { cause: error });
    } finally {
      timer.cancel();
    }
  }
}
