import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, chainBatch, headerHash, type StoredHeader, snapshotHash } from '../../durability/chain.ts';
import { KEPT_SNAPSHOTS } from '../../durability/journal-place.ts';
import { mergedVersions, type Versions } from '../../durability/versions.ts';
import { JournalError, type JournalErrorCode } from '../../ports/journal.ts';
import { inTransaction, migrate, openDatabase } from './database.ts';
import { openHome } from './home-tables.ts';
import { JOURNAL_MIGRATIONS } from './journal-tables.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** What the thread is started with. */
export interface JournalThreadData {
  readonly path: string;
  readonly where: string;
  readonly header: StoredHeader;
  readonly versions: Versions;
  readonly isRestore: boolean;
  /** `homePath`: the database that holds the leases. */
  readonly fence: { readonly lease: string; readonly epoch: number; readonly homePath: string } | null;
}

export type JournalRequest =
  | { readonly do: 'write'; readonly batch: Batch; readonly nowMs: number }
  | { readonly do: 'snapshot'; readonly seq: number; readonly takenAtMs: number; readonly text: string }
  | { readonly do: 'finish-restore' }
  | { readonly do: 'close' };

/** An answer to each request in turn, and one when the journal is open; null: done. */
export type JournalAnswer = {
  readonly code: JournalErrorCode;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
  readonly mayBeWritten: boolean;
} | null;

/** Pages of the write-ahead log after which it is copied into the database. */
const CHECKPOINT_PAGES = 2_000;
const PAGE_BYTES = 4_096;
/** Records that one statement inserts, where there are so many: a fifth less work for each. */
const TOGETHER = 16;
const COLUMNS = 6;

/** Owner of the file while a session writes, in a thread of its own: a sync of a slow disk must not hold up the session. */
class JournalFile {
  readonly #data: JournalThreadData;
  readonly #db: DatabaseSync;
  readonly #writer: number;
  readonly #insert: StatementSync;
  readonly #insertMany: StatementSync;
  readonly #readWriter: StatementSync;
  readonly #readLease: StatementSync | null;
  /** Of the newest record. */
  #seq: number;
  #hash: string;
  #pages = 0;

  constructor(data: JournalThreadData) {
    this.#data = data;
    const db = openDatabase(data.path);
    this.#db = db;
    const newer = migrate(db, JOURNAL_MIGRATIONS);
    if (newer !== null)
      throw this.#error('newer-version', `tables of version ${newer}`, `version ${JOURNAL_MIGRATIONS.length} or older`);
    this.#writer = inTransaction(db, () => this.#becomeWriter());
    if (data.fence !== null) {
      openHome(data.fence.homePath).close();
      db.prepare('attach database ? as home').run(data.fence.homePath);
    }
    const row = '(?, ?, ?, ?, ?, ?)';
    this.#insert = db.prepare(`insert into record values ${row}`);
    this.#insertMany = db.prepare(`insert into record values ${new Array<string>(TOGETHER).fill(row).join(', ')}`);
    this.#readWriter = db.prepare('select writer from journal');
    this.#readLease =
      data.fence === null
        ? null
        : db.prepare(
            `select 1 from home.lease where name = ? and epoch = ? and is_released = 0 and renewed_at_ms + ttl_ms > ?`,
          );
    const newest = db.prepare('select seq, hash from record order by seq desc limit 1').get();
    this.#seq = newest === undefined ? 0 : Number(newest['seq']);
    this.#hash = newest === undefined ? headerHash(data.header) : String(newest['hash']);
  }

  #becomeWriter(): number {
    const { header, versions, isRestore, where } = this.#data;
    const found = this.#db.prepare('select session, writer, versions from journal').get();
    if (found === undefined)
      this.#db
        .prepare('insert into journal values (?, ?, ?, 1, ?, ?)')
        .run(
          header.session,
          header.createdAtMs,
          header.about,
          mergedVersions(null, versions, where),
          isRestore ? 0 : 1,
        );
    else {
      this.#db
        .prepare('update journal set created_at_ms = ?, about = ? where not exists (select 1 from record)')
        .run(header.createdAtMs, header.about);
      this.#db
        .prepare('update journal set writer = writer + 1, versions = ?')
        .run(mergedVersions(found['versions'] as string | null, versions, where));
    }
    return Number(this.#db.prepare('select writer from journal').get()!['writer']);
  }

