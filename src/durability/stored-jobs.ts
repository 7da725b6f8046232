import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import {
  type HeldJob,
  JOB_STATES,
  type Job,
  type JobOutcome,
  type JobQueue,
  type JobState,
  KEPT_MS,
  LEASE_MS,
  WORKER_LOST,
} from '../ports/job-queue.ts';
import { first, maybe, type Query, type StateDatabase, type StateRow, words } from './state-database.ts';

/** Jobs of other programs are seen this often. */
const LOOK_MS = 500;

export interface StoredJobsOptions {
  /** Where jobs lie, without secrets. */
  readonly place: string;
  readonly clock: Clock;
  /** {@link LEASE_MS} by default. */
  readonly leaseMs?: number;
}

/** Jobs in the state's database, for all programs that share it, by the clock of the place. */
export function storedJobs(
  { query, transaction }: Pick<StateDatabase, 'query' | 'transaction'>,
  { place, clock, leaseMs = LEASE_MS }: StoredJobsOptions,
): JobQueue {
  /** Those of this program that wait for work. */
  const listening = new Set<() => void>();
  const wake = (): void => {
    for (const hear of listening) hear();
  };
  /** Whether there are jobs of a kind. Most looks find nothing, and writing costs a turn of the disk. */
  const is = async (what: string): Promise<boolean> =>
    (await query(`select 1 as n from @job where ${what} limit 1`)).length > 0;
  return {
    place,
    async add({ id, operation, input, actor, schedule, priority, attempts }) {
      const added = await transaction(async (ask) => {
        await ask('delete from @job where ended_at_ms < @now - $1', KEPT_MS);
        const made = await ask(
          `insert into @job (id, operation, input, actor, schedule, priority, attempts, state, attempt, created_at_ms, due_at_ms, is_cancel_asked)
           select $1, $2, $3, $4, $5, cast($6 as integer), cast($7 as integer), 'waiting', 0, t.now_ms, t.now_ms, 0
           from (select @now as now_ms) as t where true on conflict do nothing returning id`,
          ...[id, operation, JSON.stringify(input), actor, schedule, priority, attempts],
        );
        return { job: (await find(ask, id))!, isNew: made.length > 0 };
      });
      wake();
      return added;
    },
    get: (id) => find(query, id),
    list: async ({ state, operation, schedule, most }) =>
      (
        await query(
          "select * from @job where ($1 = '' or state = $1) and ($2 = '' or operation = $2) and ($3 = '' or schedule = $3) order by seq desc limit $4",
          ...[state ?? '', operation ?? '', schedule ?? '', most],
        )
      ).map(jobOf),
    async counts() {
      const rows = await query('select state, count(*) as n from @job group by state');
      const counts = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['n'])]));
      return Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as Record<JobState, number>;
    },
    async take(worker) {
      if (await is("state = 'running' and lease_until_ms < @now")) await transaction(takeBack);
      // Where another program was first with one, there may be a next.
      while (await is("state = 'waiting' and due_at_ms <= @now")) {
        const token = randomUUID();
        const row = first(
          await query(
            `update @job set state = 'running', attempt = attempt + 1, worker = $1, token = $2, started_at_ms = @now, lease_until_ms = @now + $3, progress = null
             where seq = (select seq from @job where state = 'waiting' and due_at_ms <= @now order by priority desc, seq limit 1) and state = 'waiting' returning *`,
            ...[worker, token, leaseMs],
          ),
        );
        if (row !== null) return held(jobOf(row), token);
      }
      return null;
    },
    async awaitWork(longestMs, stop) {
      if (stop.aborted) return;
      const heard = Promise.withResolvers<void>();
      const end = (): void => heard.resolve();
      const timer = clock.after(Math.min(longestMs, LOOK_MS), end);
      listening.add(end);
      stop.addEventListener('abort', end, { once: true });
      await heard.promise;
      stop.removeEventListener('abort', end);
      listening.delete(end);
      timer.cancel();
    },
    cancel: (id) =>
      transaction(async (ask) => {
        await ask(
          "update @job set state = 'cancelled', ended_at_ms = @now, token = null where id = $1 and state = 'waiting'",
          id,
        );
        await ask("update @job set is_cancel_asked = 1 where id = $1 and state = 'running'", id);
        return find(ask, id);
      }),
    async retry(id) {
      const job = await transaction(async (ask) => {
        await ask(
          `update @job set state = 'waiting', attempt = 0, due_at_ms = @now, started_at_ms = null, ended_at_ms = null, worker = null, progress = null,
             result = null, failure = null, is_cancel_asked = 0 where id = $1 and state in ('failed', 'cancelled')`,
          id,
        );
        return find(ask, id);
      });
      wake();
      return job;
    },
    // The database is another's to close.
    close: async () => {},
  };

  function held(job: Job, token: string): HeldJob {
    return {
      job,
      async keep(progress) {
        const row = first(
          await query(
            "update @job set lease_until_ms = @now + $1, progress = coalesce($2, progress) where id = $3 and token = $4 and state = 'running' returning is_cancel_asked",
            ...[leaseMs, progress === null ? null : JSON.stringify(progress), job.id, token],
          ),
        );
        return row === null ? 'lost' : Number(row['is_cancel_asked']) === 1 ? 'cancel' : 'held';
      },
      async finish(outcome) {
        const { state, dueAtMs, result, failure, isUncounted } = endOf(job, outcome);
        const over = state === 'waiting' ? 'ended_at_ms = null' : 'ended_at_ms = @now, is_cancel_asked = 0';
        const isKept = await transaction(async (ask) => {
          const ended = await ask(
            `update @job set state = $1, due_at_ms = coalesce($2, @now), ${over}, result = $3, failure = $4, attempt = attempt - ${isUncounted ? 1 : 0}, token = null
             where id = $5 and token = $6 and state = 'running' returning id`,
            ...[state, dueAtMs, result, failure, job.id, token],
          );
          await endAsked(ask);
          return ended.length > 0;
        });
        wake();
        return isKept;
      },
    };
  }
}

