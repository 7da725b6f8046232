import { hash } from 'node:crypto';
import type { JournalKind } from '../ports/journal.ts';

/** What the first line of every chain begins with; another number means another way to chain. */
export const CHAIN_SCHEMA = 'tradewright.journal/1';

/** A record as it is stored: `text` is the canonical JSON of its payload. */
export interface StoredRecord {
  readonly seq: number;
  readonly kind: JournalKind;
  readonly v: number;
  readonly atMs: number;
  readonly text: string;
  readonly hash: string;
}

/** What a journal begins with. `about` is canonical JSON. */
export interface StoredHeader {
  readonly session: string;
  readonly createdAtMs: number;
  readonly about: string;
}

/** A snapshot as it is stored: `text` is canonical JSON. */
export interface StoredSnapshot {
  readonly seq: number;
  readonly takenAtMs: number;
  readonly text: string;
  readonly hash: string;
}

/** Names of sessions are names of files, too. */
export const isSessionName = (name: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(name);

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** The hash that stands before record 1. */
export function headerHash({ session, createdAtMs, about }: StoredHeader): string {
  return sha256(`${CHAIN_SCHEMA}\n${session}\n${createdAtMs}\n${about}`);
}

/**
 * SHA-256, in hex, of the UTF-8 bytes of: the hash before, seq, kind, version, time and payload, one a line. Nothing of it can hold a line
 * break, so that no two records have the same bytes.
 */
export function recordHash(before: string, record: Omit<StoredRecord, 'hash'>): string {
  return sha256(`${before}\n${record.seq}\n${record.kind}\n${record.v}\n${record.atMs}\n${record.text}`);
}

/** Bound to the record that it follows, so that it fits into no other journal. */
export function snapshotHash(recordHashAtSeq: string, snapshot: Omit<StoredSnapshot, 'hash'>): string {
  return sha256(`snapshot\n${recordHashAtSeq}\n${snapshot.seq}\n${snapshot.takenAtMs}\n${snapshot.text}`);
}

/** Records that are written together, on their way to the place that keeps them. */
export interface Batch {
  readonly firstSeq: number;
  readonly count: number;
  /** Of each record a line `kind v atMs payload`: one text, because many small ones are slow to hand to a thread. */
  readonly lines: string;
  /** Whether the lease must be ours still. */
  readonly isFenced: boolean;
}

/** A record of a batch, without its number. */
export function batchLine(kind: JournalKind, v: number, atMs: number, text: string): string {
  return `${kind} ${v} ${atMs} ${text}`;
}

/** Gives the records of a batch their places after the hash `before`. */
export function chainBatch(before: string, batch: Batch): StoredRecord[] {
  let last = before;
  return batch.lines.split('\n').map((line, i) => {
    const afterKind = line.indexOf(' ');
    const afterV = line.indexOf(' ', afterKind + 1);
    const afterTime = line.indexOf(' ', afterV + 1);
    const record = {
      seq: batch.firstSeq + i,
      kind: line.slice(0, afterKind) as JournalKind,
      v: Number(line.slice(afterKind + 1, afterV)),
      atMs: Number(line.slice(afterV + 1, afterTime)),
      text: line.slice(afterTime + 1),
    };
    last = recordHash(last, record);
    return { ...record, hash: last };
  });
}
