import { chainBatch, type StoredHeader, type StoredRecord, snapshotHash } from '../../durability/chain.ts';
import { KEPT_SNAPSHOTS, type RecordSink, type SinkOptions } from '../../durability/journal-place.ts';
import { mergedVersions } from '../../durability/versions.ts';
import type { Clock } from '../../ports/clock.ts';
import { JournalError, type JournalPosition } from '../../ports/journal.ts';
import { inTransaction } from './connection.ts';
import type { PostgresDatabase } from './database.ts';
import { codeOf, journalError, UNIQUE_VIOLATION } from './journal-fault.ts';

/** Between tries to reach a server that was lost: longer each time, up to the longest. */
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 500;

export interface SinkPlace extends PostgresDatabase {
  readonly clock: Clock;
  /** How long a lost server is tried to be reached again. */
  readonly patienceMs: number;
}

/** Becomes the writer of a session; see `JournalPlace.openSink`. */
export async function openPostgresSink(
  place: SinkPlace,
  header: StoredHeader,
  options: SinkOptions,
  headOf: () => Promise<JournalPosition>,
): Promise<RecordSink> {
  const { pool, schema, store } = place;
  const { session } = header;
  const where = `journal ${session} in ${store}`;
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw journalError(error, where, store);
    }
  };
  const writer = await told(() =>
    inTransaction(pool, store, async (client) => {
      await client.query(`insert into ${schema}.journal values ($1, $2, $3, 0, $4, $5) on conflict do nothing`, [
        session,
        header.createdAtMs,
        header.about,
        mergedVersions(null, options.versions, where),
        !options.isRestore,
      ]);
      const { rows } = await client.query<{ versions: string }>(
        `select versions from ${schema}.journal where session = $1 for update`,
        [session],
      );
      await client.query(
        `update ${schema}.journal j set created_at_ms = $2, about = $3
         where session = $1 and not exists (select 1 from ${schema}.journal_record r where r.session = j.session)`,
        [session, header.createdAtMs, header.about],
      );
      const { rows: changed } = await client.query<{ writer: number }>(
        `update ${schema}.journal set writer = writer + 1, versions = $2 where session = $1 returning writer`,
        [session, mergedVersions(rows[0]!.versions, options.versions, where)],
      );
      return changed[0]!.writer;
    }),
  );
  return new PostgresSink(place, session, writer, options.fence, await told(headOf));
}

class PostgresSink implements RecordSink {
  readonly #place: SinkPlace;
  readonly #session: string;
  readonly #writer: number;
  readonly #fence: SinkOptions['fence'];
  readonly #where: string;
  #head: JournalPosition;

  constructor(place: SinkPlace, session: string, writer: number, fence: SinkOptions['fence'], head: JournalPosition) {
    this.#place = place;
    this.#session = session;
    this.#writer = writer;
    this.#fence = fence;
    this.#where = `journal ${session} in ${place.store}`;
    this.#head = head;
  }

  async write(batch: Parameters<RecordSink['write']>[0]): Promise<void> {
    const records = chainBatch(this.#head.hash, batch);
    const last = records.at(-1)!;
    await this.#settle(() => this.#attempt(last, () => this.#insert(records, batch.isFenced)));
    this.#head = last;
  }

  /**
   * One statement, and so one transaction: the rows of journal and lease are locked, so that nobody becomes writer or holder before it is
   * over. Commits to the disk even where the server is set not to. The number of rows written: all or none.
   */
  async #insert(records: readonly StoredRecord[], isFenced: boolean): Promise<number> {
    const { pool, schema } = this.#place;
    const fence = isFenced ? this.#fence : null;
    const { rowCount } = await pool.query(
      `with mine as (select 1 from ${schema}.journal where session = $1 and writer = $2 for update),
         held as (
           select 1 from ${schema}.lease
           where name = $9 and epoch = $10 and not is_released
             and renewed_at_ms + ttl_ms > extract(epoch from clock_timestamp()) * 1000
           for share
         )
       insert into ${schema}.journal_record (session, seq, kind, v, at_ms, payload, hash)
       select $1, r.* from unnest($3::bigint[], $4::text[], $5::integer[], $6::float8[], $7::text[], $8::text[]) as r
       where exists (select 1 from mine) and ($9::text is null or exists (select 1 from held))
         and set_config(
           'synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true
         ) is not null`,
      [
        this.#session,
        this.#writer,
        records.map((each) => each.seq),
        records.map((each) => each.kind),
        records.map((each) => each.v),
        records.map((each) => each.atMs),
        records.map((each) => each.text),
        records.map((each) => each.hash),
        fence?.lease ?? null,
        fence?.epoch ?? null,
      ],
    );
    return rowCount ?? 0;
  }

