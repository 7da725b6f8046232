import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredRecord } from '../../durability/chain.ts';
import type { JournalPlace, PlacedHeader } from '../../durability/journal-place.ts';
import { StoredJournals, type StoredJournalsOptions } from '../../durability/stored-journals.ts';
import { JournalError, type Journals } from '../../ports/journal.ts';
import { openToRead } from './database.ts';
import { startJournalThread } from './journal-writer-thread.ts';
import { sqliteFault } from './sqlite-fault.ts';

const ENDING = '.journal.sqlite';
/** Characters of payload after which a page of records ends. */
const PAGE_CHARACTERS = 4 << 20;

export interface SqliteJournalsOptions extends StoredJournalsOptions {
  /** A file for each session. */
  readonly folder: string;
  /** The database that holds the leases. */
  readonly homePath: string;
}

/**
 * Journals as SQLite files, one a session: a damaged one takes no other with it, and sessions do not wait for each other's disk. Each open
 * journal has a thread of its own that writes.
 */
export function sqliteJournals(options: SqliteJournalsOptions): Journals {
  return new StoredJournals(sqlitePlace(options), options);
}

interface Reader {
  /** Number of the file on its disk. */
  readonly file: number | null;
  readonly db: DatabaseSync;
  readonly records: StatementSync;
  readonly header: StatementSync;
}

const HEADER = 'select * from journal';
const RECORDS = 'select seq, kind, v, at_ms, payload, hash from record where seq >= ? order by seq limit ?';

function headerOf(row: Readonly<Record<string, unknown>>): PlacedHeader {
  return {
    session: String(row['session']),
    createdAtMs: Number(row['created_at_ms']),
    about: String(row['about']),
    isWhole: row['is_whole'] === 1,
  };
}

function sqlitePlace({ folder, homePath, clock }: SqliteJournalsOptions): JournalPlace {
  const readers = new Map<string, Reader>();
  const pathOf = (session: string): string => join(folder, `${session}${ENDING}`);
  const whereOf = (session: string): string => `journal ${session} in ${pathOf(session)}`;
  const told = <T>(session: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      throw new JournalError(fault.code, { where: whereOf(session), ...fault }, { cause: error });
    }
  };
  const fileOf = (session: string): number | null => statSync(pathOf(session), { throwIfNoEntry: false })?.ino ?? null;
  const reader = (session: string): Reader => {
    const file = fileOf(session);
    const known = readers.get(session);
    if (known !== undefined && known.file === file) return known;
    // Another file has taken its place: a journal that was moved away, and one that was begun under its name.
    known?.db.close();
    readers.delete(session);
    const db = openToRead(pathOf(session));
    const records = db.prepare(RECORDS);
    // An object for each row takes twice as long, and a session that is taken up again reads millions.
    records.setReturnArrays(true);
    const made: Reader = { file, db, records, header: db.prepare(HEADER) };
    readers.set(session, made);
    return made;
  };
  return {
    where: folder,
    async sessions() {
      const files = filesOf(folder).filter((file) => file.endsWith(ENDING));
      return files.map((file) => file.slice(0, -ENDING.length)).sort();
    },
    header: async (session) =>
      told(session, () => {
        const known = readers.get(session);
        const file = fileOf(session);
        if (known !== undefined && known.file === file) return headerOf(known.header.get()!);
        if (file === null) return null;
        const db = openToRead(pathOf(session));
        try {
          // Where a start was broken off the file is there and its tables are not.
          if (db.prepare("select 1 from sqlite_schema where name = 'journal'").get() === undefined) return null;
          const row = db.prepare(HEADER).get();
          if (row === undefined) return null;
          // Stays open for the next time.
          reader(session);
          return headerOf(row);
        } finally {
          db.close();
        }
      }),
    records: async (session, fromSeq, most) =>
      told(session, () => {
        const page: StoredRecord[] = [];
        let characters = 0;
        const rows = reader(session).records.iterate(fromSeq, most) as Iterable<unknown> as Iterable<
          readonly unknown[]
        >;
        for (const [seq, kind, v, atMs, payload, hash] of rows) {
          const text = String(payload);
          page.push({
            seq: Number(seq),
            kind: String(kind) as StoredRecord['kind'],
            v: Number(v),
            atMs: Number(atMs),
            text,
            hash: String(hash),
          });
          characters += text.length;
          if (characters > PAGE_CHARACTERS) break;
        }
        return page;
      }),
    newestSeq: async (session) =>
      told(session, () =>
        Number(reader(session).db.prepare('select coalesce(max(seq), 0) as seq from record').get()!['seq']),
      ),
    snapshots: async (session) =>
      told(session, () =>
        reader(session)
          .db.prepare('select * from snapshot order by seq desc')
          .all()
          .map((row) => ({
            seq: Number(row['seq']),
            takenAtMs: Number(row['taken_at_ms']),
            text: String(row['state']),
            hash: String(row['hash']),
          })),
      ),
    openSink: (header, { fence, versions, isRestore }) =>
      startJournalThread(
        {
          path: pathOf(header.session),
          where: whereOf(header.session),
          header,
          versions,
          isRestore,
          fence: fence === null ? null : { ...fence, homePath },
        },
        clock,
      ),
    async close() {
      for (const { db } of readers.values()) db.close();
      readers.clear();
    },
  };
}

/** Files of a folder, none where it is not there. One that may not be looked into is not taken for one that is empty. */
function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new JournalError(
      'unavailable',
      {
        where: `journals in ${folder}`,
        found: message,
        expected: 'a folder that can be read',
        hint: 'Check who owns it and its rights, and as whom this runs.',
      },
      { cause: error },
    );
  }
}
