import type { MissedPolicy, Schedule, ScheduleStore } from '../ports/schedules.ts';
import { first, maybe, type StateDatabase, type StateRow, type StateValue, words } from './state-database.ts';

/** Schedules of an installation, in the state's database. */
export function storedSchedules({ query }: Pick<StateDatabase, 'query'>): ScheduleStore {
  const changes = async (text: string, ...values: readonly StateValue[]): Promise<boolean> =>
    (await query(`${text} returning name`, ...values)).length > 0;
  return {
    list: async () => (await query('select * from @schedule order by name')).map(scheduleOf),
    async get(name) {
      const row = first(await query('select * from @schedule where name = $1', name));
      return row === null ? null : scheduleOf(row);
    },
    add: ({ name, cron, timeZone, operation, input, missed, actor, createdAtMs, isPaused, nextAtMs }) =>
      changes(
        `insert into @schedule values ($1, $2, $3, $4, $5, $6, $7, $8, ${isPaused ? 1 : 0}, $9, null, null, 0) on conflict do nothing`,
        ...[name, cron, timeZone, operation, JSON.stringify(input), missed, actor, createdAtMs, nextAtMs],
      ),
    remove: (name) => changes('delete from @schedule where name = $1', name),
    setNext: (name, { isPaused, nextAtMs }) =>
      changes(
        'update @schedule set is_paused = $1, next_at_ms = $2 where name = $3',
        ...[isPaused ? 1 : 0, nextAtMs, name],
      ),
    passed: (name, atMs, nextAtMs, job) =>
      job === null
        ? changes(
            'update @schedule set next_at_ms = $1, skipped = skipped + 1 where name = $2 and next_at_ms = $3 and is_paused = 0',
            ...[nextAtMs, name, atMs],
          )
        : changes(
            'update @schedule set next_at_ms = $1, last_at_ms = next_at_ms, last_job = $2 where name = $3 and next_at_ms = $4 and is_paused = 0',
            ...[nextAtMs, job, name, atMs],
          ),
    async ran(name, atMs, job) {
      await query('update @schedule set last_at_ms = $1, last_job = $2 where name = $3', atMs, job, name);
    },
  };
}

function scheduleOf(row: StateRow): Schedule {
  return {
    ...{ name: String(row['name']), cron: String(row['cron']), timeZone: String(row['time_zone']) },
    ...{ operation: String(row['operation']), input: JSON.parse(String(row['input'])) as Schedule['input'] },
    ...{ missed: row['missed'] as MissedPolicy, actor: String(row['actor']) },
    ...{ createdAtMs: Number(row['created_at_ms']), isPaused: Number(row['is_paused']) === 1 },
    ...{ nextAtMs: maybe(row['next_at_ms']), lastAtMs: maybe(row['last_at_ms']), lastJob: words(row['last_job']) },
    skipped: Number(row['skipped']),
  };
}
