import type { InstrumentDefinition } from '../core/vocabulary/instrument.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { FeedRequest, FeedSink } from './market-feed.ts';

/** A subscription whose data is recorded, under the number that stands beside it there. */
export interface RecordedSubscription {
  readonly id: number;
  /** `BINANCE`. */
  readonly venue: string;
  readonly request: FeedRequest;
  /** Rules of the instrument as they were then; null where they were not known. */
  readonly instrument: InstrumentDefinition | null;
}

/** Writes what a feed delivers, row by row, as it comes. */
export interface Recorder extends FeedSink {
  /** Must be told before its first row. */
  subscribed(subscription: RecordedSubscription): void;
  readonly rows: number;
  /** Resolves when everything is on the disk. A recording that was cut off can be read up to its last whole row. */
  close(): Promise<void>;
}

/** A recording as it is read: subscriptions come before their first row. */
export interface Recording {
  readonly startedAtMs: TimeMs;
  /** Hands every row to the sink in the order in which it came, the same bits. Answers the number of rows. */
  play(sink: FeedSink, subscribed: (subscription: RecordedSubscription) => void): Promise<number>;
  /** The same, one row at a time: answers when it was received, or null at the end. Not to be mixed with {@link play}. */
  rows(sink: FeedSink, subscribed: (subscription: RecordedSubscription) => void): AsyncIterable<TimeMs>;
}

/** Recordings as files: JSON lines, gzipped where the name ends in .gz. */
export interface Recordings {
  /** Rejects where the file is there already. */
  create(path: string, startedAtMs: TimeMs): Promise<Recorder>;
  /** Rejects with an error that names file and line where it is no recording. */
  open(path: string): Promise<Recording>;
}
