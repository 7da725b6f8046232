/** An answer that is given again to who asks the same again. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

export type Begun =
  /** Nobody has asked before: carry it out, then {@link IdempotencyStore.finish}. */
  | { readonly kind: 'new' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  /** The key was given with another request. */
  | { readonly kind: 'different' }
  /** Begun by a program that has not answered: it may have been carried out, wholly or in part. */
  | { readonly kind: 'unfinished' };

/**
 * Requests that must be carried out at most once, by client and key, for 24 hours. What is begun is durable before the call returns, so that
 * a crash cannot make anything happen twice. Throws LatchError (`ports/latches.ts`).
 */
export interface IdempotencyStore {
  begin(client: string, key: string, requestHash: string): Begun;
  finish(client: string, key: string, answer: StoredAnswer): void;
  /** As if it had never been begun: for what was refused before anything was done. */
  forget(client: string, key: string): void;
  close(): Promise<void>;
}
