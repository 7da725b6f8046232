import type { MemoryCache, MemoryCacheOptions } from './adapters/memory/cache.ts';
import { CACHE_KINDS, type Cache } from './ports/cache.ts';
import type { Clock } from './ports/clock.ts';

const URLS = /^(?:rediss?|redis-cluster):\/\//i;

/**
 * The cache of an installation: in the memory of each program, and in a Redis beside it where a URL names one. Opened when it is first used. What
 * is wrong with the URL or the server is told in one line, and everything goes on without.
 */
export function cacheAt(url: string | null, clock: Clock, tell: (text: string) => void): Cache {
  let opened: Promise<Cache> | null = null;
  const open = async (): Promise<Cache> => {
    const near = async (options?: MemoryCacheOptions): Promise<MemoryCache> =>
      (await import('./adapters/memory/cache.ts')).memoryCache(options);
    if (url === null) return near();
    const alone = (): Promise<MemoryCache> => {
      tell(
        'TRADEWRIGHT_SHARED_CACHE: expected redis://… or redis-cluster://…, found something else; nothing is shared',
      );
      return near();
    };
    if (!URLS.test(url)) return alone();
    const { openRedisCache } = await import('./adapters/redis/cache.ts');
    try {
      return await openRedisCache({
        ...{ url, clock, tell },
        near: await near({ keptMs: (kind) => CACHE_KINDS[kind].nearMs }),
      });
    } catch {
      return alone();
    }
  };
  const cache = (): Promise<Cache> => {
    opened ??= open();
    return opened;
  };
  return {
    get: async (...given) => (await cache()).get(...given),
    getAll: async (...given) => (await cache()).getAll(...given),
    set: async (...given) => (await cache()).set(...given),
    forget: async (...given) => (await cache()).forget(...given),
    close: async () => (await opened)?.close(),
  };
}
