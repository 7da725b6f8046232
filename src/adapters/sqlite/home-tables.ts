import type { DatabaseSync } from 'node:sqlite';
import { migrate, openDatabase } from './database.ts';

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
];

/** A later version of the program has changed the tables. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError';
}

/** The database that all sessions of a home share, its tables made where they are missing. Throws {@link NewerDatabaseError}. */
export function openHome(path: string): DatabaseSync {
  const db = openDatabase(path);
  const newer = migrate(db, HOME_MIGRATIONS);
  if (newer === null) return db;
  db.close();
  throw new NewerDatabaseError(
    `${path}: expected tables of version ${HOME_MIGRATIONS.length} or older, found ${newer}. Use the version of Tradewright that made them.`,
  );
}
