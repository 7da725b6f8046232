import type { FailureDocument } from '../api/failures.ts';
import type { Warning } from '../api/operation.ts';
import type { OperationId } from '../api/operations/table.ts';
import type { Json } from '../core/vocabulary/json.ts';

/** What the command line asks of the thread that runs strategies. */
export interface Job {
  readonly id: OperationId;
  readonly given: Readonly<Record<string, Json>>;
  readonly home: string | undefined;
  /** In whose name it is done; the user's of this machine where absent. */
  readonly actor?: string;
}

/** What that thread says. */
export type Said =
  | { readonly kind: 'progress'; readonly phase: string; readonly done: number; readonly total: number }
  | { readonly kind: 'warning'; readonly warning: Warning }
  | { readonly kind: 'update'; readonly update: unknown }
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly failure: FailureDocument; readonly stack: string };

/** What a thread is begun with. */
export type ThreadData = StrategyThreadData | ReadingThreadData;

/** A word of memory that both threads see: 0 to go on, 1 to stop at the next chance. */
export interface StrategyThreadData {
  readonly stop: Int32Array;
}

/** Of the thread in which a server reads sessions: many calls at once. */
export interface ReadingThreadData {
  readonly reading: {
    /** Words that both threads see, by {@link WORD}. */
    readonly words: Int32Array;
    /** Sessions that are left out, as a thread was lost to them, and until when, epoch ms. */
    readonly stalled: readonly (readonly [session: string, untilMs: number])[];
  };
}

/** `beat` rises as long as the thread gets round; the others are numbers of sessions, 0 for none: whose strategy runs, whose code is loaded. */
export const WORD = { beat: 0, running: 1, loading: 2 } as const;

/** What a server asks of that thread. */
export type ReadingRequest =
  | { readonly call: number; readonly job: Job }
  | { readonly call: number; readonly stop: true };

/** What that thread says: of a call, or which number a session has. */
export type ReadingSaid =
  | { readonly call: number; readonly said: Said }
  | { readonly number: number; readonly session: string };
