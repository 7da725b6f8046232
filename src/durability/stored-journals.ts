import type { Json } from '../core/vocabulary/json.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type Journal,
  JournalError,
  type JournalHeader,
  type JournalInfo,
  type JournalList,
  type JournalOptions,
  type JournalPosition,
  type JournalRecord,
  type JournalSnapshot,
  type Journals,
  type JournalVerdict,
  type Upcasters,
} from '../ports/journal.ts';
import { canonicalJson } from './canonical-json.ts';
import { headerHash, isSessionName, recordHash, type StoredHeader, type StoredRecord, snapshotHash } from './chain.ts';
import { readJournalFile, writeJournalFile } from './journal-file.ts';
import type { JournalPlace, PlacedHeader } from './journal-place.ts';
import { JournalWriter } from './journal-writer.ts';
import { verifyChain } from './verify-chain.ts';
import { upcast, type Versions, versionsOf } from './versions.ts';

/** Records that are read at a time. */
const PAGE = 512;

export interface StoredJournalsOptions {
  readonly clock: Clock;
  readonly upcasters?: Upcasters;
}

/** Journals in any place: what is the same wherever the rows lie. */
export class StoredJournals implements Journals {
  readonly #place: JournalPlace;
  readonly #clock: Clock;
  readonly #upcasters: Upcasters;
  readonly #versions: Versions;
  /** Beginnings that were seen to fit their first record, by session. */
  readonly #begun = new Map<string, string>();

  constructor(place: JournalPlace, { clock, upcasters = {} }: StoredJournalsOptions) {
    this.#place = place;
    this.#clock = clock;
    this.#upcasters = upcasters;
    this.#versions = versionsOf(upcasters);
  }

