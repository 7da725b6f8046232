import type { InstrumentDefinition } from '../core/vocabulary/instrument.ts';
import type { BarColumns } from '../core/vocabulary/market-data.ts';
import type { Timeframe, TimeMs } from '../core/vocabulary/time.ts';

/** What is known about one stored series without reading its bars. */
export interface SeriesInfo {
  /** `VENUE:SYMBOL`. */
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
  readonly firstMs: TimeMs;
  readonly lastMs: TimeMs;
  /** Where the last import that changed the series came from, in the importer's words. */
  readonly source: string | null;
  readonly importedAtMs: TimeMs | null;
  /** Hash of the bars: equal in every store that holds the same ones. */
  readonly contentHash: string;
  /** Most significant decimals of any price and any volume ever imported into the series. */
  readonly decimals: { readonly price: number; readonly quantity: number };
  /** What the symbol and the data let one suppose; null where they say nothing. Sizes as decimal text. */
  readonly guess: {
    readonly base: string | null;
    readonly quote: string | null;
    readonly tickSize: string;
    readonly stepSize: string;
  };
}

export interface StoredBars {
  readonly info: SeriesInfo;
  readonly bars: BarColumns;
}

/** Something found in bars on their way in. `line` where the source has lines. */
export interface StoreFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly row: number;
  readonly timeMs: TimeMs;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** Two bars of one time that differ. */
export interface BarConflict {
  readonly timeMs: TimeMs;
  readonly stored: readonly [open: number, high: number, low: number, close: number, volume: number];
  readonly incoming: readonly [open: number, high: number, low: number, close: number, volume: number];
}

export interface UpsertOptions {
  /** Said in the series' information, such as a file name. */
  readonly source?: string;
  /** For findings: the line of a row. */
  readonly lineOf?: ((row: number) => number) | null;
  /** Put rows that are out of order in order (and say so) instead of refusing the set. */
  readonly sort?: boolean;
  /** What a bar does that is stored already with other values: replace it (default), give way to it, or refuse the set. */
  readonly onConflict?: 'replace' | 'keep' | 'refuse';
  /** The present: bars that open after it are errors, and it is the time of the import. */
  readonly nowMs?: TimeMs;
  /** Decimals as the source wrote them; without it they are told from the numbers. */
  readonly decimals?: { readonly price: number; readonly quantity: number };
  readonly allowNonPositivePrices?: boolean;
}

/** What became of an import. A refused one changed nothing. */
export interface UpsertResult {
  readonly status: 'stored' | 'unchanged' | 'refused';
  /** Rows that were not there before. */
  readonly inserted: number;
  /** Rows that were there with the same values. */
  readonly unchanged: number;
  /** Rows that were there with other values, and what was done with them. */
  readonly conflicts: number;
  readonly conflictPolicy: 'replace' | 'keep' | 'refuse';
  /** The first few conflicts. */
  readonly conflictExamples: readonly BarConflict[];
  /** Rows left out because they repeat the row before them exactly. */
  readonly merged: number;
  readonly findings: readonly StoreFinding[];
  /** How often each code was found; exact, where `findings` may be cut. */
  readonly counts: Readonly<Record<string, number>>;
  /** The series as it is now; null where there is none. */
  readonly info: SeriesInfo | null;
}

/** A series that is there and cannot be read; `error` says why. */
export interface DamagedSeries {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly error: Error;
}

export interface SeriesGap {
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  readonly missing: number;
}

export interface SeriesCoverage {
  readonly info: SeriesInfo;
  /** Bars that a series without gaps would have from first to last. */
  readonly expected: number;
  readonly coverage: number;
  readonly gaps: readonly SeriesGap[];
}

/** How the last download of a series went, or how far the present one has come. */
export interface SyncStatus {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly status: 'running' | 'done' | 'failed';
  /** The period that was asked for. */
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  /** Everything before this instant is stored, as far as the venue had it. */
  readonly doneToMs: TimeMs;
  /** Where the venue was asked and has no bars, by time: what need not be asked for again. */
  readonly absent: readonly { readonly fromMs: TimeMs; readonly toMs: TimeMs }[];
  /** Bars that this download has added. */
  readonly added: number;
  readonly updatedAtMs: TimeMs;
  /** What ended it, in words; null unless failed. */
  readonly failure: string | null;
}

export type BarStoreErrorCode = 'store-unavailable' | 'store-refused' | 'store-newer' | 'store-damaged';

/** A store on a server, or the way to it, failed. What was asked for did not happen, or not that anybody knows; asking again is safe. */
export class BarStoreError extends Error {
  override readonly name = 'BarStoreError';
  readonly code: BarStoreErrorCode;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
  /** Whether the same call may succeed later without anybody doing something. */
  readonly retryable: boolean;

  /** `store`: where it is, without a password. */
  constructor(
    code: BarStoreErrorCode,
    details: { readonly store: string; readonly found: string; readonly expected: string; readonly hint: string },
    options?: ErrorOptions,
  ) {
    const { store, found, expected, hint } = details;
    super(`${store}: expected ${expected}, found ${found}. ${hint}`, options);
    this.code = code;
    this.found = found;
    this.expected = expected;
    this.hint = hint;
    this.retryable = code === 'store-unavailable';
  }
}

/**
 * The bars this installation knows, by instrument and timeframe, with what is known of the instruments and of downloads.
 * Instruments are `VENUE:SYMBOL`; another text rejects with a RangeError.
 */
export interface BarStore {
  /** Bars whose open time lies in [fromMs, toMs) (all by default), or null where the series is unknown. Do not write into them. */
  load(
    instrument: string,
    timeframe: Timeframe,
    range?: { readonly fromMs?: TimeMs; readonly toMs?: TimeMs },
  ): Promise<StoredBars | null>;
  /**
   * Adds bars, keyed by open time. All or nothing: a set with an error is refused whole. Doing it twice is doing it once.
   */
  upsert(instrument: string, timeframe: Timeframe, bars: BarColumns, options?: UpsertOptions): Promise<UpsertResult>;
  info(instrument: string, timeframe: Timeframe): Promise<SeriesInfo | null>;
  /** All series that can be read, by instrument and then by length of the timeframe. */
  list(): Promise<readonly SeriesInfo[]>;
  /** Series that are there and cannot be read, which `remove` takes away all the same. */
  damaged(): Promise<readonly DamagedSeries[]>;
  coverage(instrument: string, timeframe: Timeframe): Promise<SeriesCoverage | null>;
  /** Forgets a series and its downloads; false where it was unknown. */
  remove(instrument: string, timeframe: Timeframe): Promise<boolean>;
  /** Replaces what is known of a venue's instruments. Every id must begin with `VENUE:`, else RangeError. */
  keepInstruments(venue: string, definitions: readonly InstrumentDefinition[]): Promise<void>;
  /** Rules of a venue's instruments, by id; empty where none were kept. */
  instruments(venue: string): Promise<readonly InstrumentDefinition[]>;
  keepSyncStatus(status: SyncStatus): Promise<void>;
  syncStatus(instrument: string, timeframe: Timeframe): Promise<SyncStatus | null>;
  /** Gives back what it holds: connections, files. Later calls reject. */
  close(): Promise<void>;
}
