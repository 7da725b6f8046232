import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
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
} from '../../ports/job-queue.ts';
import { inTransaction } from './database.ts';
import { HomeDatabase } from './home-database.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Jobs of other programs of this home are seen this often. */
const LOOK_MS = 500;

/** Jobs in the home database, for all programs of a home. Rejects with RegistryError. */
export function sqliteJobQueue(homePath: string, clock: Clock, leaseMs = LEASE_MS): JobQueue {
  const home = new HomeDatabase(homePath);
  /** Those of this program that wait for work. */
  const listening = new Set<() => void>();
  const wake = (): void => {
    for (const hear of listening) hear();
  };
  const changed = <T>(work: (db: DatabaseSync) => T): Promise<T> => home.use((db) => inTransaction(db, () => work(db)));
  return {
    place: 'home database',
    async add(draft) {
      const added = await changed((db) => {
        const nowMs = clock.nowMs();
        db.prepare('delete from job where ended_at_ms < ?').run(nowMs - KEPT_MS);
        const { id, operation, input, actor, schedule, priority, attempts } = draft;
        const { changes } = db
          .prepare(
            `insert into job (id, operation, input, actor, schedule, priority, attempts, state, attempt, created_at_ms, due_at_ms, is_cancel_asked)
             values (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?, 0) on conflict do nothing`,
          )
          .run(id, operation, JSON.stringify(input), actor, schedule, priority, attempts, nowMs, nowMs);
        return { job: find(db, id)!, isNew: Number(changes) > 0 };
      });
      wake();
      return added;
    },
    get: (id) => home.use((db) => find(db, id)),
    list: ({ state, operation, schedule, most }) =>
      home.use((db) =>
        db
          .prepare(
            `select * from job where (?1 = '' or state = ?1) and (?2 = '' or operation = ?2) and (?3 = '' or schedule = ?3) order by seq desc limit ?4`,
          )
          .all(state ?? '', operation ?? '', schedule ?? '', most)
          .map(jobOf),
      ),
    counts: () =>
      home.use((db) => {
        const rows = db.prepare('select state, count(*) as n from job group by state').all();
        const counts = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['n'])]));
        return Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as Record<JobState, number>;
      }),
    async take(worker) {
      // Most looks find nothing, and writing costs a turn of the disk.
      const mayBe = await home.use((db) => {
        const due = `select 1 from job where (state = 'waiting' and due_at_ms <= ?1) or (state = 'running' and lease_until_ms < ?1) limit 1`;
        return db.prepare(due).get(clock.nowMs()) !== undefined;
      });
      if (!mayBe) return null;
      const token = randomUUID();
      const job = await changed((db) => {
        const nowMs = clock.nowMs();
        takeBack(db, nowMs);
        const row = db
          .prepare(
            `update job set state = 'running', attempt = attempt + 1, worker = ?, token = ?, started_at_ms = ?, lease_until_ms = ?, progress = null
             where seq = (select seq from job where state = 'waiting' and due_at_ms <= ? order by priority desc, seq limit 1) returning *`,
          )
          .get(worker, token, nowMs, nowMs + leaseMs, nowMs);
        return row === undefined ? null : jobOf(row);
      });
      return job === null ? null : held(job, token);
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
      changed((db) => {
        db.prepare(
          `update job set state = 'cancelled', ended_at_ms = ?, token = null where id = ? and state = 'waiting'`,
        ).run(clock.nowMs(), id);
        db.prepare(`update job set is_cancel_asked = 1 where id = ? and state = 'running'`).run(id);
        return find(db, id);
      }),
    async retry(id) {
      const job = await changed((db) => {
        const nowMs = clock.nowMs();
        db.prepare(
          `update job set state = 'waiting', attempt = 0, due_at_ms = ?, started_at_ms = null, ended_at_ms = null, worker = null, progress = null,
             result = null, failure = null, is_cancel_asked = 0 where id = ? and state in ('failed', 'cancelled')`,
        ).run(nowMs, id);
        return find(db, id);
      });
      wake();
      return job;
    },
    close: async () => home.close(),
  };

  function held(job: Job, token: string): HeldJob {
    return {
      job,
      keep: (progress) =>
        changed((db) => {
          const row = db
            .prepare(
              `update job set lease_until_ms = ?, progress = coalesce(?, progress) where id = ? and token = ? and state = 'running' returning is_cancel_asked`,
            )
            .get(clock.nowMs() + leaseMs, progress === null ? null : JSON.stringify(progress), job.id, token);
          return row === undefined ? 'lost' : row['is_cancel_asked'] === 1 ? 'cancel' : 'held';
        }),
      async finish(outcome) {
        const isKept = await changed((db) => {
          const nowMs = clock.nowMs();
          const { state, dueAtMs, result, failure, isUncounted } = endOf(job, outcome, nowMs);
          const { changes } = db
            .prepare(
              `update job set state = ?, due_at_ms = ?, ended_at_ms = ?, result = ?, failure = ?, attempt = attempt - ?, token = null,
                 is_cancel_asked = case when ?1 = 'waiting' then is_cancel_asked else 0 end where id = ? and token = ? and state = 'running'`,
            )
            .run(
              ...[state, dueAtMs ?? nowMs, state === 'waiting' ? null : nowMs, result, failure, isUncounted ? 1 : 0],
              ...[job.id, token],
            );
          endAsked(db, nowMs);
          return Number(changes) > 0;
        });
        wake();
        return isKept;
      },
    };
  }
}