  /** Null: written, now or by an earlier attempt. */
  async #attempt(last: StoredRecord, insert: () => Promise<number>): Promise<JournalError | null> {
    try {
      if ((await insert()) > 0) return null;
    } catch (error) {
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
    }
    return (await this.#isWritten(last)) ? null : this.#fenced();
  }

  /**
   * Tries until it is known whether it is written. Where the server was lost in the middle the same statement is sent again: its key lets
   * it happen once only, even where the first one is still on its way, and the hash tells whose it was.
   */
  async #settle(attempt: () => Promise<JournalError | null>): Promise<void> {
    const { clock, patienceMs, store } = this.#place;
    const startMs = clock.elapsedMs();
    let isUncertain = false;
    let delayMs = FIRST_RETRY_MS;
    for (;;) {
      let refusal: JournalError | null;
      try {
        refusal = await attempt();
      } catch (error) {
        const known = journalError(error, this.#where, store);
        if (!(known instanceof JournalError) || known.code !== 'unavailable') throw known;
        // Nothing leaves before there is a connection.
        isUncertain ||= !/^(ECONNREFUSED|ENOTFOUND|EAI_)/.test(codeOf(error));
        if (clock.elapsedMs() - startMs >= patienceMs) throw this.#lost(known, isUncertain);
        await new Promise<void>((resolve) => {
          clock.after(delayMs, resolve);
        });
        delayMs = Math.min(2 * delayMs, LONGEST_RETRY_MS);
        continue;
      }
      if (refusal !== null) throw refusal;
      return;
    }
  }

  #lost({ found, expected, hint }: JournalError, mayBeWritten: boolean): JournalError {
    const code = mayBeWritten ? 'outcome-unknown' : 'unavailable';
    return new JournalError(code, { where: this.#where, found, expected, hint }, { mayBeWritten });
  }

  async #isWritten(last: StoredRecord): Promise<boolean> {
    const { rows } = await this.#place.pool.query<{ hash: string }>(
      `select hash from ${this.#place.schema}.journal_record where session = $1 and seq = $2`,
      [this.#session, last.seq],
    );
    return rows[0]?.hash === last.hash;
  }

  async #fenced(): Promise<JournalError> {
    const { rows } = await this.#place.pool.query<{ writer: number }>(
      `select writer from ${this.#place.schema}.journal where session = $1`,
      [this.#session],
    );
    const isWriter = rows[0]?.writer === this.#writer;
    return new JournalError('fenced', {
      where: this.#where,
      found: isWriter
        ? `lease ${this.#fence?.lease} held by others or run out`
        : `writer ${rows[0]?.writer} of this journal`,
      expected: isWriter ? `it to be ours in epoch ${this.#fence?.epoch}` : `to be it, as writer ${this.#writer}`,
      hint: 'Nothing was written. Stop; another session has taken over.',
    });
  }

  async writeSnapshot(snapshot: Parameters<RecordSink['writeSnapshot']>[0]): Promise<void> {
    const { pool, schema, store } = this.#place;
    const { seq, takenAtMs, text } = snapshot;
    try {
      await inTransaction(pool, store, async (client) => {
        const { rows: mine } = await client.query<{ hash: string }>(
          `select r.hash from ${schema}.journal j join ${schema}.journal_record r using (session)
           where session = $1 and writer = $2 and seq = $3 for update of j`,
          [this.#session, this.#writer, seq],
        );
        if (mine[0] === undefined) throw await this.#fenced();
        await client.query(
          `insert into ${schema}.journal_snapshot values ($1, $2, $3, $4, $5)
           on conflict (session, seq) do update set taken_at_ms = $3, state = $4, hash = $5`,
          [this.#session, seq, takenAtMs, text, snapshotHash(mine[0].hash, snapshot)],
        );
        await client.query(
          `delete from ${schema}.journal_snapshot where session = $1 and seq not in
             (select seq from ${schema}.journal_snapshot where session = $1 order by seq desc limit ${KEPT_SNAPSHOTS})`,
          [this.#session],
        );
      });
    } catch (error) {
      throw journalError(error, this.#where, store);
    }
  }

  async finishRestore(): Promise<void> {
    const { pool, schema, store } = this.#place;
    try {
      await pool.query(`update ${schema}.journal set is_whole = true where session = $1`, [this.#session]);
    } catch (error) {
      throw journalError(error, this.#where, store);
    }
  }

  async close(): Promise<void> {}
}