/** What somebody wanted to end while it ran, and now waits again. */
async function endAsked(ask: Query): Promise<void> {
  await ask(
    "update @job set state = 'cancelled', ended_at_ms = @now, is_cancel_asked = 0 where state = 'waiting' and is_cancel_asked = 1",
  );
}

/** Jobs whose workers have fallen silent: they wait again, or have been begun as often as they may. */
async function takeBack(ask: Query): Promise<void> {
  await ask(
    "update @job set state = 'failed', ended_at_ms = @now, token = null, failure = $1 where state = 'running' and lease_until_ms < @now and attempt >= attempts and is_cancel_asked = 0",
    JSON.stringify(WORKER_LOST),
  );
  await ask("update @job set state = 'waiting', token = null where state = 'running' and lease_until_ms < @now");
  await endAsked(ask);
}

interface End {
  readonly state: JobState;
  /** Null: at once. */
  readonly dueAtMs: number | null;
  readonly result: string | null;
  readonly failure: string | null;
  readonly isUncounted: boolean;
}

function endOf(job: Job, outcome: JobOutcome): End {
  const end: End = { state: 'waiting', dueAtMs: null, result: null, failure: null, isUncounted: false };
  switch (outcome.kind) {
    case 'done':
      return { ...end, state: 'done', result: JSON.stringify(outcome.result) };
    case 'cancelled':
      return { ...end, state: 'cancelled', result: outcome.result === null ? null : JSON.stringify(outcome.result) };
    case 'given-back':
      return { ...end, isUncounted: true };
    case 'failed': {
      const isAgain = outcome.retryAtMs !== null && job.attempt < job.attempts;
      const failure = JSON.stringify(outcome.failure);
      return isAgain ? { ...end, dueAtMs: outcome.retryAtMs, failure } : { ...end, state: 'failed', failure };
    }
  }
}

async function find(ask: Query, id: string): Promise<Job | null> {
  const row = first(await ask('select * from @job where id = $1', id));
  return row === null ? null : jobOf(row);
}

function jobOf(row: StateRow): Job {
  const json = (name: string): never => JSON.parse(words(row[name]) ?? 'null') as never;
  return {
    ...{
      id: String(row['id']),
      operation: String(row['operation']),
      input: json('input'),
      actor: String(row['actor']),
    },
    ...{ schedule: words(row['schedule']), priority: Number(row['priority']), attempts: Number(row['attempts']) },
    ...{ state: row['state'] as JobState, attempt: Number(row['attempt']) },
    ...{ createdAtMs: Number(row['created_at_ms']), dueAtMs: Number(row['due_at_ms']) },
    ...{ startedAtMs: maybe(row['started_at_ms']), endedAtMs: maybe(row['ended_at_ms']), worker: words(row['worker']) },
    ...{ isCancelAsked: Number(row['is_cancel_asked']) === 1, progress: json('progress') },
    ...{ result: json('result'), failure: json('failure') },
  };
}
