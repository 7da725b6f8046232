import { CircuitBreaker } from '../../connectivity/circuit-breaker.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { CACHE_KINDS, type Cache, type CacheKind } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { connected, connectRedis, type RedisConnection, redisPlace } from './connection.ts';

const PREFIX = 'tradewright:cache:';
/** A cache that is slower than what it saves is of no use. */
const TIMEOUT_MS = 250;
/** The first connection may take longer. */
const CONNECT_MS = 1_000;
/** Commands under way at once, so that the last of many does not count as late. */
const AT_ONCE = 200;
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 30_000;

export interface RedisCacheOptions {
  /** `redis://host:6379/0`, the path of a socket, or `redis-cluster://host:6379,host:6380`. */
  readonly url: string;
  readonly clock: Clock;
  /** What is nearer than Redis; asked first. */
  readonly near: Cache & {
    look(kind: CacheKind, key: string): Json | undefined;
    keep(kind: CacheKind, key: string, value: Json, longestMs?: number): void;
  };
  /** Told once when Redis is given up, and once when it is there again. */
  readonly tell: (text: string) => void;
}

/** What stands under a key: until when it holds, epoch ms, and the value. */
type Stored = readonly [untilMs: number, value: Json];

/**
 * A cache that programs share. A Redis that does not answer is left alone for a while, and everything goes on with what is near. Its keys stand each
 * for themselves, so that a cluster spreads them.
 */
export async function openRedisCache({ url, clock, near, tell }: RedisCacheOptions): Promise<Cache> {
  const place = redisPlace(url);
  const redis = await connectRedis(place, { timeoutMs: TIMEOUT_MS });
  const breaker = new CircuitBreaker({ clock, failures: 3, openMs: FIRST_OPEN_MS, longestOpenMs: LONGEST_OPEN_MS });
  let isGivenUp = false;
  const asked = async <T>(work: (connection: RedisConnection) => Promise<T>, otherwise: T): Promise<T> => {
    if (breaker.admit() > 0) return otherwise;
    try {
      await connected(redis, CONNECT_MS);
      const answer = await work(redis);
      breaker.succeeded();
      if (isGivenUp) tell(`${place.shown}: the shared cache is there again`);
      isGivenUp = false;
      return answer;
    } catch (error) {
      breaker.failed();
      if (!isGivenUp && breaker.state === 'open') {
        isGivenUp = true;
        const text = error instanceof Error ? error.message : String(error);
        tell(`${place.shown}: the shared cache does not answer (${text}); everything goes on without it`);
      }
      return otherwise;
    }
  };
  const keyOf = (kind: CacheKind, key: string): string => `${PREFIX}${kind}:${key}`;

  const getAll: Cache['getAll'] = async (kind, keys) => {
    const found = keys.map((key) => near.look(kind, key));
    const missing = keys.filter((_, k) => found[k] === undefined);
    if (missing.length === 0) return found;
    const texts = await asked(
      (connection) =>
        read(
          connection,
          missing.map((key) => keyOf(kind, key)),
        ),
      [],
    );
    const told = new Map<string, Json>();
    for (const [k, key] of missing.entries()) {
      const stored = storedOf(texts[k]);
      if (stored === null) continue;
      const leftMs = stored[0] - clock.nowMs();
      if (leftMs <= 0) continue;
      near.keep(kind, key, stored[1], leftMs);
      told.set(key, stored[1]);
    }
    return keys.map((key, k) => (found[k] === undefined ? told.get(key) : found[k]));
  };
  return {
    getAll,
    get: async (kind, key) => (await getAll(kind, [key]))[0],
    async set(kind, entries) {
      await near.set(kind, entries);
      const { sharedMs } = CACHE_KINDS[kind];
      const untilMs = clock.nowMs() + sharedMs;
      await asked(async (connection) => {
        for (const some of portions(Object.entries(entries)))
          await Promise.all(
            some.map(([key, value]) =>
              connection.set(keyOf(kind, key), JSON.stringify([untilMs, value] satisfies Stored), 'PX', sharedMs),
            ),
          );
      }, undefined);
    },
    async forget(kind, pattern) {
      await near.forget(kind, pattern);
      await asked(async (connection) => {
        const nodes = 'nodes' in connection ? connection.nodes('master') : [connection];
        const glob = keyOf(kind, pattern).replace(/[\\?[\]]/g, '\\$&');
        for (const node of nodes) {
          let cursor = '0';
          do {
            const [next, keys] = await node.scan(cursor, 'MATCH', glob, 'COUNT', AT_ONCE);
            // One by one: keys of one node may lie in different slots.
            await Promise.all(keys.map((key) => connection.unlink(key)));
            cursor = next;
          } while (cursor !== '0');
        }
      }, undefined);
    },
    async close() {
      redis.disconnect();
      await near.close();
    },
  };
}

/** In one command where one server has them all, else in one for each. */
async function read(connection: RedisConnection, keys: readonly string[]): Promise<readonly (string | null)[]> {
  const texts: (string | null)[] = [];
  for (const some of portions(keys))
    texts.push(
      ...('nodes' in connection
        ? await Promise.all(some.map((key) => connection.get(key)))
        : await connection.mget(...some)),
    );
  return texts;
}

function* portions<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += AT_ONCE) yield all.slice(from, from + AT_ONCE);
}

/** Null for nothing, and for what is none of ours. */
function storedOf(text: string | null | undefined): Stored | null {
  if (text === null || text === undefined) return null;
  try {
    const stored = JSON.parse(text) as Stored;
    return Array.isArray(stored) && typeof stored[0] === 'number' ? stored : null;
  } catch {
    return null;
  }
}
