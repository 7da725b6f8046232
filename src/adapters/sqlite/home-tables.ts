import { existsSync, renameSync, rmSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';
import { ALERTS_MIGRATION } from './alert-tables.ts';
import { migrate, openDatabase } from './database.ts';
import { JOBS_MIGRATION } from './job-tables.ts';
import { STORED_TABLES_MIGRATION } from './stored-table-migration.ts';
import { USERS_MIGRATION } from './user-tables.ts';

/** Tables of the database that all sessions of a home share. A migration that has been released is never changed. */
const HOME_MIGRATIONS: readonly string[] = [
  `create table lease (
     name text primary key,
     epoch integer not null,
     holder text not null,
     renewals integer not null,
     renewed_at_ms real not null,
     ttl_ms real not null,
     validity_ms real not null,
     clock_error_ms real not null,
     is_released integer not null
   ) strict;
   create table vault (
     id integer primary key check (id = 1),
     header text not null
   ) strict;
   create table connection (
     id text primary key,
     venue text not null,
     environment text not null,
     label text not null,
     info text not null,
     sealed text
   ) strict;
   create unique index connection_label on connection (venue, environment, label) where sealed is not null;`,
  `create table latch (
     scope text not null,
     target text not null,
     level text not null,
     epoch integer not null,
     goes_into text not null,
     actor text not null,
     reason text not null,
     at_ms real not null,
     primary key (scope, target)
   ) strict;
   create table session_command (
     id integer primary key autoincrement,
     session text not null,
     command text not null,
     actor text not null,
     reason text not null,
     asked_at_ms real not null,
     taken_at_ms real,
     outcome text
   ) strict;
   create index session_command_unanswered on session_command (session, id) where outcome is null;`,
  STORED_TABLES_MIGRATION,
  `create table api_key (
     id text primary key,
     label text not null,
     scopes text not null,
     addresses text not null,
     secret_hash text not null,
     created_at_ms real not null,
     expires_at_ms real,
     revoked_at_ms real,
     last_used_at_ms real
   ) strict;
   create table idempotent_request (
     client text not null,
     key text not null,
     request_hash text not null,
     at_ms real not null,
     status integer,
     body text,
     primary key (client, key)
   ) strict;
   create index idempotent_request_age on idempotent_request (at_ms);`,
  `create table heartbeat (
     session text primary key,
     account text not null,
     beats integer not null,
     orders integer not null,
     positions integer not null,
     at_ms real not null,
     is_over integer not null
    ) strict;`,
  `create table relay_position (
     bus text not null,
     topic text not null,
     next integer not null,
     behind integer not null,
     at_ms real not null,
     primary key (bus, topic)
   ) strict;`,
  ALERTS_MIGRATION,
  USERS_MIGRATION,
  JOBS_MIGRATION,
  `alter table idempotent_request add column holder text;
   alter table idempotent_request add column alive_until_ms real;`,
  `create table deployment (
     session text primary key,
     account text not null unique,
     input text not null,
     actor text not null,
     at_ms real not null
   ) strict;
   create table trader (
     id text primary key,
     holder text not null,
     at_ms real not null
   ) strict;`,
  // `user` means the database's own in the words of PostgreSQL.
  `alter table user rename to server_user;
   alter table sign_in rename column user to user_name;`,
  'alter table deployment add column label text',
  `alter table deployment add column operation text not null default 'live';
   alter table deployment add column problem text;`,
  `create table provider (
     label text primary key,
     kind text not null,
     url text not null,
     model text,
     secret_id text,
     created_at_ms real not null,
     key_changed_at_ms real not null,
     seen text
   ) strict;`,
];

/** A later version of the program has changed the tables. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError';
}

/** The database that all sessions of a home share, its tables made where they are missing. Throws {@link NewerDatabaseError}. */
export function openHome(path: string): DatabaseSync {
  const db = openDatabase(path);
  // Keys that are revoked are overwritten, not only unlinked.
  db.exec('pragma secure_delete = on');
  const newer = migrate(db, HOME_MIGRATIONS);
  if (newer === null) return db;
  db.close();
  throw new NewerDatabaseError(
    `${path}: expected tables of version ${HOME_MIGRATIONS.length} or older, found ${newer}. Use the version of Tradewright that made them.`,
  );
}

/**
 * Copies the home database to a new file while it is in use: leases, and connections with their sealed keys. Whole or not at all.
 */
export async function backupHome(homePath: string, path: string): Promise<void> {
  if (existsSync(path)) throw new Error(`${path} is there already; a backup never overwrites a file`);
  const db = openHome(homePath);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // All pages in one step: a writer in between would make it begin again.
    await backup(db, temporary, { rate: 0x7fff_ffff });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
    db.close();
  }
}
