import { createReadStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JOURNAL_KINDS, JournalError, type JournalKind, type JournalPosition } from '../ports/journal.ts';
import {
  type Batch,
  batchLine,
  CHAIN_SCHEMA,
  headerHash,
  isSessionName,
  recordHash,
  type StoredHeader,
  type StoredRecord,
  type StoredSnapshot,
  snapshotHash,
} from './chain.ts';

/** Characters that are handed to the disk at a time. */
const BLOCK = 1 << 18;
/** Records that are given back at a time. */
const BATCH = 1024;

/**
 * Writes a journal to a new file, whole or not at all: a line with the schema and the header, one of each record, a snapshot's right after
 * that of its record, and a last one with the position, by which a file that was cut short is told.
 */
export async function writeJournalFile(
  path: string,
  header: StoredHeader,
  pages: AsyncIterable<readonly StoredRecord[]>,
  snapshots: readonly StoredSnapshot[],
  where: string,
): Promise<JournalPosition> {
  if (existsSync(path))
    throw new JournalError('present', {
      where,
      found: `a file ${path}`,
      expected: 'a path where nothing is',
      hint: 'A backup never overwrites a file.',
    });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  const bySeq = new Map(snapshots.map((each) => [each.seq, each]));
  let head: JournalPosition = { seq: 0, hash: headerHash(header) };
  try {
    let block = `${JSON.stringify([CHAIN_SCHEMA, header.session, header.createdAtMs, header.about])}\n`;
    for await (const page of pages)
      for (const { seq, kind, v, atMs, text, hash } of page) {
        block += `${JSON.stringify(['record', seq, kind, v, atMs, text, hash])}\n`;
        head = { seq, hash };
        const snapshot = bySeq.get(seq);
        if (snapshot !== undefined)
          block += `${JSON.stringify(['snapshot', seq, snapshot.takenAtMs, snapshot.text, snapshot.hash])}\n`;
        if (block.length < BLOCK) continue;
        await file.writeFile(block);
        block = '';
      }
    await file.writeFile(`${block}${JSON.stringify(['end', head.seq, head.hash])}\n`);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
  return head;
}

/** So that a file's name survives as its bytes do. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export type JournalFileLine =
  | { readonly is: 'header'; readonly header: StoredHeader }
  | { readonly is: 'batch'; readonly batch: Batch }
  | { readonly is: 'snapshot'; readonly snapshot: Omit<StoredSnapshot, 'hash'> }
  | { readonly is: 'end'; readonly head: JournalPosition };

/**
 * What a file of {@link writeJournalFile} holds, checked line by line. Throws JournalError: `absent`, `damaged` with the first bad line,
 * `newer-version`.
 */
export async function* readJournalFile(path: string): AsyncGenerator<JournalFileLine, void, undefined> {
  const refuse = (
    code: 'absent' | 'damaged' | 'newer-version',
    line: number,
    found: string,
    expected: string,
  ): never => {
    const hint = code === 'newer-version' ? 'Use a later version of Tradewright.' : 'Use another backup.';
    throw new JournalError(code, { where: `backup ${path}, line ${Math.max(1, line)}`, found, expected, hint });
  };
  if (!existsSync(path)) refuse('absent', 0, 'no file', 'a backup of a journal');
  let line = 0;
  let head: JournalPosition | null = null;
  let isEnded = false;
  let held: string[] = [];
  const batch = (): JournalFileLine => {
    const lines = held;
    held = [];
    const firstSeq = head!.seq - lines.length + 1;
    return { is: 'batch', batch: { firstSeq, count: lines.length, lines: lines.join('\n'), isFenced: false } };
  };
  for await (const text of linesOf(path)) {
    line++;
    const row = rowOf(text);
    if (row === null || isEnded)
      return refuse('damaged', line, text.slice(0, 80), isEnded ? 'nothing' : 'a JSON array');
    if (head === null) {
      const [schema, ...rest] = row;
      if (schema !== CHAIN_SCHEMA) {
        const isNewer = /^tradewright\.journal\//.test(String(schema));
        return refuse(isNewer ? 'newer-version' : 'damaged', line, text.slice(0, 80), CHAIN_SCHEMA);
      }
      const header = headerOf(rest);
      if (header === null)
        return refuse('damaged', line, text.slice(0, 80), 'name of a session, time, and what it was begun with');
      head = { seq: 0, hash: headerHash(header) };
      yield { is: 'header', header };
    } else if (row[0] === 'record') {
      const [, seq, kind, v, atMs, payload, hash] = row as [
        string,
        number,
        JournalKind,
        number,
        number,
        string,
        string,
      ];
      const expected = recordHash(head.hash, { seq, kind, v, atMs, text: payload });
      if (seq !== head.seq + 1 || hash !== expected || !JOURNAL_KINDS.includes(kind))
        return refuse('damaged', line, `record ${seq}, hash ${hash}`, `record ${head.seq + 1}, hash ${expected}`);
      head = { seq, hash };
      held.push(batchLine(kind, v, atMs, payload));
      if (held.length === BATCH) yield batch();
    } else if (row[0] === 'snapshot') {
      if (held.length > 0) yield batch();
      const [, seq, takenAtMs, state, hash] = row as [string, number, number, string, string];
      const snapshot = { seq, takenAtMs, text: state };
      if (seq !== head.seq || snapshotHash(head.hash, snapshot) !== hash)
        return refuse('damaged', line, `snapshot ${seq}, hash ${hash}`, 'a snapshot that fits the chain');
      yield { is: 'snapshot', snapshot };
    } else if (row[0] === 'end') {
      if (row[1] !== head.seq || row[2] !== head.hash)
        return refuse('damaged', line, `end ${String(row[1])} ${String(row[2])}`, `end ${head.seq} ${head.hash}`);
      isEnded = true;
    } else return refuse('damaged', line, String(row[0]), 'record, snapshot or end');
  }
  if (!isEnded) return refuse('damaged', line, 'the end of the file', 'a last line with the position');
  if (held.length > 0) yield batch();
  yield { is: 'end', head: head! };
}

/** Lines end with a line feed and nothing else: Node's own reader also ends them within JSON texts, at U+2028. */
async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: BLOCK })) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Null where the first line does not hold how a journal begins. */
function headerOf([session, createdAtMs, about]: readonly unknown[]): StoredHeader | null {
  if (typeof session !== 'string' || !isSessionName(session)) return null;
  if (typeof createdAtMs !== 'number' || typeof about !== 'string') return null;
  try {
    JSON.parse(about);
  } catch {
    return null;
  }
  return { session, createdAtMs, about };
}

function rowOf(text: string): readonly unknown[] | null {
  try {
    const row: unknown = JSON.parse(text);
    return Array.isArray(row) ? row : null;
  } catch {
    // The caller says which line it was.
    return null;
  }
}
