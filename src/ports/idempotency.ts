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
  /** Begun by another server that carries it out now: ask again. */
  | { readonly kind: 'under-way' }
  /** Begun by a program that has not answered: it may have been carried out, wholly or in part. */
  | { readonly kind: 'unfinished' };

/**
 * Requests that must be carried out at most once, by client and key, for 24 hours. What is begun is durable before the call returns, so that
 * a crash cannot make anything happen twice. Several servers may share one place. Rejects with LatchError (`ports/latches.ts`).
 */
export interface IdempotencyStore {
  begin(client: string, key: string, requestHash: string): Promise<Begun>;
  /** Says that it is still carried out here; to be said every few seconds. */
  keep(client: string, key: string): Promise<void>;
  finish(client: string, key: string, answer: StoredAnswer): Promise<void>;
  /** As if it had never been begun: for what was refused before anything was done. */
  forget(client: string, key: string): Promise<void>;
  /** Nothing that was begun here is carried out any more. */
  abandon(): Promise<void>;
}