  write(batch: Batch, nowMs: number): void {
    if (batch.firstSeq !== this.#seq + 1)
      throw this.#error('damaged', `record ${this.#seq} as the newest`, `record ${batch.firstSeq - 1}`);
    const records = chainBatch(this.#hash, batch);
    inTransaction(this.#db, () => {
      this.#checkWriter();
      if (batch.isFenced) this.#checkLease(nowMs);
      const values: (string | number)[] = [];
      for (const { seq, kind, v, atMs, text, hash } of records) {
        values.push(seq, kind, v, atMs, text, hash);
        if (values.length < TOGETHER * COLUMNS) continue;
        this.#insertMany.run(...values);
        values.length = 0;
      }
      for (let i = 0; i < values.length; i += COLUMNS) this.#insert.run(...values.slice(i, i + COLUMNS));
    });
    const last = records.at(-1)!;
    this.#seq = last.seq;
    this.#hash = last.hash;
    this.#pages += 2 + Math.ceil((batch.lines.length + records.length * 90) / PAGE_BYTES);
  }

  #checkWriter(): void {
    const writer = Number(this.#readWriter.get()!['writer']);
    if (writer !== this.#writer)
      throw this.#error('fenced', `writer ${writer} of this journal`, `to be it, as writer ${this.#writer}`);
  }

  #checkLease(nowMs: number): void {
    const { fence } = this.#data;
    if (fence !== null && this.#readLease!.get(fence.lease, fence.epoch, nowMs) === undefined)
      throw this.#error(
        'fenced',
        `lease ${fence.lease} held by others or run out`,
        `it to be ours in epoch ${fence.epoch}`,
      );
  }

  writeSnapshot(seq: number, takenAtMs: number, text: string): void {
    const db = this.#db;
    inTransaction(db, () => {
      this.#checkWriter();
      const record = db.prepare('select hash from record where seq = ?').get(seq);
      if (record === undefined) throw this.#error('damaged', `no record ${seq}`, 'the record that a snapshot follows');
      const hash = snapshotHash(String(record['hash']), { seq, takenAtMs, text });
      db.prepare('insert or replace into snapshot values (?, ?, ?, ?)').run(seq, takenAtMs, text, hash);
      db.prepare('delete from snapshot where seq not in (select seq from snapshot order by seq desc limit ?)').run(
        KEPT_SNAPSHOTS,
      );
    });
    this.#pages += 2 + Math.ceil(text.length / PAGE_BYTES);
  }

  finishRestore(): void {
    this.#db.exec('update journal set is_whole = 1');
  }

  /** After the answer, so that nobody waits for it. */
  checkpoint(): void {
    if (this.#pages < CHECKPOINT_PAGES) return;
    this.#pages = 0;
    this.#db.exec('pragma wal_checkpoint(passive)');
  }

  close(): void {
    // A reader that closes later may not do it, and would leave the log behind.
    this.#db.exec('pragma wal_checkpoint(truncate)');
    this.#db.close();
  }

  #error(code: JournalErrorCode, found: string, expected: string): JournalError {
    const hint =
      code === 'fenced' ? 'Nothing was written. Stop; another session has taken over.' : 'Nothing was written.';
    return new JournalError(code, { where: this.#data.where, found, expected, hint });
  }
}

function answerOf(error: unknown): JournalAnswer {
  if (error instanceof JournalError) {
    const { code, found, expected, hint, mayBeWritten } = error;
    return { code, found, expected, hint, mayBeWritten };
  }
  const fault = sqliteFault(error);
  if (fault !== null) {
    const { code, found, expected, hint, isUncertain } = fault;
    return { code, found, expected, hint, mayBeWritten: isUncertain };
  }
  throw error;
}

/** Runs one request; what the place does wrong is the answer, a defect of ours ends the thread. */
function attempt(work: () => void): JournalAnswer {
  try {
    work();
    return null;
  } catch (error) {
    return answerOf(error);
  }
}

const port = parentPort!;
let file: JournalFile | null = null;
port.postMessage(
  attempt(() => {
    file = new JournalFile(workerData as JournalThreadData);
  }),
);
/** What went wrong after an answer: told instead of doing what is asked next. */
let broken: JournalAnswer = null;
port.on('message', (request: JournalRequest) => {
  const journal = file!;
  if (request.do === 'close') {
    port.postMessage(attempt(() => journal.close()));
    port.close();
    return;
  }
  const answer =
    broken ??
    attempt(() => {
      if (request.do === 'write') journal.write(request.batch, request.nowMs);
      else if (request.do === 'snapshot') journal.writeSnapshot(request.seq, request.takenAtMs, request.text);
      else journal.finishRestore();
    });
  port.postMessage(answer);
  if (answer === null) broken = attempt(() => journal.checkpoint());
});
