import { LRUCache } from 'lru-cache';
import type { Json } from '../../core/vocabulary/json.ts';
import { CACHE_KINDS, type Cache, type CacheKind, LONGEST_NEAR_MS } from '../../ports/cache.ts';

/** Characters of keys and values together, and the longest value that is kept. */
const MOST_CHARACTERS = 16_000_000;
const LONGEST = 1_000_000;
/** Each entry costs more than its text. */
const OVERHEAD = 200;

export interface MemoryCacheOptions {
  /** By default 16 million. */
  readonly mostCharacters?: number;
  /** How long each kind is kept; by default as long as a program that shares nothing keeps it. */
  readonly keptMs?: (kind: CacheKind) => number;
}

export interface MemoryCache extends Cache {
  /** As {@link Cache.get}, at once. */
  look(kind: CacheKind, key: string): Json | undefined;
  /** Keeps one entry for at most so long. */
  keep(kind: CacheKind, key: string, value: Json, longestMs?: number): void;
}

/** The newest entries of this program, as texts, so that nobody can change what another will read. */
export function memoryCache(options: MemoryCacheOptions = {}): MemoryCache {
  const { mostCharacters = MOST_CHARACTERS } = options;
  const keptMs = options.keptMs ?? ((kind) => Math.min(CACHE_KINDS[kind].sharedMs, LONGEST_NEAR_MS));
  const entries = new LRUCache<string, string>({
    maxSize: mostCharacters,
    maxEntrySize: Math.min(LONGEST, mostCharacters),
    sizeCalculation: (text, key) => text.length + key.length + OVERHEAD,
    ttl: LONGEST_NEAR_MS,
    ttlResolution: 0,
    allowStale: false,
  });
  const keyOf = (kind: CacheKind, key: string): string => `${kind}:${key}`;
  const look = (kind: CacheKind, key: string): Json | undefined => {
    const text = entries.get(keyOf(kind, key));
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  };
  const keep = (kind: CacheKind, key: string, value: Json, longestMs = Number.POSITIVE_INFINITY): void => {
    const ttl = Math.min(keptMs(kind), longestMs);
    if (ttl > 0) entries.set(keyOf(kind, key), JSON.stringify(value), { ttl });
  };
  return {
    look,
    keep,
    get: async (kind, key) => look(kind, key),
    getAll: async (kind, keys) => keys.map((key) => look(kind, key)),
    async set(kind, given) {
      for (const [key, value] of Object.entries(given)) keep(kind, key, value);
    },
    async forget(kind, pattern) {
      const isMeant = matcherOf(keyOf(kind, pattern));
      for (const key of [...entries.keys()]) if (isMeant.test(key)) entries.delete(key);
    },
    close: async () => entries.clear(),
  };
}

function matcherOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
