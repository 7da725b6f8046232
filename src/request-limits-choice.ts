import { MemoryRequestLimits } from './adapters/memory/request-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { RequestLimits } from './ports/request-limits.ts';

/**
 * How often who may ask: counted in the Redis that a URL names for all servers, else in each for itself. Opened when first asked. A URL that cannot be
 * used is told in one line, and each counts for itself.
 */
export function requestLimitsAt(url: string | null, clock: Clock, tell: (text: string) => void): RequestLimits {
  const near = new MemoryRequestLimits(clock);
  if (url === null) return near;
  let opened: Promise<RequestLimits> | null = null;
  const open = async (): Promise<RequestLimits> => {
    const { openRedisRequestLimits } = await import('./adapters/redis/request-limits.ts');
    try {
      return await openRedisRequestLimits({ url, clock, near, tell });
    } catch {
      // Nothing of the URL is repeated: it may hold a password.
      tell(
        'TRADEWRIGHT_REDIS: expected redis://…, rediss://…, redis-cluster://… or the path of a socket, found what cannot be read as one of them; each server counts its requests alone',
      );
      return near;
    }
  };
  return {
    async take(name, size) {
      opened ??= open();
      return (await opened).take(name, size);
    },
    close: async () => (await opened)?.close(),
  };
}