/** What somebody wanted to end while it ran, and now waits again. */
function endAsked(db: DatabaseSync, nowMs: number): void {
  db.prepare(
    `update job set state = 'cancelled', ended_at_ms = ?, is_cancel_asked = 0 where state = 'waiting' and is_cancel_asked = 1`,
  ).run(nowMs);
}

/** Jobs whose workers have fallen silent: they wait again, or have been begun as often as they may. */
function takeBack(db: DatabaseSync, nowMs: number): void {
  db.prepare(
    `update job set state = 'failed', ended_at_ms = ?1, token = null, failure = ?2 where state = 'running' and lease_until_ms < ?1 and attempt >= attempts and is_cancel_asked = 0`,
  ).run(nowMs, JSON.stringify(WORKER_LOST));
  db.prepare(`update job set state = 'waiting', token = null where state = 'running' and lease_until_ms < ?`).run(
    nowMs,
  );
  endAsked(db, nowMs);
}

interface End {
  readonly state: JobState;
  readonly dueAtMs: number | null;
  readonly result: string | null;
  readonly failure: string | null;
  readonly isUncounted: boolean;
}

function endOf(job: Job, outcome: JobOutcome, nowMs: number): End {
  const end: End = { state: 'waiting', dueAtMs: null, result: null, failure: null, isUncounted: false };
  switch (outcome.kind) {
    case 'done':
      return { ...end, state: 'done', result: JSON.stringify(outcome.result) };
    case 'cancelled':
      return { ...end, state: 'cancelled', result: outcome.result === null ? null : JSON.stringify(outcome.result) };
    case 'given-back':
      return { ...end, dueAtMs: nowMs, isUncounted: true };
    case 'failed': {
      const isAgain = outcome.retryAtMs !== null && job.attempt < job.attempts;
      const failure = JSON.stringify(outcome.failure);
      return isAgain ? { ...end, dueAtMs: outcome.retryAtMs, failure } : { ...end, state: 'failed', failure };
    }
  }
}

function find(db: DatabaseSync, id: string): Job | null {
  const row = db.prepare('select * from job where id = ?').get(id);
  return row === undefined ? null : jobOf(row);
}

function jobOf(row: Row): Job {
  const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
  const number = (name: string): number | null => (typeof row[name] === 'number' ? row[name] : null);
  const json = (name: string): never => JSON.parse(text(name) ?? 'null') as never;
  return {
    ...{
      id: String(row['id']),
      operation: String(row['operation']),
      input: json('input'),
      actor: String(row['actor']),
    },
    ...{ schedule: text('schedule'), priority: Number(row['priority']), attempts: Number(row['attempts']) },
    ...{ state: row['state'] as JobState, attempt: Number(row['attempt']) },
    ...{ createdAtMs: Number(row['created_at_ms']), dueAtMs: Number(row['due_at_ms']) },
    ...{ startedAtMs: number('started_at_ms'), endedAtMs: number('ended_at_ms'), worker: text('worker') },
    ...{ isCancelAsked: row['is_cancel_asked'] === 1, progress: json('progress') },
    ...{ result: json('result'), failure: json('failure') },
  };
}
