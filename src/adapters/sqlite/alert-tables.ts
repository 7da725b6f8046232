/** Tables of alerts in the home database. Released: never changed. */
export const ALERTS_MIGRATION = `
   create table alert_channel (
     name text primary key,
     settings text not null,
     secret_id text,
     created_at_ms real not null
   ) strict;
   create table alert_rule (
     name text primary key,
     rule text not null,
     created_at_ms real not null
   ) strict;
   create table alert_begun (
     id integer primary key check (id = 1),
     at_ms real not null
   ) strict;
   create table alert_followed (
     session text primary key,
     begun_at_ms real not null,
     record integer not null,
     is_running integer not null
   ) strict;
   create table alert (
     id integer primary key autoincrement,
     rule text not null,
     key text not null,
     kind text not null,
     severity text not null,
     title text not null,
     text text not null,
     session text,
     strategy text,
     instrument text,
     first_at_ms real not null,
     last_at_ms real not null,
     count integer not null,
     notified_at_ms real not null,
     acknowledged_at_ms real,
     acknowledged_by text,
     resolved_at_ms real,
     step integer not null,
     escalate_at_ms real
   ) strict;
   create index alert_key on alert (key, id);
   create index alert_escalating on alert (escalate_at_ms) where escalate_at_ms is not null;
   create table alert_delivery (
     seq integer primary key autoincrement,
     id text not null unique,
     alert integer not null references alert (id) on delete cascade,
     channel text not null,
     step integer not null,
     state text not null,
     created_at_ms real not null,
     due_ms real not null,
     attempts text not null
   ) strict;
   create index alert_delivery_due on alert_delivery (due_ms) where state = 'pending';
   create index alert_delivery_alert on alert_delivery (alert);
   create table session_vitals (
     session text primary key,
     at_ms real not null,
     vitals text not null
   ) strict;`;