  async open(session: string, options: JournalOptions = {}): Promise<Journal> {
    const about = canonicalJson(options.about ?? null);
    const found = await this.#placed(session);
    if (found !== null) this.#checkWhole(found);
    // What was begun and broken off before its first record has not begun.
    const isAnew = found === null || (options.about !== undefined && (await this.#place.newestSeq(session)) === 0);
    const header = isAnew ? { session, createdAtMs: this.#clock.nowMs(), about } : found;
    const sink = await this.#place.openSink(header, {
      fence: options.fence ?? null,
      versions: this.#versions,
      isRestore: false,
    });
    try {
      // Nobody else can write from here on.
      const head = await this.#head(await this.#headerOf(session));
      return new JournalWriter(session, head.seq, sink, this.#versions, this.#clock, this.#place.where, options);
    } catch (error) {
      await sink.close();
      throw error;
    }
  }

  async list(): Promise<JournalList> {
    const journals: JournalInfo[] = [];
    const unreadable: JournalList['unreadable'][number][] = [];
    // What lies there under a name that no session can have, such as a copy, is of none.
    for (const session of (await this.#place.sessions()).filter(isSessionName)) {
      let begun: JournalHeader | null = null;
      try {
        const header = await this.#present(session);
        begun = this.#headOf(header);
        this.#checkWhole(header);
        await this.#checkBegun(header);
        journals.push(await this.#info(header));
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        unreadable.push({ session, error, begun });
      }
    }
    return { journals, unreadable };
  }

  async header(session: string): Promise<JournalHeader> {
    const header = await this.#headerOf(session);
    await this.#checkBegun(header);
    return this.#headOf(header);
  }

  async *read(session: string, fromSeq = 1): AsyncGenerator<JournalRecord, void, undefined> {
    checkName(session);
    // Whoever follows a journal looks often, and mostly there is nothing new.
    if (fromSeq > 1 && (await this.#place.newestSeq(session)) === fromSeq - 1) return;
    const header = await this.#headerOf(session);
    const last = await this.#place.newestSeq(session);
    const where = this.#where(session);
    for await (const page of this.#pages(header, Math.max(1, fromSeq), last))
      for (const { seq, kind, v, atMs, text, hash } of page)
        yield { seq, kind, v, atMs, hash, payload: upcast(this.#upcasters, kind, v, JSON.parse(text) as Json, where) };
  }

  async snapshot(session: string): Promise<{ newest: JournalSnapshot | null; damaged: readonly number[] }> {
    await this.#headerOf(session);
    const damaged: number[] = [];
    for (const { hash, ...stored } of await this.#place.snapshots(session)) {
      const [record] = await this.#place.records(session, stored.seq, 1);
      if (record?.seq === stored.seq && snapshotHash(record.hash, stored) === hash) {
        const { seq, takenAtMs, text } = stored;
        return { newest: { seq, takenAtMs, state: JSON.parse(text) as Json }, damaged };
      }
      damaged.push(stored.seq);
    }
    return { newest: null, damaged };
  }

  async verify(session: string, atLeast?: JournalPosition): Promise<JournalVerdict> {
    return verifyChain(this.#place, await this.#headerOf(session), atLeast ?? null);
  }

  async backup(session: string, path: string): Promise<JournalPosition> {
    const header = await this.#headerOf(session);
    const last = await this.#place.newestSeq(session);
    const snapshots = (await this.#place.snapshots(session)).filter((each) => each.seq <= last);
    return writeJournalFile(path, header, this.#pages(header, 1, last), snapshots, this.#where(session));
  }

  async restore(path: string): Promise<JournalInfo> {
    // The whole chain first, so that a bad file leaves nothing behind.
    let header: StoredHeader | null = null;
    for await (const line of readJournalFile(path)) if (line.is === 'header') header = line.header;
    const { session } = header!;
    const found = await this.#placed(session);
    if (found?.isWhole === true)
      throw new JournalError('present', {
        where: this.#where(session),
        found: 'a journal of this session',
        expected: 'none',
        hint: 'Restore into another home, or move the journal that is there out of the way.',
      });
    const sink = await this.#place.openSink(header!, { fence: null, versions: this.#versions, isRestore: true });
    try {
      // Of a restore that was broken off, what is there already is left as it is.
      const kept = await this.#place.newestSeq(session);
      for await (const line of readJournalFile(path)) {
        if (line.is === 'batch' && line.batch.firstSeq > kept) await sink.write(line.batch);
        else if (line.is === 'snapshot') await sink.writeSnapshot(line.snapshot);
        else if (line.is === 'end') {
          const { seq, hash } = await this.#head(header!);
          if (seq !== line.head.seq || hash !== line.head.hash)
            throw this.#damaged(session, seq, `hash ${hash}`, `record ${line.head.seq}, hash ${line.head.hash}`);
        }
      }
      await sink.finishRestore();
    } finally {
      await sink.close();
    }
    return this.#info(await this.#headerOf(session));
  }

  close(): Promise<void> {
    return this.#place.close();
  }

  #where(session: string): string {
    return `journal ${session} in ${this.#place.where}`;
  }

  /** How a journal begins, as it stands there; null where there is none. Rejects where the place holds another one under this name. */
  async #placed(session: string): Promise<PlacedHeader | null> {
    checkName(session);
    const header = await this.#place.header(session);
    if (header === null || header.session === session) return header;
    throw new JournalError('damaged', {
      where: this.#where(session),
      found: `that of session ${header.session}`,
      expected: `the journal of session ${session}`,
      hint: 'It was copied or renamed. Give it its own name back, or move it to another folder.',
    });
  }

  async #present(session: string): Promise<PlacedHeader> {
    const header = await this.#placed(session);
    if (header !== null) return header;
    throw new JournalError('absent', {
      where: this.#where(session),
      found: 'nothing',
      expected: 'a journal',
      hint: 'List the sessions that there are.',
    });
  }

  async #headerOf(session: string): Promise<StoredHeader> {
    const header = await this.#present(session);
    this.#checkWhole(header);
    return header;
  }

  /** The beginning is part of the chain: rejects with `damaged` where the first record does not follow from it. Who reads from there on sees it anyway. */
  async #checkBegun(header: StoredHeader): Promise<void> {
    const { session } = header;
    const hash = headerHash(header);
    if (this.#begun.get(session) === hash) return;
    const [first] = await this.#place.records(session, 1, 1);
    if (first?.seq !== 1) return;
    const expected = recordHash(hash, first);
    if (first.hash !== expected) throw this.#damaged(session, 1, `hash ${first.hash}`, `hash ${expected}`);
    this.#begun.set(session, hash);
  }

  #checkWhole({ session, isWhole }: PlacedHeader): void {
    if (isWhole) return;
    throw new JournalError('damaged', {
      where: this.#where(session),
      found: 'a restore that was broken off',
      expected: 'a whole journal',
      hint: 'Restore it again from the same backup.',
    });
  }

  #headOf({ session, createdAtMs, about }: StoredHeader): JournalHeader {
    try {
      return { session, createdAtMs, about: JSON.parse(about) as Json };
    } catch {
      throw this.#damaged(session, 0, 'what is no JSON', 'what the session was begun with');
    }
  }

  async #info(header: StoredHeader): Promise<JournalInfo> {
    return { ...this.#headOf(header), head: await this.#head(header) };
  }

  /** The newest record's place. Rejects with `damaged` where it does not follow from the one before it. */
  async #head(header: StoredHeader): Promise<JournalPosition> {
    const seq = await this.#place.newestSeq(header.session);
    if (seq === 0) return { seq, hash: headerHash(header) };
    let hash = '';
    for await (const page of this.#pages(header, seq, seq)) hash = page.at(-1)!.hash;
    return { seq, hash };
  }

  /** Stored records of [from, to], a few at a time, each checked against the one before it; those before a bad one come before it is told. */
  async *#pages(
    header: StoredHeader,
    from: number,
    to: number,
  ): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    const { session } = header;
    let before = headerHash(header);
    if (from > 1) {
      const [previous] = await this.#place.records(session, from - 1, 1);
      if (previous?.seq !== from - 1) {
        if (from > to) return;
        throw this.#damaged(session, from - 1, previous === undefined ? 'nothing' : `record ${previous.seq}`, 'it');
      }
      before = previous.hash;
    }
    for (let next = from; next <= to; ) {
      const page = await this.#place.records(session, next, Math.min(PAGE, to - next + 1));
      if (page.length === 0) throw this.#damaged(session, next, 'nothing', 'it');
      let fault: JournalError | null = null;
      let good = 0;
      for (const record of page) {
        fault = this.#faultOf(session, before, next, record);
        if (fault !== null) break;
        before = record.hash;
        next++;
        good++;
      }
      if (good > 0) yield good === page.length ? page : page.slice(0, good);
      if (fault !== null) throw fault;
    }
  }

  /** What is wrong with the record that is read as number `seq`, after one of hash `before`; null where it is that. */
  #faultOf(session: string, before: string, seq: number, record: StoredRecord): JournalError | null {
    if (record.seq !== seq) return this.#damaged(session, seq, `record ${record.seq}`, 'it');
    const expected = recordHash(before, record);
    return record.hash === expected ? null : this.#damaged(session, seq, `hash ${record.hash}`, `hash ${expected}`);
  }

  #damaged(session: string, seq: number, found: string, expected: string): JournalError {
    return new JournalError('damaged', {
      where: `${seq === 0 ? 'the beginning' : `record ${seq}`} of ${this.#where(session)}`,
      found,
      expected,
      hint: 'Nothing was repaired. Verify the journal, and restore it from a backup.',
    });
  }
}

function checkName(session: string): void {
  if (!isSessionName(session))
    throw new RangeError(`expected a session of 1 to 64 letters, digits, "-" or "_", found ${JSON.stringify(session)}`);
}
