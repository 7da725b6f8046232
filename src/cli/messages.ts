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

/** A word of memory that both threads see: 0 to go on, 1 to stop at the next chance. */
export interface ThreadData {
  readonly stop: Int32Array;
}
