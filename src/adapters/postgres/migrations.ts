import type { PoolClient } from 'pg';
import { BarStoreError } from '../../ports/bar-store.ts';
import { JOBS_MIGRATION, PEOPLE_AND_TIMES_MIGRATION, SERVER_TABLES_MIGRATION } from './server-tables.ts';
import { STORED_TABLES_MIGRATION } from './stored-table-migration.ts';

/**
 * The schema, one migration after the other; a migration that has been released is never changed. `%s` is the schema's name.
 * Bars lie in chunks of up to some thousand, a column of little-endian float64 in each bytea: ten times as fast as a row for each bar.
 * They do not compress, so that the server need not try.
 */
const MIGRATIONS: readonly string[] = [
  `create table %s.series (
     id bigint generated always as identity primary key,
     instrument text not null,
     timeframe text not null,
     bars integer not null,
     first_ms double precision not null,
     last_ms double precision not null,
     source text,
     imported_at_ms double precision,
     content_hash text not null,
     price_decimals integer not null,
     quantity_decimals integer not null,
     unique (instrument, timeframe)
   );
   create table %s.bar_chunk (
     series_id bigint not null references %s.series on delete cascade,
     first_ms double precision not null,
     last_ms double precision not null,
     bars integer not null,
     open_time_ms bytea not null,
     open bytea not null,
     high bytea not null,
     low bytea not null,
     close bytea not null,
     volume bytea not null,
     primary key (series_id, first_ms)
   );
   alter table %s.bar_chunk
     alter open_time_ms set storage external, alter open set storage external, alter high set storage external,
     alter low set storage external, alter close set storage external, alter volume set storage external;
   create table %s.instrument (
     venue text not null,
     id text primary key,
     definition jsonb not null
   );
   create index instrument_venue on %s.instrument (venue);
   create table %s.sync_status (
     instrument text not null,
     timeframe text not null,
     status text not null,
     from_ms double precision not null,
     to_ms double precision not null,
     done_to_ms double precision not null,
     absent jsonb not null,
     added integer not null,
     updated_at_ms double precision not null,
     failure text,
     primary key (instrument, timeframe)
   );`,
  `create table %s.journal (
     session text primary key,
     created_at_ms double precision not null,
     about text not null,
     writer integer not null,
     versions text not null,
     is_whole boolean not null
   );
   create table %s.journal_record (
     session text not null references %s.journal,
     seq bigint not null,
     kind text not null,
     v integer not null,
     at_ms double precision not null,
     payload text not null,
     hash text not null,
     primary key (session, seq)
   );
   create function %s.refuse_change() returns trigger language plpgsql as
     'begin raise exception ''a journal is only appended to''; end';
   create trigger append_only before update or delete on %s.journal_record
     for each row execute function %s.refuse_change();
   create trigger append_only_whole before truncate on %s.journal_record execute function %s.refuse_change();
   create table %s.journal_snapshot (
     session text not null references %s.journal,
     seq bigint not null,
     taken_at_ms double precision not null,
     state text not null,
     hash text not null,
     primary key (session, seq)
   );
   create table %s.lease (
     name text primary key,
     epoch integer not null,
     holder text not null,
     renewals integer not null,
     renewed_at_ms double precision not null,
     ttl_ms double precision not null,
     validity_ms double precision not null,
     clock_error_ms double precision not null,
     is_released boolean not null
   );
   create table %s.vault (
     id integer primary key check (id = 1),
     header text not null
   );
   create table %s.connection (
     id text primary key,
     venue text not null,
     environment text not null,
     label text not null,
     info text not null,
     sealed text
   );
   create unique index connection_label on %s.connection (venue, environment, label) where sealed is not null;`,
  `create table %s.latch (
     scope text not null,
     target text not null,
     level text not null,
     epoch integer not null,
     goes_into text not null,
     actor text not null,
     reason text not null,
     at_ms double precision not null,
     primary key (scope, target)
   );
   create table %s.session_command (
     id bigint generated always as identity primary key,
     session text not null,
     command text not null,
     actor text not null,
     reason text not null,
     asked_at_ms double precision not null,
     taken_at_ms double precision,
     outcome text
   );
   create index session_command_unanswered on %s.session_command (session, id) where outcome is null;`,
  STORED_TABLES_MIGRATION,
  `create table %s.heartbeat (
     session text primary key,
     account text not null,
     beats bigint not null,
     orders integer not null,
     positions integer not null,
     at_ms double precision not null,
     is_over boolean not null
   );`,
  SERVER_TABLES_MIGRATION,
  `create table %s.deployment (
     session text primary key,
     account text not null unique,
     input text not null,
     actor text not null,
     at_ms double precision not null
   );
   create table %s.trader (
     id text primary key,
     holder text not null,
     at_ms double precision not null
   );`,
  PEOPLE_AND_TIMES_MIGRATION,
  'alter table %s.deployment add column label text',
  JOBS_MIGRATION,
  `alter table %s.deployment add column operation text not null default 'live';
   alter table %s.deployment add column problem text;`,
  `create table %s.provider (
     label text primary key,
     kind text not null,
     url text not null,
     model text,
     secret_id text,
     created_at_ms double precision not null,
     key_changed_at_ms double precision not null,
     seen text
   );`,
];

const NEWEST = MIGRATIONS.length;

async function versionOf(client: PoolClient, schema: string): Promise<number> {
  const { rows } = await client.query<{ found: string | null }>('select to_regclass($1) as found', [
    `${schema}.schema_version`,
  ]);
  if (rows[0]?.found == null) return 0;
  const { rows: versions } = await client.query<{ version: number | null }>(
    `select max(version) as version from ${schema}.schema_version`,
  );
  return versions[0]?.version ?? 0;
}

/**
 * Brings a schema up to the version this program knows. Several programs may do so at once. Rejects with {@link BarStoreError}
 * `store-newer` where a later version of the program has been here. A schema that is up to date is only read.
 */
export async function migrate(client: PoolClient, schema: string, store: string): Promise<void> {
  const found = await versionOf(client, schema);
  if (found > NEWEST) {
    throw new BarStoreError('store-newer', {
      store,
      found: `schema version ${found}`,
      expected: `schema ${schema} at version ${NEWEST} or older`,
      hint: 'Install the version of Tradewright that wrote it, or use another database.',
    });
  }
  if (found === NEWEST) return;
  await client.query('begin');
  try {
    await client.query("select pg_advisory_xact_lock(hashtextextended('tradewright schema ' || $1, 0))", [schema]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.schema_version (version integer primary key, applied_at timestamptz not null default now())`,
    );
    for (let version = (await versionOf(client, schema)) + 1; version <= NEWEST; version++) {
      await client.query(MIGRATIONS[version - 1]!.replaceAll('%s', schema));
      await client.query(`insert into ${schema}.schema_version (version) values ($1)`, [version]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
