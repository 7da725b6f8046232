/** Tables that servers share: keys, requests, positions of relays, alerts, vitals. Columns in the order of SQLite's. Released: never changed. */
export const SERVER_TABLES_MIGRATION = `
   create table %s.api_key (
     id text primary key,
     label text not null,
     scopes text not null,
     addresses text not null,
     secret_hash text not null,
     created_at_ms double precision not null,
     expires_at_ms double precision,
     revoked_at_ms double precision,
     last_used_at_ms double precision
   );
   create table %s.idempotent_request (
     client text not null,
     key text not null,
     request_hash text not null,
     at_ms double precision not null,
     status integer,
     body text,
     holder text,
     alive_until_ms double precision,
     primary key (client, key)
   );
   create index idempotent_request_age on %s.idempotent_request (at_ms);
   create table %s.relay_position (
     bus text not null,
     topic text not null,
     next bigint not null,
     behind bigint not null,
     at_ms double precision not null,
     primary key (bus, topic)
   );
   create table %s.alert_channel (
     name text primary key,
     settings text not null,
     secret_id text,
     created_at_ms double precision not null
   );
   create table %s.alert_rule (
     name text primary key,
     rule text not null,
     created_at_ms double precision not null
   );
   create table %s.alert_begun (
     id integer primary key check (id = 1),
     at_ms double precision not null
   );
   create table %s.alert_followed (
     session text primary key,
     begun_at_ms double precision not null,
     record bigint not null,
     is_running integer not null
   );
   create table %s.alert (
     id bigint generated always as identity primary key,
     rule text not null,
     key text not null,
     kind text not null,
     severity text not null,
     title text not null,
     text text not null,
     session text,
     strategy text,
     instrument text,
     first_at_ms double precision not null,
     last_at_ms double precision not null,
     count integer not null,
     notified_at_ms double precision not null,
     acknowledged_at_ms double precision,
     acknowledged_by text,
     resolved_at_ms double precision,
     step integer not null,
     escalate_at_ms double precision
   );
   create index alert_key on %s.alert (key, id);
   create index alert_escalating on %s.alert (escalate_at_ms) where escalate_at_ms is not null;
   create table %s.alert_delivery (
     seq bigint generated always as identity primary key,
     id text not null unique,
     alert bigint not null references %s.alert (id) on delete cascade,
     channel text not null,
     step integer not null,
     state text not null,
     created_at_ms double precision not null,
     due_ms double precision not null,
     attempts text not null
   );
   create index alert_delivery_due on %s.alert_delivery (due_ms) where state = 'pending';
   create index alert_delivery_alert on %s.alert_delivery (alert);
   create table %s.session_vitals (
     session text primary key,
     at_ms double precision not null,
     vitals text not null
   );`;

/** People who sign in at a server, the browsers in which they are, and what asks for jobs at set times. Released: never changed. */
export const PEOPLE_AND_TIMES_MIGRATION = `
   create table %s.server_user (
     name text primary key,
     scopes text not null,
     password_hash text not null,
     created_at_ms double precision not null,
     password_changed_at_ms double precision not null,
     signed_in_at_ms double precision
   );
   create table %s.sign_in (
     id_hash text primary key,
     user_name text not null references %s.server_user (name) on delete cascade,
     started_at_ms double precision not null,
     used_at_ms double precision not null,
     proven_at_ms double precision not null
   );
   create index sign_in_user on %s.sign_in (user_name, started_at_ms);
   create table %s.schedule (
     name text primary key,
     cron text not null,
     time_zone text not null,
     operation text not null,
     input text not null,
     missed text not null,
     actor text not null,
     created_at_ms double precision not null,
     is_paused integer not null,
     next_at_ms double precision,
     last_at_ms double precision,
     last_job text,
     skipped integer not null
   );
   insert into %s.schedule values ('data-sync', '17 * * * *', 'UTC', 'data-sync', '{}', 'once', 'tradewright', 0, 1, null, null, null, 0);`;

/** Jobs. Columns in the order of SQLite's. Released: never changed. */
export const JOBS_MIGRATION = `
   create table %s.job (
     seq bigint generated always as identity primary key,
     id text not null unique,
     operation text not null,
     input text not null,
     actor text not null,
     schedule text,
     priority integer not null,
     attempts integer not null,
     state text not null,
     attempt integer not null,
     created_at_ms double precision not null,
     due_at_ms double precision not null,
     started_at_ms double precision,
     ended_at_ms double precision,
     worker text,
     token text,
     lease_until_ms double precision,
     is_cancel_asked integer not null,
     progress text,
     result text,
     failure text
   );
   create index job_order on %s.job (state, priority desc, seq);
   create index job_schedule on %s.job (schedule, seq) where schedule is not null;`;
