/** Jobs of a home, and what asks for them at set times. */
export const JOBS_MIGRATION = `
   create table job (
     seq integer primary key autoincrement,
     id text not null unique,
     operation text not null,
     input text not null,
     actor text not null,
     schedule text,
     priority integer not null,
     attempts integer not null,
     state text not null,
     attempt integer not null,
     created_at_ms real not null,
     due_at_ms real not null,
     started_at_ms real,
     ended_at_ms real,
     worker text,
     token text,
     lease_until_ms real,
     is_cancel_asked integer not null,
     progress text,
     result text,
     failure text
   ) strict;
   create index job_order on job (state, priority desc, seq);
   create index job_schedule on job (schedule, seq) where schedule is not null;
   create table schedule (
     name text primary key,
     cron text not null,
     time_zone text not null,
     operation text not null,
     input text not null,
     missed text not null,
     actor text not null,
     created_at_ms real not null,
     is_paused integer not null,
     next_at_ms real,
     last_at_ms real,
     last_job text,
     skipped integer not null
   ) strict;
   insert into schedule values ('data-sync', '17 * * * *', 'UTC', 'data-sync', '{}', 'once', 'tradewright', 0, 1, null, null, null, 0);`;
