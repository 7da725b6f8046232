import type { TimeMs } from '../core/vocabulary/time.ts';

/** What a session that trades an account says of itself, again and again. */
export interface Beat {
  readonly session: string;
  readonly account: string;
  /** Rises while data comes in and the journal keeps it: a process that exists and gets nothing does not beat. */
  readonly beats: number;
  /** What it had open at the venue, by its own books. */
  readonly orders: number;
  readonly positions: number;
}

/** A beat as it is kept. */
export interface Heartbeat extends Beat {
  /** By the clock of the place. */
  readonly atMs: TimeMs;
  /** Whether it ended in order, or somebody has seen to what it left. */
  readonly isOver: boolean;
}

/** Where sessions tell that they live, and whoever watches over them reads it. Rejects with LatchError (`ports/latches.ts`). */
export interface Heartbeats {
  /** By session. */
  all(): Promise<readonly Heartbeat[]>;
  /** Replaces what the session said before. Other sessions of the account are over: only one at a time may trade it. */
  beat(beat: Beat): Promise<void>;
  /** Nobody needs to watch over it any more; false where it has beaten since `beats`. */
  end(session: string, beats: number): Promise<boolean>;
  close(): Promise<void>;
}
