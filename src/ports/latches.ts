import type { KillLevel, Scope } from '../core/vocabulary/commands.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** Who changes something, and why. */
export interface Authorship {
  readonly actor: string;
  readonly reason: string;
}

/** What holds a scope until a person re-arms it. The row stays after that: its epoch tells who has seen the re-arming. */
export interface Latch extends Authorship {
  readonly scope: Scope;
  /** Account, strategy or instrument; empty for the system. */
  readonly target: string;
  /** Null: re-armed, and not killed since. */
  readonly level: KillLevel | null;
  /** Rises with each re-arming, from 0. */
  readonly epoch: number;
  /** What the last re-arming went into. */
  readonly into: 'active' | 'reducing';
  /** When the level or the epoch last changed, by the clock of the place. */
  readonly atMs: TimeMs;
}

export type LatchErrorCode = 'unavailable' | 'newer-version' | 'damaged';

/** The place that keeps latches and commands, or the way to it, failed. Who cannot read latches is halted. */
export class LatchError extends Error {
  override readonly name = 'LatchError';
  readonly code: LatchErrorCode;

  constructor(code: LatchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Kills that outlive the programs they stop: a row for each scope that was ever killed. Read before a session does anything, and again and
 * again while it runs; written by whoever has a reason to stop trading, in any process. Rejects with {@link LatchError}.
 *
 * A row that cannot be understood, as one of a later version of the program, holds its scope, or the whole system where not even that can be
 * told, at `halt`.
 */
export interface LatchStore {
  /** By scope and target. */
  all(): Promise<readonly Latch[]>;
  /** Holds a scope at `level`, or where it is held more strictly already. Answers the latch that holds it now. */
  raise(scope: Scope, target: string, level: KillLevel, by: Authorship): Promise<Latch>;
  /** Lifts a scope's level, whatever it is, and raises its epoch. */
  rearm(scope: Scope, target: string, into: Latch['into'], by: Authorship): Promise<Latch>;
  close(): Promise<void>;
}
