import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/**
 * What a journal holds. `input`: what the engine is told. `intent`: what is about to be sent. `outcome`: evidence of what became of it.
 * `adjustment`: books corrected on stated evidence. `note`: anything else that must be found again.
 */
export const JOURNAL_KINDS = ['input', 'intent', 'outcome', 'adjustment', 'note'] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** What stands in one record, and so is there whole or not at all, before the first byte of a request leaves. */
export type JournaledIntent = {
  readonly request: 'place' | 'cancel' | 'amend';
  /** Number of the intent in the engine. */
  readonly intent: number;
  readonly clientOrderId: string;
  /** What is sent: decimals as text. */
  readonly order: Json;
  /** Id of the order that it is placed with as one pair; absent where it is placed alone. Both are committed together. */
  readonly pair?: string;
  /** What risk said, with the limits that it was judged by. */
  readonly verdict: Json;
  /** Exposure that stays reserved until the order's fate is proven: decimals as text. */
  readonly reservation: Json;
  /** Epoch of the lease under which it is sent; 0 where there is none, as for a simulated account. */
  readonly epoch: number;
  /** By the venue's clock: not signed after this; the venue takes it for its window from the signature on. */
  readonly validUntilMs: TimeMs;
};

/** A record before it has a place. `atMs`: when this program came to know it, epoch ms. Payloads are plain JSON; −0 is kept as 0. */
export type JournalDraft =
  | { readonly kind: 'intent'; readonly atMs: TimeMs; readonly payload: JournaledIntent }
  | { readonly kind: Exclude<JournalKind, 'intent'>; readonly atMs: TimeMs; readonly payload: Json };

/** A record as it is read, its payload brought up to the present version of its kind. */
export interface JournalRecord {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  readonly kind: JournalKind;
  readonly atMs: TimeMs;
  /** Version that the payload was written in. */
  readonly v: number;
  readonly payload: Json;
  /** SHA-256, 64 hex digits, of the record and the hash before it (`src/durability/chain.ts`). */
  readonly hash: string;
}

/** A place in a journal; seq 0 with the hash of its head line before the first record. */
export interface JournalPosition {
  readonly seq: number;
  readonly hash: string;
}

/** How a journal began; it never changes. */
export interface JournalHeader {
  readonly session: string;
  readonly createdAtMs: TimeMs;
  /** What the session was begun with: hashes of build and configuration, and whatever else a reader needs. Part of the chain. */
  readonly about: Json;
}

export interface JournalInfo extends JournalHeader {
  /** The newest durable record. */
  readonly head: JournalPosition;
}

/** State after record `seq`, so that only what follows must be replayed. */
export interface JournalSnapshot {
  readonly seq: number;
  readonly takenAtMs: TimeMs;
  readonly state: Json;
}

/** Every journal of a place. The newest record of each is looked at, not the whole chain. */
export interface JournalList {
  /** By session. */
  readonly journals: readonly JournalInfo[];
  /** Those that cannot be read, and why; they do not hide the others. `begun`: how they began, as far as that can be read; nothing vouches for it. */
  readonly unreadable: readonly {
    readonly session: string;
    readonly error: JournalError;
    readonly begun: JournalHeader | null;
  }[];
}

/**
 * Brings payloads of a kind from each version to the next: the first from version 1 to 2. The present version is one more than there are
 * upcasters. Kinds that are not named are at version 1.
 */
export type Upcasters = { readonly [K in JournalKind]?: readonly ((payload: Json) => Json)[] };

/** What {@link Journals.verify} found. It changes nothing. */
export type JournalVerdict =
  | { readonly intact: true; readonly records: number; readonly head: JournalPosition }
  | {
      readonly intact: false;
      /** Records before the first bad one; they are intact. */
      readonly records: number;
      /** The first place that is not as it was written. */
      readonly seq: number;
      readonly fault: 'missing' | 'altered' | 'cut-short' | 'snapshot-altered' | 'unreadable';
      readonly found: string;
      readonly expected: string;
    };

/**
 * `disk-full`, `read-only`: the place cannot take more. `unavailable`: it cannot be reached. `fenced`: another writer has opened this
 * journal since, or the lease that intents are written under is no longer ours. `damaged`: what is stored is not what was written.
 * `newer-version`: written by a later version of the program. `overrun`: records come faster than they can be kept.
 * `absent`, `present`: there is no such journal, or there is one already. `closed`: closed by its owner. `outcome-unknown`: the
 * place was lost in the middle of a commit and could not be asked afterwards.
 */
