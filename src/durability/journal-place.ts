import type { Batch, StoredHeader, StoredRecord, StoredSnapshot } from './chain.ts';
import type { Versions } from './versions.ts';

/** What a writer hands its records to. Calls come one at a time. Every rejection is a JournalError, and the last thing it says. */
export interface RecordSink {
  /** One transaction; resolves when it is durable, and only then. */
  write(batch: Batch): Promise<void>;
  /** A restore is over: the journal is whole. */
  finishRestore(): Promise<void>;
  /** Record `seq` is durable already. Keeps the newest few. */
  writeSnapshot(snapshot: { readonly seq: number; readonly takenAtMs: number; readonly text: string }): Promise<void>;
  close(): Promise<void>;
}

export interface PlacedHeader extends StoredHeader {
  /** False after a restore that was broken off. */
  readonly isWhole: boolean;
}

/** What an adapter gives: rows in and out. All that makes a journal of them is in this folder, the same for every place. */
export interface JournalPlace {
  /** As it may be shown. */
  readonly where: string;
  /** In order. */
  sessions(): Promise<readonly string[]>;
  header(session: string): Promise<PlacedHeader | null>;
  /** Up to `most` records from number `fromSeq`, in order; fewer where they are large. */
  records(session: string, fromSeq: number, most: number): Promise<readonly StoredRecord[]>;
  /** The newest record's number; 0 where there is none. */
  newestSeq(session: string): Promise<number>;
  /** Newest first. */
  snapshots(session: string): Promise<readonly StoredSnapshot[]>;
  /**
   * Becomes the writer, so that whoever was it before can write no more, and begins the journal with `header` where there is none, or
   * none with a record. Keeps `versions` merged with what is stored (`mergedVersions`), so that an older program is refused.
   */
  openSink(header: StoredHeader, options: SinkOptions): Promise<RecordSink>;
  close(): Promise<void>;
}

export interface SinkOptions {
  readonly fence: { readonly lease: string; readonly epoch: number } | null;
  readonly versions: Versions;
  /** The journal counts as broken off until `finishRestore`. */
  readonly isRestore: boolean;
}

/** Snapshots that are kept; older ones go. */
export const KEPT_SNAPSHOTS = 3;
