import type { Json } from '../core/vocabulary/json.ts';

/**
 * What is cached, for how long: `sharedMs` where several programs share it, `nearMs` in the memory of each beside that. In a program that
 * shares nothing, `sharedMs` and 5 s at most.
 */
export const CACHE_KINDS = {
  /** Best bid and ask of an instrument, the last trade and the mark. */
  quote: { sharedMs: 60_000, nearMs: 250 },
  /** The first levels of an order book. */
  book: { sharedMs: 1_000, nearMs: 250 },
  /** A bar under way, of one instrument and timeframe. */
  bar: { sharedMs: 60_000, nearMs: 250 },
  /** What a query answered. */
  query: { sharedMs: 300_000, nearMs: 5_000 },
} as const;
export type CacheKind = keyof typeof CACHE_KINDS;

/** Longest that anything is kept in a program’s own memory. */
export const LONGEST_NEAR_MS = 5_000;

/**
 * Remembers what can be had again, and may forget it at any moment. It never rejects: what cannot be asked for or kept is as if it had
 * been forgotten.
 */
export interface Cache {
  /** Undefined where it is not known. */
  get(kind: CacheKind, key: string): Promise<Json | undefined>;
  /** All that is known of these keys, asked for at once. */
  getAll(kind: CacheKind, keys: readonly string[]): Promise<readonly (Json | undefined)[]>;
  set(kind: CacheKind, entries: Readonly<Record<string, Json>>): Promise<void>;
  /** Forgets keys by a pattern in which `*` stands for any text, and nothing else has a meaning. */
  forget(kind: CacheKind, pattern: string): Promise<void>;
  close(): Promise<void>;
}
