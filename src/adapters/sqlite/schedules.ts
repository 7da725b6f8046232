import type { SQLOutputValue } from 'node:sqlite';
import type { MissedPolicy, Schedule, ScheduleStore } from '../../ports/schedules.ts';
import { HomeDatabase } from './home-database.ts';

/** Schedules in the home database. Rejects with RegistryError. */
export function sqliteSchedules(homePath: string): ScheduleStore {
  const home = new HomeDatabase(homePath);
  const changes = (statement: string, ...values: (string | number | null)[]): Promise<boolean> =>
    home.use((db) => Number(db.prepare(statement).run(...values).changes) > 0);
  return {
    list: () => home.use((db) => db.prepare('select * from schedule order by name').all().map(scheduleOf)),
    get: (name) =>
      home.use((db) => {
        const row = db.prepare('select * from schedule where name = ?').get(name);
        return row === undefined ? null : scheduleOf(row);
      }),
    add: ({ name, cron, timeZone, operation, input, missed, actor, createdAtMs, isPaused, nextAtMs }) =>
      changes(
        'insert into schedule values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, null, 0) on conflict do nothing',
        ...[name, cron, timeZone, operation, JSON.stringify(input), missed, actor, createdAtMs],
        ...[isPaused ? 1 : 0, nextAtMs],
      ),
    remove: (name) => changes('delete from schedule where name = ?', name),
    setNext: (name, { isPaused, nextAtMs }) =>
      changes('update schedule set is_paused = ?, next_at_ms = ? where name = ?', isPaused ? 1 : 0, nextAtMs, name),
    passed: (name, atMs, nextAtMs, job) =>
      changes(
        `update schedule set next_at_ms = ?2, last_at_ms = case when ?3 is null then last_at_ms else ?4 end, last_job = coalesce(?3, last_job),
           skipped = skipped + (?3 is null) where name = ?1 and next_at_ms = ?4 and is_paused = 0`,
        ...[name, nextAtMs, job, atMs],
      ),
    async ran(name, atMs, job) {
      await changes('update schedule set last_at_ms = ?, last_job = ? where name = ?', atMs, job, name);
    },
    close: async () => home.close(),
  };
}

function scheduleOf(row: Readonly<Record<string, SQLOutputValue>>): Schedule {
  const number = (name: string): number | null => (typeof row[name] === 'number' ? row[name] : null);
  return {
    ...{ name: String(row['name']), cron: String(row['cron']), timeZone: String(row['time_zone']) },
    ...{ operation: String(row['operation']), input: JSON.parse(String(row['input'])) as Schedule['input'] },
    ...{ missed: row['missed'] as MissedPolicy, actor: String(row['actor']) },
    ...{ createdAtMs: Number(row['created_at_ms']), isPaused: row['is_paused'] === 1, nextAtMs: number('next_at_ms') },
    ...{ lastAtMs: number('last_at_ms'), lastJob: typeof row['last_job'] === 'string' ? row['last_job'] : null },
    skipped: Number(row['skipped']),
  };
}