export type JournalErrorCode =
  | 'disk-full'
  | 'read-only'
  | 'unavailable'
  | 'fenced'
  | 'damaged'
  | 'newer-version'
  | 'overrun'
  | 'absent'
  | 'present'
  | 'closed'
  | 'outcome-unknown';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
  /** Whether records that were not acknowledged may stand in the journal nevertheless; opening it again tells. */
  readonly mayBeWritten: boolean;

  constructor(
    code: JournalErrorCode,
    /** `where`: which journal in which place, without a password. */
    details: { readonly where: string; readonly found: string; readonly expected: string; readonly hint: string },
    options: ErrorOptions & { readonly mayBeWritten?: boolean } = {},
  ) {
    const { where, found, expected, hint } = details;
    super(`${where}: expected ${expected}, found ${found}. ${hint}`, options);
    this.code = code;
    this.found = found;
    this.expected = expected;
    this.hint = hint;
    this.mayBeWritten = options.mayBeWritten ?? false;
  }
}

/**
 * The one writer of a session's journal. It only ever appends. Records are durable in the order in which they were handed over: whatever
 * stood before a durable record is durable.
 *
 * It stops at the first failure: {@link failure} says why, every pending and later call fails with it, and nothing more is written. What
 * was acknowledged is kept; whether the rest was written is told by opening the journal again, which is what a start does anyway.
 */
export interface Journal {
  readonly session: string;
  /** Number of the newest record handed over; 0 before the first. */
  readonly head: number;
  /** Number of the newest record that is known to be durable. */
  readonly durable: number;
  readonly failure: JournalError | null;
  /**
   * Takes a record and returns its number at once; it becomes durable within {@link JournalOptions.flushEveryMs} or so, together with its
   * neighbours. For what the venue can tell us again. Throws {@link JournalError}, and TypeError for a payload that is not JSON.
   */
  append(draft: Exclude<JournalDraft, { readonly kind: 'intent' }>): number;
  /**
   * Takes records as one: all of them or none. Resolves with the number of the first one once they, and everything before them, are
   * durable. For what risks money. Rejects as {@link append} throws.
   */
  commit(drafts: readonly JournalDraft[]): Promise<number>;
  /** Resolves once everything handed over so far is durable. */
  flush(): Promise<void>;
  /** Keeps the state after record `seq` (at most {@link head}); durable when it resolves. The newest few are kept. */
  saveSnapshot(snapshot: JournalSnapshot): Promise<void>;
  /** Keeps what is pending and gives back what it holds. Rejects where that could not be kept. */
  close(): Promise<void>;
}

export interface JournalOptions {
  /** What a new journal begins with; see {@link JournalHeader.about}. Not looked at where the journal has a record. */
  readonly about?: Json;
  /** Intents are written only while this lease is ours, checked in the same transaction. */
  readonly fence?: { readonly lease: string; readonly epoch: number };
  /** Longest time that an appended record waits for others; 5 ms by default. */
  readonly flushEveryMs?: number;
  /** Records that may wait to become durable, else `overrun`; 1,000,000 by default. */
  readonly mostPending?: number;
}

/** A place that holds journals, one for each session. Session names are up to 64 letters, digits, `-` and `_`; else RangeError. */
export interface Journals {
  /**
   * Opens a session's journal for writing and begins it where there is none. Whoever had it open is fenced off. Rejects with `damaged`
   * where the newest record does not fit the stored chain; the whole chain is looked at by {@link verify}.
   */
  open(session: string, options?: JournalOptions): Promise<Journal>;
  list(): Promise<JournalList>;
  /** How a session's journal began. Rejects with `absent`, and with `damaged` where the first record does not follow from it, or after a restore that was broken off. */
  header(session: string): Promise<JournalHeader>;
  /**
   * Durable records from number `fromSeq` (1 by default) to the newest there is when reading begins, a few at a time. Anybody may
   * read while the session writes. Every hash is checked on the way: rejects with `damaged` at the first one that does not fit.
   */
  read(session: string, fromSeq?: number): AsyncIterable<JournalRecord>;
  /** The newest snapshot that is intact and fits the chain, and the numbers of newer ones that do not. */
  snapshot(session: string): Promise<{ readonly newest: JournalSnapshot | null; readonly damaged: readonly number[] }>;
  /**
   * Looks at every record and snapshot. `atLeast`: a position that is known from elsewhere; a chain cannot tell by itself that its end
   * was cut off.
   */
  verify(session: string, atLeast?: JournalPosition): Promise<JournalVerdict>;
  /**
   * Writes what is durable now to a new file (JSON lines, the same from every place), while the session goes on. The file is there whole
   * or not at all. Rejects with `present` where the file exists.
   */
  backup(session: string, path: string): Promise<JournalPosition>;
  /** Makes the journal of a backup anew, here or in another place, after looking at its whole chain. */
  restore(path: string): Promise<JournalInfo>;
  /** Journals that are open must be closed before. */
  close(): Promise<void>;
}
