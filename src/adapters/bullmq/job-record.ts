import type { Job as BullJob } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Json } from '../../core/vocabulary/json.ts';
import {
  type Job,
  type JobDraft,
  type JobFailure,
  type JobOutcome,
  type JobProgress,
  type JobState,
  WORKER_LOST,
} from '../../ports/job-queue.ts';

/** What BullMQ keeps as a job's data. */
export interface Given extends Omit<JobDraft, 'id'> {
  /** Of the call that added it: of several at once under one name, the job is the first one's. */
  readonly addedBy: string;
}

/** What we know of a job that BullMQ has no place for. */
export interface ExtraFacts {
  /** When somebody wanted it to end; null for nobody. */
  readonly cancelAtMs: number | null;
  /** Times that it was given back: these tries do not count. */
  readonly given: number;
  readonly worker: string | null;
  readonly failure: JobFailure | null;
  readonly dueAtMs: number | null;
}

const FIELDS = ['tw:cancel', 'tw:given', 'tw:worker', 'tw:failure', 'tw:due'] as const;

/** Fields of ours beside BullMQ's in a job's own hash, so that they go with it. */
export class Extras {
  readonly #redis: Redis;
  readonly #keyOf: (id: string) => string;
  /** Jobs that are to end and have not yet; and those that were ended, by when. */
  readonly #asked: string;
  readonly #cancelled: string;

  constructor(redis: Redis, keyOf: (id: string) => string, prefix: string) {
    this.#redis = redis;
    this.#keyOf = keyOf;
    this.#asked = `${prefix}:cancel-asked`;
    this.#cancelled = `${prefix}:cancelled`;
  }

  async of(id: string): Promise<ExtraFacts> {
    const [cancel, given, worker, failure, due] = await this.#redis.hmget(this.#keyOf(id), ...FIELDS);
    return {
      cancelAtMs: cancel ? Number(cancel) : null,
      ...{ given: Number(given ?? 0), worker: worker ?? null },
      failure: failure ? (JSON.parse(failure) as JobFailure) : null,
      dueAtMs: due ? Number(due) : null,
    };
  }

  async begun(id: string, worker: string): Promise<void> {
    await this.#redis.hset(this.#keyOf(id), 'tw:worker', worker);
  }

  /** `by`: -1 where it was not given back after all. */
  async givenBack(id: string, by: 1 | -1 = 1): Promise<void> {
    await this.#redis.hincrby(this.#keyOf(id), 'tw:given', by);
  }

  async failed(id: string, failure: JobFailure, dueAtMs: number): Promise<void> {
    await this.#redis.hset(this.#keyOf(id), 'tw:failure', JSON.stringify(failure), 'tw:due', dueAtMs);
  }

  async ask(id: string, atMs: number): Promise<void> {
    await this.#redis.sadd(this.#asked, id);
    await this.#redis.hsetnx(this.#keyOf(id), 'tw:cancel', String(atMs));
  }

  /** It has ended, whatever somebody wanted. */
  async heeded(id: string): Promise<void> {
    await this.#redis.srem(this.#asked, id);
    await this.#redis.hdel(this.#keyOf(id), 'tw:cancel');
  }

  async cancelled(id: string, atMs: number): Promise<void> {
    await this.#redis.zadd(this.#cancelled, atMs, id);
  }

  /** As if nobody had taken or cancelled it; `given`: tries until now, which do not count. */
  async clear(id: string, given = 0): Promise<void> {
    const key = this.#keyOf(id);
    await this.#redis
      .multi()
      .srem(this.#asked, id)
      .zrem(this.#cancelled, id)
      .hdel(key, ...FIELDS)
      .hset(key, 'tw:given', given)
      .exec();
  }

  asked(): Promise<string[]> {
    return this.#redis.smembers(this.#asked);
  }

  /** Jobs that have ended, or are not kept any more: nobody waits for their end. */
  async over(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.srem(this.#asked, ...ids);
  }

  async cancelledSince(atMs: number): Promise<number> {
    await this.#redis.zremrangebyscore(this.#cancelled, '-inf', `(${atMs}`);
    return this.#redis.zcard(this.#cancelled);
  }
}

/** How a job that did not come to its end is kept as BullMQ's reason of failure. */
export function ended(outcome: Extract<JobOutcome, { readonly kind: 'failed' | 'cancelled' }>): string {
  return JSON.stringify(outcome.kind === 'failed' ? { failure: outcome.failure } : { cancelled: outcome.result });
}

const STATES: Readonly<Record<string, JobState>> = {
  ...{ waiting: 'waiting', prioritized: 'waiting', delayed: 'waiting', paused: 'waiting', wait: 'waiting' },
  ...{ active: 'running', completed: 'done', failed: 'failed' },
};

export function stateOf(state: string): JobState {
  return STATES[state] ?? 'waiting';
}

/** A job as BullMQ and our own fields tell it. */
export function jobOf(job: BullJob<Given>, told: JobState, extras: ExtraFacts): Job {
  const { operation, input, actor, schedule, priority, attempts } = job.data;
  const end = told === 'failed' ? endOf(job.failedReason) : null;
  const isCancelled = end?.cancelled !== undefined || (told === 'waiting' && extras.cancelAtMs !== null);
  const endedAtMs = told === 'waiting' && isCancelled ? extras.cancelAtMs : (job.finishedOn ?? null);
  const hasBegun = told !== 'waiting' || job.attemptsStarted > extras.given;
  return {
    ...{ id: job.id!, operation, input, actor, schedule, priority, attempts },
    state: isCancelled ? 'cancelled' : told,
    attempt: Math.min(attempts, Math.max(0, job.attemptsStarted - extras.given)),
    ...{ createdAtMs: job.timestamp, dueAtMs: extras.dueAtMs ?? job.timestamp },
    ...{ startedAtMs: hasBegun ? (job.processedOn ?? null) : null, endedAtMs, worker: extras.worker },
    isCancelAsked: told === 'running' && extras.cancelAtMs !== null,
    progress: typeof job.progress === 'object' && job.progress !== null ? (job.progress as JobProgress) : null,
    result: told === 'done' ? ((job.returnvalue ?? null) as Json) : (end?.cancelled ?? null),
    failure: end === null ? (told === 'waiting' ? extras.failure : null) : (end.failure ?? null),
  };
}

/** What BullMQ has written by itself is that a worker was lost. */
function endOf(reason: string | undefined): { readonly failure?: JobFailure; readonly cancelled?: Json } {
  try {
    return JSON.parse(reason ?? '') as { readonly failure?: JobFailure; readonly cancelled?: Json };
  } catch {
    return { failure: WORKER_LOST };
  }
}
