import { headerHash, type StoredRecord } from '../../durability/chain.ts';
import type { JournalPlace, PlacedHeader } from '../../durability/journal-place.ts';
import { StoredJournals, type StoredJournalsOptions } from '../../durability/stored-journals.ts';
import type { Journals } from '../../ports/journal.ts';
import { shownUrl } from './connection.ts';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from './database.ts';
import { journalError } from './journal-fault.ts';
import { openPostgresSink } from './journal-sink.ts';

/** Characters of payload after which a page of records ends. */
const PAGE_CHARACTERS = 4 << 20;

export interface PostgresJournalsOptions extends StoredJournalsOptions, PostgresOptions {
  /** How long a server that is lost in the middle of a commit is tried to be reached again; 15 s by default. */
  readonly patienceMs?: number;
}

/** Journals in a PostgreSQL database (12 or later). Commits are on its disk, whatever its `synchronous_commit` says. */
export async function openPostgresJournals(url: string, options: PostgresJournalsOptions): Promise<Journals> {
  let database: PostgresDatabase;
  try {
    database = await openPostgres(url, { pool: { least: 1, most: 8 }, ...options });
  } catch (error) {
    throw journalError(error, `journals in ${shownUrl(url)}`, shownUrl(url));
  }
  return new StoredJournals(postgresPlace(database, options), options);
}

function postgresPlace(database: PostgresDatabase, options: PostgresJournalsOptions): JournalPlace {
  const { pool, schema, store } = database;
  const query = async <R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> => {
    try {
      return (await pool.query<R>(text, [...values])).rows;
    } catch (error) {
      throw journalError(error, `journals in ${store}`, store);
    }
  };
  const header = async (session: string): Promise<PlacedHeader | null> => {
    const [row] = await query<{ created_at_ms: number; about: string; is_whole: boolean }>(
      `select created_at_ms, about, is_whole from ${schema}.journal where session = $1`,
      [session],
    );
    if (row === undefined) return null;
    return { session, createdAtMs: row.created_at_ms, about: row.about, isWhole: row.is_whole };
  };
  return {
    where: store,
    header,
    sessions: async () =>
      (await query<{ session: string }>(`select session from ${schema}.journal`)).map((row) => row.session).sort(),
    records: async (session, fromSeq, most) =>
      (
        await query<Omit<StoredRecord, 'seq'> & { seq: string }>(
          `select seq, kind, v, at_ms as "atMs", payload as text, hash from (
             select *, sum(length(payload)) over (order by seq) - length(payload) as before from (
               select * from ${schema}.journal_record where session = $1 and seq >= $2 order by seq limit $3
             ) page
           ) sized where before < ${PAGE_CHARACTERS} order by seq`,
          [session, fromSeq, most],
        )
      ).map((row) => ({ ...row, seq: Number(row.seq) })),
    newestSeq: async (session) => {
      const [row] = await query<{ seq: string }>(
        `select coalesce(max(seq), 0) as seq from ${schema}.journal_record where session = $1`,
        [session],
      );
      return Number(row!.seq);
    },
    snapshots: async (session) =>
      (
        await query<{ seq: string; takenAtMs: number; text: string; hash: string }>(
          `select seq, taken_at_ms as "takenAtMs", state as text, hash
           from ${schema}.journal_snapshot where session = $1 order by journal_snapshot.seq desc`,
          [session],
        )
      ).map((row) => ({ ...row, seq: Number(row.seq) })),
    openSink: (given, sinkOptions) =>
      openPostgresSink(
        { ...database, clock: options.clock, patienceMs: options.patienceMs ?? 15_000 },
        given,
        sinkOptions,
        async () => {
          const [newest] = await query<{ seq: string; hash: string }>(
            `select seq, hash from ${schema}.journal_record where session = $1 order by seq desc limit 1`,
            [given.session],
          );
          if (newest !== undefined) return { seq: Number(newest.seq), hash: newest.hash };
          return { seq: 0, hash: headerHash((await header(given.session))!) };
        },
      ),
    close: () => pool.end(),
  };
}
